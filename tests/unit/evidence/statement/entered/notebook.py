"""What a factory's people enter: a gas meter read by the month, and a supplier's invoices."""

from dataclasses import dataclass, field

import msgspec

from evidence.clock import parse_utc
from evidence.statement.datum import ActivityData
from evidence.statement.entered.book import EnteredBook, ManualEntry, require_admissible
from evidence.statement.entered.content import Content, ManualAmount, ManualReading
from evidence.statement.entered.stating import entered_statement

GAS = "works/~gas-1/volume"
POWER = "works/~grid/energy"
NOW_NS = parse_utc("2027-01-01T00:00:00Z")


def span(start: str, end: str) -> tuple[int, int]:
    """[start, end) of instants, or of days that begin in UTC."""
    first, last = (each if "T" in each else f"{each}T00:00:00Z" for each in (start, end))
    return parse_utc(first), parse_utc(last)


def read(at: str, value: float, **more: object) -> ManualReading:
    told = {"channel": GAS, "kind_of_quantity": "volume", "unit": "m3", "at": at, "value": value}
    told |= {"serial": "G-7", "resolution": 1.0, "mpe_relative": 0.01, "source": "logbook"}
    return msgspec.convert({"entered": "reading", **told, **more}, ManualReading)


def billed(start: str, end: str, value: float, **more: object) -> ManualAmount:
    told = {"channel": POWER, "kind_of_quantity": "active_energy", "unit": "kW.h", "value": value}
    told |= {"start": f"{start}T00:00:00Z", "end": f"{end}T00:00:00Z"}
    told |= {"relative_standard_uncertainty": 0.01, "source": f"invoice {start}"}
    return msgspec.convert({"entered": "amount", **told, **more}, ManualAmount)


@dataclass(slots=True)
class Notebook:
    """A book that grows by admissible entries only, one an hour."""

    book: EnteredBook = field(default_factory=EnteredBook)
    next: int = 10
    at_ns: int = parse_utc("2026-06-01T00:00:00Z")

    def enter(
        self, content: Content | None, *, corrects: int | None = None, channel: str = ""
    ) -> int:
        where = channel or (content.channel if content is not None else "")
        require_admissible(self.book, where, content, corrects, NOW_NS)
        return self._takes(content, where, corrects)

    def takes(self, content: Content) -> int:
        """What an earlier version let somebody enter, and stands."""
        return self._takes(content, content.channel, None)

    def _takes(self, content: Content | None, where: str, corrects: int | None) -> int:
        entry = ManualEntry(
            entry=self.next,
            at_ns=self.at_ns,
            who="Q. Wang",
            role="analyst",
            channel=where,
            corrects=corrects,
            content=content,
        )
        self.book = self.book.with_entry(entry)
        self.next += 1
        self.at_ns += 3_600_000_000_000
        return entry.entry

    def states(
        self, channel: str, start: str, end: str, known_ns: int | None = None
    ) -> ActivityData | None:
        return entered_statement(self.book, channel, span(start, end), "test 1", known_ns)

    def told(self, channel: str, start: str, end: str, known_ns: int | None = None) -> ActivityData:
        found = self.states(channel, start, end, known_ns)
        assert found is not None
        return found


def contributions(datum: ActivityData) -> dict[str, float]:
    """Contribution by influence."""
    return {each.influence: each.contribution for each in datum.components}


def changed(content: Content, **what: object) -> Content:
    """The same entry with other fields, as it would come from outside."""
    plain = msgspec.to_builtins(content) | what
    return msgspec.convert(plain, ManualReading | ManualAmount)
