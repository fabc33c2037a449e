"""Instruments that failed a check or did not pass a certificate, and what their channels are then.

What is told is what leaves the box as an alarm too.
"""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fastapi import FastAPI, Request

from calibration.register import CalibrationRegister
from calibration.setting import Setting
from collector.alarms.kinds import Alarm, CertificateFailedAlarm, CheckFailedAlarm
from collector.alarms.quality import (
    Instrument,
    Logged,
    papers_failed,
    places_of,
    suspected_in,
    tests_failed,
)
from collector.tested import FailedTest, FailedTests
from collector.web.certificates.shelf import MOST_STACKS, Paper
from collector.web.factory.channels import CHECK_FAILED, GOOD, NOT_PASSED, UNKNOWN_U, Standing

_OVERRULED: Final = (GOOD, UNKNOWN_U)
"""States that say nothing against an instrument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What failed, and what that touches now.

    Attributes:
        alarms: What is told.
        tests: Of channels of analysers that failed a test of their plan, and of those that rest on
            such a one: the test that failed first.
        checked, judged: Instruments that failed a check, and such as cannot be used since they did
            not pass.
    """

    alarms: Sequence[Alarm] = ()
    tests: Mapping[str, FailedTest] = field(default_factory=dict)
    checked: frozenset[Instrument] = frozenset()
    judged: frozenset[Instrument] = frozenset()

    def state_of(self, each: Standing) -> str:
        """How a channel stands by its own readings, or by what failed."""
        if each.state not in _OVERRULED:
            return each.state
        instrument = each.site, each.row.head.serial
        if each.row.channel in self.tests or instrument in self.checked:
            return CHECK_FAILED
        return NOT_PASSED if instrument in self.judged else each.state

    def on(self, rows: Sequence[Standing]) -> Sequence[Standing]:
        """Channels as they stand by all that is known."""
        if not (self.tests or self.checked or self.judged):
            return rows
        return [replace(each, state=self.state_of(each)) for each in rows]


def failed_in(
    tests: Sequence[FailedTest],
    suspected: Mapping[Instrument, CalibrationRegister],
    rows: Iterable[Standing],
    at: dt.datetime,
) -> Failed:
    """What failed. Pure.

    Args:
        tests: Of plans, those that the reader may see.
        suspected: Papers of instruments that may have failed, likewise.
        rows: The channels, likewise.
        at: With a time zone.
    """
    stands = {(each.site, each.row.head.serial) for each in rows} if suspected else set()
    by_papers = papers_failed(suspected, stands, at, places_of(tests))
    return Failed(
        alarms=[*tests_failed(tests), *(alarm for _, alarm in by_papers)],
        tests=_by_channel(tests),
        checked=frozenset(_of(by_papers, CheckFailedAlarm)),
        judged=frozenset(
            name
            for name, alarm in by_papers
            if isinstance(alarm, CertificateFailedAlarm) and alarm.facts["is_wrong_now"]
        ),
    )


def _by_channel(tests: Iterable[FailedTest]) -> Mapping[str, FailedTest]:
    """By channel the test that failed first of all that it rests on; its own one before these."""
    first = sorted(tests, key=lambda each: each.span.failed.at_ns, reverse=True)
    rest_on = {name: each for each in first for name in each.touched}
    return rest_on | {each.channel: each for each in first}


def _of(found: Iterable[tuple[Instrument, Alarm]], kind: type[Alarm]) -> Iterator[Instrument]:
    return (name for name, alarm in found if isinstance(alarm, kind))


class Suspects:
    """Papers of instruments that may have failed, kept as long as no paper comes.

    Any number of threads may ask.
    """

    def __init__(self) -> None:
        self._found: list[tuple[Sequence[Paper], Mapping[Instrument, CalibrationRegister]]] = []
        self._lock = threading.Lock()

    def of(self, papers: Sequence[Paper]) -> Mapping[Instrument, CalibrationRegister]:
        """Those among papers; the same papers are not looked through again."""
        for read, found in list(self._found):
            if read is papers:
                return found
        found = suspected_in(_logged(papers))
        with self._lock:
            self._found = [*self._found[1 - MOST_STACKS :], (papers, found)]
        return found


def _logged(papers: Iterable[Paper]) -> Iterator[tuple[str, Logged]]:
    """Certificates, confirmations and events with their sites."""
    for each in papers:
        if not isinstance(each.entry, Setting):
            yield each.site, each.entry


def keep_failed(app: FastAPI) -> None:
    """Gives an application what finds instruments that failed."""
    app.state.failed_tests, app.state.suspects = FailedTests(), Suspects()


def failed_tests_of(request: Request) -> FailedTests:
    """That of the application that answers a request."""
    found: FailedTests = request.app.state.failed_tests
    return found


def suspects_of(request: Request) -> Suspects:
    """Those of the application that answers a request."""
    found: Suspects = request.app.state.suspects
    return found
