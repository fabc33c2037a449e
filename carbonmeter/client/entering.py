"""What people enter and decide, and what they entered before."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from carbonmeter.client.answers import ACTIVITY, read
from carbonmeter.client.asking import Asking
from carbonmeter.client.connection import Answer
from carbonmeter.client.seen import Entry
from evidence.statement.declaration.content import Declaration
from evidence.statement.entered.content import Content

_ENTRIES: Final = "/api/v1/entries"
_DECLARATIONS: Final = "/api/v1/declarations"


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[int, ...]


class _Decided(msgspec.Struct, frozen=True, kw_only=True):
    entry: int


class Entering(Asking):
    """Entries, and decisions about statements."""

    def entries(self, channel: str | None = None, *, standing: bool = False) -> tuple[Entry, ...]:
        """What people entered of a channel, or of all.

        Raises:
            ClientError: as `activity`.
        """
        query = {} if channel is None else {"channel": channel}
        query |= {"standing": "true"} if standing else {}
        pages = self._pages(_ENTRIES, query)
        return tuple(row for page in pages for row in read(page, list[Entry]))

    def enter(self, contents: Sequence[Content], reason: str) -> tuple[int, ...]:
        """The numbers under which readings and amounts were entered; all of them or none.

        Raises:
            ClientError: as `activity`.
        """
        body = {"entries": list(contents), "reason": reason}
        return self._written(_ENTRIES, body).entries

    def correct(self, entry: int, content: Content | None, reason: str) -> int:
        """The number of what stands in the place of an entry; None withdraws it.

        Raises:
            ClientError: as `activity`.
        """
        body = {"content": content, "reason": reason}
        return self._written(f"{_ENTRIES}/{entry}/correction", body).entries[0]

    def decide(self, what: Literal["release", "lock", "unlock"], digest: str, reason: str) -> int:
        """The number of the entry by which a statement was released, locked or unlocked.

        Raises:
            ClientError: as `activity`.
        """
        answer = self._post(f"{ACTIVITY}/{digest}/{what}", {"reason": reason})
        return read(answer, _Decided).entry

    def declare(self, told: Declaration, reason: str, replaces: int | None = None) -> int:
        """The number of the entry by which something is declared of activity data.

        Args:
            told: what, of a site, a device, a channel or the digest of a statement.
            reason: why.
            replaces: number of the last entry about it; None for one that is new.

        Raises:
            ClientError: as `activity`.
        """
        body = {"declaration": told, "reason": reason, "replaces": replaces}
        return read(self._post(_DECLARATIONS, body), _Decided).entry

    def _written(self, path: str, body: object) -> "_Written":
        return read(self._post(path, body), _Written)

    def _post(self, path: str, body: object) -> Answer:
        return self._connection.post(path, msgspec.json.encode(body), "application/json")
