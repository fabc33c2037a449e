"""Which users and tokens are shown: those that were searched for, a page of each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from collector.access import Token
from collector.people.users import User
from collector.web.factory.channels import Paged, paged

ON_A_PAGE: Final = 40
LONGEST: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of users and one of tokens.

    Attributes:
        q: Must stand in a name; "" for all.
        names: Of all users.
        is_long: Whether there are more than stand on a page.
    """

    q: str
    users: Paged[User]
    tokens: Paged[Token]
    names: Sequence[str]
    is_long: bool

    def turned(self, users: int = 0, tokens: int = 0) -> str:
        """The address of so many pages further on in one of the lists."""
        told = {"q": self.q, "page": self.users.page + users, "tokens": self.tokens.page + tokens}
        place = "users" if users else "tokens"
        return f"/people?{urlencode(told)}#{place}"


def listing(users: Sequence[User], tokens: Sequence[Token], query: Mapping[str, str]) -> Listing:
    """What an address asks for; what is not usable asks for nothing.

    A token is found by its user's name too.
    """
    q = query.get("q", "").strip()[:LONGEST]
    word = q.casefold()
    own = [each for each in users if word in each.name.casefold()]
    theirs = [each for each in tokens if word in f"{each.name} {each.user}".casefold()]
    return Listing(
        q=q,
        users=paged(own, _number(query.get("page", "")), ON_A_PAGE),
        tokens=paged(theirs, _number(query.get("tokens", "")), ON_A_PAGE),
        names=[each.name for each in users],
        is_long=max(len(users), len(tokens)) > ON_A_PAGE,
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
