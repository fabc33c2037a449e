"""What the stand-in for InfluxDB stores, and why it does not store a line."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.unit.collector.views.line_protocol import NotLineProtocolError, Read, read_line

HOUR_NS = 3_600_000_000_000
_TYPES = {float: "float", int: "integer", str: "string", bool: "boolean"}
_QUERY = re.compile(
    r'SELECT count\("present"\) AS "polls", sum\("present"\) AS "readings", sum\("value"\) AS'
    r' "total" FROM "reading" WHERE time >= ([0-9]+) AND time < ([0-9]+)'
    r' GROUP BY time\(1h\), "channel" fill\(none\)'
)


class Unparsed(NamedTuple):
    """A line that is no line protocol; `number` counts from 1."""

    number: int
    line: str
    why: str


class Conflict(NamedTuple):
    """A line with a field that has another type in the database."""

    number: int
    line: str
    measurement: str
    field: str
    found: str
    held: str


class Looked(NamedTuple):
    """The lines of a body, by what is to be said of them."""

    points: list[Read]
    unparsed: list[Unparsed]
    conflicts: list[Conflict]
    late: list[Read]
    """Beyond what the database keeps."""


@dataclass
class Held:
    """What is stored: of two points with one key the last counts.

    Attributes:
        databases: In 2.x the buckets.
        mapped: What InfluxQL finds in 2.x; None if each bucket is found under its name (2.4).
        bad: Lines whose `present` is held to be of another type, whatever is stored.
        forgets: Points that are taken, and not stored.
        keeps_from_ns: Points before it are beyond the retention.
    """

    databases: set[str] = field(default_factory=lambda: {"carbonmeter"})
    orgs: set[str] = field(default_factory=lambda: {"works"})
    mapped: set[str] | None = None
    points: dict[Any, Read] = field(default_factory=dict)
    types: dict[tuple[str, str], str] = field(default_factory=dict)
    bad: Callable[[Read], bool] = lambda _: False
    forgets: Callable[[Read], bool] = lambda _: False
    keeps_from_ns: int = 0

    @property
    def readings(self) -> list[Read]:
        held = tuple(self.points.values())  # at once: a request may come meanwhile
        return [each for each in held if each.measurement == "reading"]

    def counts(self) -> Counter[str]:
        return Counter(each.tags["channel"] for each in self.readings)

    def looked(self, body: bytes) -> Looked:
        """What a body comes to; nothing is stored yet."""
        found = Looked([], [], [], [])
        types = dict(self.types)
        for number, data in enumerate(body.split(b"\n"), 1):
            text = data.decode("utf-8", "replace")
            try:
                point = read_line(data)
            except NotLineProtocolError as wrong:
                found.unparsed.append(Unparsed(number, text, str(wrong)))
                continue
            conflict = self._conflict(point, types)
            if conflict is not None:
                found.conflicts.append(Conflict(number, text, point.measurement, *conflict))
            elif point.stamp < self.keeps_from_ns:
                found.late.append(point)
            else:
                found.points.append(point)
        return found

    def _conflict(self, point: Read, types: dict[tuple[str, str], str]) -> tuple[str, ...] | None:
        if self.bad(point):
            return "present", "string", "integer"
        for name, value in point.fields.items():
            kind = _TYPES[type(value)]
            held = types.setdefault((point.measurement, name), kind)
            if held != kind:
                return name, kind, held
        return None

    def keep(self, points: list[Read]) -> None:
        """Stores points, and the types of their fields."""
        for point in points:
            for name, value in point.fields.items():
                self.types.setdefault((point.measurement, name), _TYPES[type(value)])
            if not self.forgets(point):
                self.points[point.key] = point

    def asked(self, text: str) -> dict[str, Any] | None:
        """The result of the view's question; None if it is another one.

        Points beyond the retention are not shown, whether they were taken or not.
        """
        found = _QUERY.fullmatch(text)
        return None if found is None else self.hours(int(found[1]), int(found[2]))

    def hours(self, start_ns: int, end_ns: int) -> dict[str, Any]:
        """Hours by channel; nothing at all where there is no point."""
        found: dict[str, dict[int, list[Any]]] = {}
        for each in self.readings:
            if not max(start_ns, self.keeps_from_ns) <= each.stamp < end_ns:
                continue
            start = each.stamp - each.stamp % HOUR_NS
            row = found.setdefault(each.tags["channel"], {}).setdefault(start, [start, 0, 0, None])
            row[1] += "present" in each.fields
            row[2] += each.fields.get("present", 0)
            value = each.fields.get("value")
            if isinstance(value, float):
                row[3] = (row[3] or 0.0) + value
        series = [
            {
                "name": "reading",
                "tags": {"channel": channel},
                "columns": ["time", "polls", "readings", "total"],
                "values": [rows[start] for start in sorted(rows)],
            }
            for channel, rows in sorted(found.items())
        ]
        return {"statement_id": 0, "series": series} if series else {"statement_id": 0}
