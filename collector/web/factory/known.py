"""What is known of instruments beside their readings: their papers, and tests that they failed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister
from collector.alarms.quality import Instrument
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.refusal import PapersUnreadError
from collector.api.security import Reader
from collector.tested import FailedTest
from collector.web.certificates.shelf import Paper, shelf_of
from collector.web.factory.channels import Standing
from collector.web.factory.failed import failed_in, failed_tests_of, suspects_of
from evidence.audit.stood import instant_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a reader may see of it.

    Attributes:
        papers: None of them while they are still read ahead.
        suspected: Those of instruments that may have failed.
        tests: Of analysers, that failed.
        at: When; with a time zone.
    """

    papers: Sequence[Paper]
    suspected: Mapping[Instrument, CalibrationRegister]
    tests: Sequence[FailedTest]
    at: dt.datetime

    def confirmations(self) -> list[tuple[str, MetrologicalConfirmation]]:
        """With their sites, of instruments that were not taken out: nothing of those is due."""
        gone = self._removed()
        return [
            (each.site, each.entry)
            for each in self.papers
            if isinstance(each.entry, MetrologicalConfirmation)
            and (each.site, each.entry.serial) not in gone
        ]

    def standing(self, each: Standing) -> Standing:
        """How a channel stands by all that is known of its instrument."""
        name = each.site, each.row.head.serial
        own = {name: self.suspected[name]} if name in self.suspected else {}
        tests = [test for test in self.tests if test.touches(each.row.channel)]
        (found,) = failed_in(tests, own, [each], self.at).on([each])
        return found

    def failed_test(self, channel: str) -> FailedTest | None:
        """The test that failed of those that a channel rests on now; None where none did."""
        return failed_in(self.tests, {}, (), self.at).tests.get(channel)

    def _removed(self) -> set[Instrument]:
        events = defaultdict[Instrument, list[CalibrationEvent]](list)
        for each in self.papers:
            if isinstance(each.entry, CalibrationEvent):
                events[each.site, each.entry.serial].append(each.entry)
        return {
            name
            for name, own in events.items()
            if CalibrationRegister(events=tuple(own)).removed(name[1], self.at) is not None
        }


def known_to(request: Request, sources: Sources, parts: Parts, reader: Reader) -> Known:
    """What somebody may see.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    now_ns = parts.clock.now_ns()
    try:
        papers = shelf_of(request).papers(sources, parts, reader)
    except PapersUnreadError:
        papers = ()
    found = failed_tests_of(request).now(sources, parts.sites, now_ns)
    tests = [each for each in found if reader.sees_channel(each.channel)]
    suspected = suspects_of(request).of(papers)
    return Known(papers=papers, suspected=suspected, tests=tests, at=instant_of(now_ns))
