"""Instruments that failed a check, or did not pass a certificate: what their papers say. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.history.failed_check import FailedCheck, failed_check
from calibration.history.not_passed import NotPassed, not_passed
from calibration.monitoring.record import TestKind
from calibration.register import CalibrationRegister
from collector.alarms.kinds import (
    Alarm,
    CertificateFailedAlarm,
    CheckBrokenOffAlarm,
    CheckFailedAlarm,
)
from collector.tested import FailedTest
from evidence.clock import NS_PER_S, utc_text
from evidence.errors import Words

TOLD_DAYS: Final = 92
"""So long a certificate is told of whose instrument is in order again, or was taken away.

Nobody can put right what is past; the page of effects tells it for good.
"""
TESTS: Final[Mapping[TestKind, Words]] = {
    "daily_check": Words("daily check", "每日校验"),
    "manual_check": Words("manual check", "手动校验"),
    "system_check": Words("system check", "全系统校验"),
    "velocity_zero": Words("zero of the velocity monitor", "流速零点"),
    "linearity": Words("linearity", "线性"),
    "leak_check": Words("leak check", "泄漏检查"),
    "rata": Words("comparison with the reference method", "参比方法比对"),
    "qal2": Words("QAL2", "QAL2"),
    "ast": Words("annual surveillance test", "年度监督试验"),
    "qal3": Words("QAL3", "QAL3"),
    "verification": Words("verification", "检定"),
    "calibration": Words("calibration", "校准"),
    "intermediate_check": Words("intermediate check", "期间核查"),
}
CONDITIONS: Final = {
    "as_found": Words("as found", "调整前"),
    "as_left": Words("as left", "调整后"),
}
_EVER: Final = Words("its first reading", "首个读数")
_ADJUST: Final = Words(", and have it adjusted and calibrated", "，并安排调整和校准")
_NOTHING_ELSE: Final = Words("", "")
Logged = CalibrationCertificate | MetrologicalConfirmation | CalibrationEvent
Instrument = tuple[str, str]
"""A site, and a serial number there."""


def tests_failed(found: Iterable[FailedTest]) -> Iterator[CheckFailedAlarm]:
    """What is told of analysers that failed a test of their plan; by channel."""
    for each in found:
        good, failed = each.span.good, each.span.failed
        kind = CheckBrokenOffAlarm if failed.outcome == "aborted" else CheckFailedAlarm
        yield kind(
            each.channel,
            test=TESTS[failed.kind],
            since=_second(failed.at_ns),
            doubt_from=_EVER if good is None else _second(good.at_ns),
            serial=each.serial,
        )


def _second(at_ns: int) -> str:
    return utc_text(at_ns // NS_PER_S * NS_PER_S)


def papers_failed(
    suspected: Mapping[Instrument, CalibrationRegister],
    stands: AbstractSet[Instrument],
    at: dt.datetime,
    told: frozenset[Instrument] = frozenset(),
) -> list[tuple[Instrument, Alarm]]:
    """What is told of instruments that failed by their papers, by site and serial number.

    Args:
        suspected: Their papers, as `suspected_in` finds them.
        stands: Instruments that show a channel now.
        at: With a time zone.
        told: Instruments of which a failed check is told already.
    """
    found: list[tuple[Instrument, Alarm]] = []
    for instrument, register in suspected.items():
        is_in_use = instrument in stands and register.removed(instrument[1], at) is None
        check = failed_check(register, instrument[1], at)
        if check is not None and is_in_use and instrument not in told:
            found.append((instrument, _of_check(check)))
        failed = not_passed(register, instrument[1], at)
        if failed is not None and _is_told(failed, at, is_in_use=is_in_use):
            found.append((instrument, _of_certificate(failed, is_in_use=is_in_use)))
    return found


def _is_told(failed: NotPassed, at: dt.datetime, *, is_in_use: bool) -> bool:
    is_wrong_now = is_in_use and not failed.is_mended
    return is_wrong_now or at - failed.recorded_at <= dt.timedelta(days=TOLD_DAYS)


def _of_check(check: FailedCheck) -> CheckFailedAlarm:
    doubt_from = _EVER if check.doubt_from is None else _instant(check.doubt_from)
    return CheckFailedAlarm(
        check.serial,
        test=TESTS["intermediate_check"],
        since=_instant(check.at),
        doubt_from=doubt_from,
        serial=check.serial,
    )


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of_certificate(failed: NotPassed, *, is_in_use: bool) -> CertificateFailedAlarm:
    return CertificateFailedAlarm(
        failed.serial,
        certificate=failed.certificate,
        performed_on=failed.performed_on.isoformat(),
        condition=CONDITIONS[failed.condition],
        doubt_from=_EVER if failed.doubt_from is None else failed.doubt_from.isoformat(),
        remedy=_ADJUST if is_in_use and not failed.is_mended else _NOTHING_ELSE,
        is_wrong_now=is_in_use and not failed.is_mended,
    )


def papers_in(register: CalibrationRegister) -> tuple[Logged, ...]:
    """The papers of a register that can say that an instrument failed."""
    return (*register.certificates, *register.confirmations, *register.events)


def places_of(found: Iterable[FailedTest]) -> frozenset[Instrument]:
    """The instruments that failed a test of their plan."""
    return frozenset((each.channel.partition("/")[0], each.serial) for each in found)


def suspected_in(papers: Iterable[tuple[str, Logged]]) -> dict[Instrument, CalibrationRegister]:
    """The papers of each instrument that may have failed, by site and serial number.

    Of most there is nothing to ask.

    Args:
        papers: With their sites.
    """
    read = list(papers)
    names = {(site, _serial_of(each)) for site, each in read if _speaks_against(each)}
    own: dict[Instrument, list[Logged]] = {each: [] for each in sorted(names)}
    withdrawn: dict[str, list[CalibrationEvent]] = defaultdict(list)
    for site, each in read if names else ():
        if (site, _serial_of(each)) in names:
            own[site, _serial_of(each)].append(each)
        elif isinstance(each, CalibrationEvent) and each.certificate:
            withdrawn[site].append(each)
    return {name: _register([*some, *withdrawn[name[0]]]) for name, some in own.items()}


def _serial_of(each: Logged) -> str:
    """The instrument that a paper is about; "" for a withdrawal."""
    return each.instrument.serial if isinstance(each, CalibrationCertificate) else each.serial


def _speaks_against(each: Logged) -> bool:
    """Whether a paper says, or may say, that an instrument failed."""
    if isinstance(each, MetrologicalConfirmation):
        return each.decision == "fail"
    if isinstance(each, CalibrationEvent):
        return each.check is not None and not each.check.passes
    failed = each.conformity is not None and each.conformity.statement == "fail"
    return failed or any(result.condition == "as_found" for result in each.results)


def _register(papers: Sequence[Logged]) -> CalibrationRegister:
    return CalibrationRegister(
        certificates=tuple(each for each in papers if isinstance(each, CalibrationCertificate)),
        confirmations=tuple(each for each in papers if isinstance(each, MetrologicalConfirmation)),
        events=tuple(each for each in papers if isinstance(each, CalibrationEvent)),
    )
