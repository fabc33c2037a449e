"""What people write into a form as the journal keeps it: one line. Pure."""

import re
from collections.abc import Mapping
from typing import Final

LONGEST_REASON: Final = 2_000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str, most: int) -> str:
    """A text with single spaces for line breaks, control characters and white space.

    Args:
        text: As it was typed.
        most: Letters, after which it is cut.
    """
    return " ".join(_CONTROL.sub(" ", text).split())[:most]


def reason_of(form: Mapping[str, str], most: int = LONGEST_REASON) -> str:
    """Why somebody does what a form is for; "" where they do not say."""
    return one_line(form.get("reason", ""), most)
