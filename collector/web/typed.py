"""What somebody typed into a form that came when nobody was signed in any more. Pure.

It is carried past the door and stands in its form again, to be looked through: nothing is ever
sent by itself. Passwords, words of pages and files are not carried.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

LONGEST: Final = 2_000
_SECRET: Final = ("csrf", "password")
_STANDS_AT: Final = (
    (r"/activity/enter/(\d+)(?:/withdraw)?", "/activity/enter", "entry"),
    (r"/activity/enter/table()", "/activity/enter", ""),
    (r"/activity/([0-9a-f]+)/(?:lock|release|unlock)", "/activity/{}", ""),
    (r"/activity/boundaries/([^/]+/[^/]+)/withdraw", "/activity", "boundary"),
    (r"/people/.+()", "/people", ""),
)
"""Where a form stands that is sent to another address than its page's: page, parameter."""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it was sent.

    Attributes:
        action: Where to: path and query.
        fields: By name, without secrets.
        user: Who typed it; "" where that is not known.
    """

    action: str
    fields: dict[str, str]
    user: str = ""

    def is_for(self, user: str) -> bool:
        """Whether somebody may see it: what another one typed is nobody else's."""
        return self.user in ("", user)

    @property
    def page(self) -> str:
        """The address at which the form stands."""
        kind = self.fields.get("entered", "")
        if self.action == "/activity/enter" and kind:
            return f"{self.action}?{urlencode({'kind': kind})}"
        return page_of(self.action)

    def is_of(self, path: str) -> bool:
        """Whether the form stands on the page at a path."""
        return urlsplit(self.page).path == path

    def fits(self, action: str, hidden: Mapping[str, str]) -> bool:
        """Whether it was typed into a form: sent to the same address, and about the same thing."""
        is_about = all(
            self.fields.get(name) == value for name, value in hidden.items() if name not in _SECRET
        )
        return is_about and _parts(action) == _parts(self.action)


def typed(action: str, form: Mapping[str, str], user: str = "") -> Typed | None:
    """What is carried of a form; None where that is nothing.

    Args:
        action: Where it was sent to: path and query.
        form: Its fields.
        user: Who typed it; "" where that is not known.
    """
    fields = {name: text for name, text in form.items() if name not in _SECRET}
    return Typed(action=action, fields=fields, user=user) if any(fields.values()) else None


def typed_of_text(text: str) -> Typed | None:
    """What `text_of` wrote; None of anything else."""
    try:
        found = msgspec.json.decode(text, type=Typed)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    return typed(found.action, found.fields, found.user) if is_local(found.action) else None


def text_of(carried: Typed | None) -> str:
    """The same as a field of the door's form."""
    return "" if carried is None else msgspec.json.encode(carried).decode()


def page_of(action: str) -> str:
    """The address of the page on which a form stands that is sent to an address."""
    path = urlsplit(action).path
    for form, page, name in _STANDS_AT:
        found = re.fullmatch(form, path)
        if found is not None:
            query = f"?{urlencode({name: found[1]}, safe='/')}" if name else ""
            return page.format(found[1]) + query
    return action


def is_local(text: str) -> bool:
    """Whether an address leads to this collector, and nowhere else."""
    return text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()


def local_path(text: str) -> str:
    """An address of this collector; "/" for what leads elsewhere."""
    return text if is_local(text) and len(text) <= LONGEST else "/"


def _parts(address: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(address)
    return parts.path, sorted(parse_qsl(parts.query))
