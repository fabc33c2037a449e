"""Since when something is to be repaired: from hours, or from the day a paper was due."""

import datetime as dt
from typing import cast

import pytest

from calibration.basis import UncertaintyBasis
from calibration.confirmation import MetrologicalConfirmation
from calibration.increment import NS_PER_HOUR
from calibration.window import FlowWindow, Grounds, Tally
from collector.lookup import Lookup
from collector.web.factory.channels import standing
from collector.web.factory.overdue import overdue_by_papers
from collector.web.factory.repairs import repairs
from collector.web.factory.since import dated
from tests.unit.collector.api.plant import HEADS, LINE_1, Plant
from tests.unit.collector.web.test_factory import NOW_NS, measuring, row, stands


class Hours:
    """A channel's hours, each with one quality."""

    def __init__(self, *qualities: str) -> None:
        self.all = [_hour(n, quality) for n, quality in enumerate(qualities)]

    def channel(self, _channel: str) -> None:
        return None

    def span(self, _channel: str) -> tuple[int, int]:
        return self.all[0].start_ns, self.all[-1].start_ns

    def windows(self, _channel: str, start_ns: int, end_ns: int) -> list[FlowWindow]:
        return [each for each in self.all if start_ns <= each.start_ns < end_ns]

    def means(self, _channel: str, _start_ns: int, _end_ns: int) -> list[FlowWindow]:
        return []


def _hour(number: int, quality: str) -> FlowWindow:
    return FlowWindow(
        channel="a/b/c",
        start_ns=number * NS_PER_HOUR,
        end_ns=(number + 1) * NS_PER_HOUR,
        unit="kW.h",
        uncorrected=1.0,
        value=1.0,
        components=(),
        fresh_variance=0.0,
        tally=Tally(expected=4, present=4, qualities={quality: 4}),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION),
    )


@pytest.mark.parametrize(
    ("good", "overdue", "since", "is_older"),
    [
        (300, 3, 300, False),
        (300, 191, 300, False),
        (10, 300, 310 - 8 * 24, True),
        (5, 0, None, False),
    ],
)
def test_a_state_of_a_channel_is_dated_by_the_last_hours_that_have_it(
    good: int, overdue: int, since: int | None, *, is_older: bool
) -> None:
    hours = Hours(*["good"] * good, *["overdue"] * overdue)
    (repair,) = repairs([], [], stands(row("a/b/c", "overdue")), "en")
    found = dated(repair, cast("Lookup", hours), (good + overdue) * NS_PER_HOUR)
    assert found.since_ns == (None if since is None else since * NS_PER_HOUR)
    assert found.is_older == is_older


def test_what_is_overdue_is_dated_by_the_day_its_paper_was_due(people: Plant) -> None:
    people.fill()
    sources = people.parts().sources
    (repair,) = repairs([], [], stands(row(LINE_1, "overdue")), "en")
    serial = HEADS[LINE_1].serial
    papers = [
        ("jinan", confirmation(serial, "2024-01-01", "2025-01-09")),
        ("jinan", confirmation(serial, "2025-01-01", "2025-12-10")),
        ("jinan", confirmation("other", "2025-06-01", "2025-12-20")),
        ("weifang", confirmation(serial, "2025-06-01", "2025-12-30")),
        ("jinan", confirmation(serial, "2026-12-01", "2027-12-10")),
    ]
    with sources.lease() as lent:
        found = dated(repair, lent.store.lookup, NOW_NS, lambda: papers)
    assert found.due_on == dt.date(2025, 12, 10)
    sources.close()


@pytest.mark.parametrize(
    ("due_on", "late_ns", "subjects"),
    [
        ("2025-12-10", 10**15, ["S-1"]),  # silent and overdue
        ("2027-12-10", 10**15, []),  # silent, and in date
        ("2025-12-10", 0, []),  # heard: its readings say themselves what they are
    ],
)
def test_what_is_overdue_is_told_while_its_channels_are_silent(
    due_on: str, late_ns: int, subjects: list[str]
) -> None:
    rows = [standing(row("a/b/c", serial="S-1"), NOW_NS + late_ns, 900.0, measuring)]
    papers = [("a", confirmation("S-1", "2025-01-01", due_on))]
    found = overdue_by_papers(rows, NOW_NS, lambda: papers)
    told = repairs([], found, rows, "en")
    assert [each.subject for each in told] == subjects
    assert all((each.state, each.words) == ("overdue", "") for each in told)
    assert all(each.due_on == dt.date.fromisoformat(due_on) for each in told)
    assert all((each.channels, each.find) == (1, {"q": "S-1"}) for each in told)


def test_what_is_overdue_and_says_so_is_told_once() -> None:
    rows = stands(row("a/b/c", "overdue", serial="S-1"), row("a/b/d", "frozen", serial="S-1"))
    papers = [("a", confirmation("S-1", "2025-01-01", "2025-12-10"))]
    assert overdue_by_papers(rows, NOW_NS, lambda: papers) == []


def confirmation(serial: str, since: str, due_on: str) -> MetrologicalConfirmation:
    at = dt.datetime.fromisoformat(f"{since}T00:00:00Z")
    return MetrologicalConfirmation(
        schema=1,
        id=f"K-{since}",
        fitted_by="",
        serial=serial,
        certificate="C",
        decision="pass",
        requirement="r",
        rule="simple",
        confirmed_by="x",
        effective_from=at,
        due_on=dt.date.fromisoformat(due_on),
        recorded_at=at,
    )
