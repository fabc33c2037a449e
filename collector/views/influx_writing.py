"""Points into a database, and which of them it does not take."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from collector.errors import CollectorError
from collector.views.influx_answer import Answer, Meaning, error_of, meaning, words
from collector.views.influx_errors import InfluxRefusesAllError, LineRefusedError
from collector.views.influx_lines import Point
from collector.views.influx_server import Server

MOST_LINES: Final = 5_000
MOST_BYTES: Final = 1024 * 1024
ALL_REFUSED: Final = 64
"""So many refused lines, and not one that is taken: it is not the lines that are wrong."""


class Refused(NamedTuple):
    """A point that the database does not take, also alone."""

    point: Point
    why: CollectorError


def put(server: Server, points: Sequence[Point], name: str) -> list[Refused]:
    """Writes points; those that are refused alone. Twice written is once written.

    Args:
        server: to write to.
        points: in any order.
        name: of the database, for messages.

    Raises:
        InfluxError: some may be written and some not; all are to be written again.
    """
    writing = _Writing(server, name)
    for body in bodies(points):
        writing.put(body)
    return writing.refused


def bodies(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    """Points in portions of at most 5,000 lines and 1 MiB; one that is larger stands alone."""
    first, size = 0, 0
    for at, point in enumerate(points):
        grown = size + len(point.line) + 1
        if at > first and (at - first == MOST_LINES or grown > MOST_BYTES):
            yield points[first:at]
            first, grown = at, len(point.line) + 1
        size = grown
    if first < len(points):
        yield points[first:]


class _Writing:
    """One call of `put`: what was refused so far, and whether anything was taken."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._name = name
        self._taken = False
        self.refused: list[Refused] = []

    def put(self, points: Sequence[Point]) -> None:
        waiting = [points]
        while waiting:
            part = waiting.pop()
            answer = self._server.write(b"\n".join(point.line for point in part))
            meant = meaning(answer.status)
            if meant is Meaning.TAKEN:
                self._taken = True
            elif meant not in (Meaning.NARROW, Meaning.SPLIT):
                raise error_of(answer, "write", self._name)
            elif len(part) > 1:
                half = len(part) // 2
                waiting += [part[half:], part[:half]]
            else:
                self._refuse(part[0], answer)

    def _refuse(self, point: Point, answer: Answer) -> None:
        what = words(answer)
        why = LineRefusedError(point.channel, status=answer.status, what=what)
        self.refused.append(Refused(point, why))
        if not self._taken and len(self.refused) >= ALL_REFUSED:
            raise InfluxRefusesAllError("write", found=len(self.refused), what=what)
