"""Statements one after the other as they come, and the last line that says that all came."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from carbonmeter.client.answers import ACTIVITY, checked, decoded
from carbonmeter.client.connection import Connection
from carbonmeter.client.errors import AnswerError, CutError, DigestError
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.exports.json_lines import End, LastLine

LONGEST_LINE: Final = 64 * 1024 * 1024
_LAST: Final = b'{"end":'


class Statements:
    """Statements that are asked for anew each time somebody goes through them.

    Each is held against its digest, and all of them against the last line. None is kept here, so
    that there may be any number of them.

    Args:
        connection: Whom to ask.
        query: What for.

    Attributes:
        end: What the last line said; None before it came.
    """

    def __init__(self, connection: Connection, query: Mapping[str, str]) -> None:
        self._connection = connection
        self._query = {**query, "format": "json-lines"}
        self.end: End | None = None

    def __iter__(self) -> Iterator[ActivityData]:
        """The statements by channel and time.

        Raises:
            ClientError: the collector refused, cannot be reached, or its answer is not sound.
            CutError: statements are missing at the end.
        """
        self.end = None
        told, count = hashlib.sha256(), 0
        with self._connection.coming(f"{ACTIVITY}/export", self._query) as coming:
            for line in _lines(coming.portions()):
                if self.end is not None:
                    raise AnswerError(
                        ACTIVITY, what=Words("a line after the last one", "末行之后还有一行")
                    )
                if line.startswith(_LAST):
                    self.end = _last(line, told.hexdigest(), count)
                    continue
                told.update(line + b"\n")
                count += 1
                yield checked(msgspec.Raw(line))
        if self.end is None:
            what = Words(f"no last line after {count} statements", f"{count} 条陈述后没有末行")
            raise CutError(ACTIVITY, what=what)


def _last(line: bytes, found: str, count: int) -> End:
    end = decoded(line, LastLine).end
    if end.statements != count:
        what = Words(
            f"{count} of {end.statements} statements", f"{end.statements} 条中的 {count} 条"
        )
        raise CutError(ACTIVITY, what=what)
    if end.sha256 != found:
        raise DigestError(ACTIVITY, what="answer", found=found, expected=end.sha256)
    return end


def _lines(portions: Iterator[bytes]) -> Iterator[bytes]:
    """The lines, without their ends.

    Raises:
        AnswerError: one is longer than any statement.
    """
    begun = bytearray()
    for portion in portions:
        *whole, rest = portion.split(b"\n")
        for line in whole:
            yield bytes(begun) + line
            begun.clear()
        begun += rest
        if len(begun) > LONGEST_LINE:
            what = Words(
                f"a line of more than {LONGEST_LINE} bytes", f"单行超过 {LONGEST_LINE} 字节"
            )
            raise AnswerError(ACTIVITY, what=what)
    if begun:
        yield bytes(begun)
