"""The names, texts, codes and addresses that profiles are made of: one line each."""

from typing import Annotated, Literal

from msgspec import Meta

# "$" would let a final newline pass; "nothing follows" is the same in Python and ECMAScript.
NOTHING_FOLLOWS = r"(?![\s\S])"
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}" + NOTHING_FOLLOWS)]
"""A channel, a parameter or a kind of quantity: lower case, digits, underscores."""
Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}" + NOTHING_FOLLOWS)]
"""A profile's id: lower case, digits, hyphens."""
Text = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,400}" + NOTHING_FOLLOWS)]
"""One line for people, 1 to 400 characters."""
UnitCode = Annotated[str, Meta(pattern=r"^[!-~]{1,32}" + NOTHING_FOLLOWS)]
"""A UCUM code, case sensitive, without spaces; the closed table lives in the calibration room."""
Address = Annotated[int, Meta(ge=0, le=65535)]
"""The 0-based address that stands in a frame, never a printed 3xxxx or 4xxxx number."""
Pattern = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{4}( [0-9A-Fa-f]{4}){0,3}" + NOTHING_FOLLOWS)]
"""Register contents as they travel, four hex digits a register, one space between."""
Positive = Annotated[float, Meta(gt=0)]
FunctionCode = Literal[1, 2, 3, 4]
