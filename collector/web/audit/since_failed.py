"""Hours that rest on a failed check and that no plan's doubt tells of, in lines.

Since the check until one passes the analyser is out of control: a plan fills these hours, and what
was shown in them stands beside that. Of a channel without a plan the hours before are told too.
"""

from collections.abc import Iterator, Mapping, Sequence

from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.doubt.amounts import Doubted, Resting
from collector.doubt.telling import Doubts
from collector.web.audit.effects import MOST_CHANNELS, EffectLine, Effects
from collector.web.audit.ruled_effects import MOST_PLANNED, registers_of


def since_failed(
    sources: Sources, parts: Parts, channels: Sequence[str], span: tuple[int, int]
) -> Effects:
    """The hours of some channels in a period; those that are looked through as of `ruled_effects`.

    Args:
        sources: What it is made from.
        parts: Of the collector.
        channels: In the order in which they are looked through.
        span: UTC ns.

    Raises:
        LedgerError: a paper cannot be read.
    """
    now_ns = parts.clock.now_ns()
    hours = _full(span[0], up=True), _full(min(span[1], now_ns), up=False)
    ruled, others = _looked(registers_of(sources, parts), channels)
    doubts = Doubts(sources, parts.sites, now_ns)
    lines = [
        line
        for channel in (*ruled, *others)
        for each in (doubts.of(channel, hours) if hours[0] < hours[1] else ())
        for line in _lines(channel, each, is_ruled=channel in ruled)
    ]
    return Effects(lines=lines, looked=0, left_out=0)


def _full(at_ns: int, *, up: bool) -> int:
    """The next full hour, UTC ns."""
    return (-(-at_ns // NS_PER_HOUR) if up else at_ns // NS_PER_HOUR) * NS_PER_HOUR


def _looked(
    registers: Mapping[str, CalibrationRegister], channels: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Channels with a plan, and others that are computed: of any other there is nothing."""
    plans = {each.plan for register in registers.values() for each in register.plans}
    made = {each.derivation for register in registers.values() for each in register.derivations}
    ruled = [each for each in channels if each in plans][:MOST_PLANNED]
    return ruled, [each for each in channels if each in made - plans][:MOST_CHANNELS]


def _lines(channel: str, told: Doubted, *, is_ruled: bool) -> Iterator[EffectLine]:
    if told.before.amount is None or told.after.amount is None:
        return  # means: there is no amount
    if told.before.hours and not is_ruled:
        yield _line(channel, told, told.before, "intermediate_check")
    if told.after.hours:
        yield _line(channel, told, told.after, "out_of_control")


def _line(channel: str, told: Doubted, resting: Resting, because: str) -> EffectLine:
    doubt, failure = told.doubt, told.doubt.failure
    is_after = because == "out_of_control"
    good_ns = None if failure.good is None else failure.good.at_ns
    passed_ns = None if failure.passed is None else failure.passed.at_ns
    return EffectLine(
        channel=channel,
        serial=doubt.serial,
        because=because,
        since=failure.failed.at_ns if is_after else good_ns,
        start_ns=min(resting.starts),
        end_ns=max(resting.starts) + NS_PER_HOUR,
        amount=resting.amount or 0.0,
        unit=told.unit,
        before="",
        after="",
        checks_ns=[failure.failed.at_ns],
        correction=None,
        expanded=None,
        relative=None,
        common=None,
        analyser=doubt.channel,
        until_ns=passed_ns if is_after else None,
        by_plan=told.since_by_plan if is_after else None,
        is_ruled=told.by_plan is not None,
    )
