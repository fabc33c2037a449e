"""Checks 9, 11 and 14: recomputation, the clock, other meters (pure)."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from calibration.indication import Quality
from calibration.rounding import places_apart, to_places, with_u
from calibration.unit_symbol import with_symbol
from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Pointer, Said, counted, said
from evidence.clock import utc_text
from evidence.clock_standing import NS_PER_MS, STEP_NS, ClockStanding
from evidence.log.leaf import ClockState, RecordKind
from evidence.statement.datum import ActivityData

_CLOSE: Final = 1e-9
_SIMULATED: Final = said("simulated", "仿真")
_CLOCKS: Final[Mapping[Quality, Said]] = {
    Quality.CLOCK_SUSPECT: said("“clock suspect”", "“时钟存疑”"),
    Quality.CLOCK_UNSYNCHRONISED: said("“clock not synchronised”", "“时钟未同步”"),
}
_STANDINGS: Final[Mapping[ClockStanding, Said]] = {
    ClockStanding.SYNCHRONISED: said("synchronised", "已同步"),
    ClockStanding.HOLDOVER: said("holdover", "守时"),
    ClockStanding.UNSYNCHRONISED: said("unsynchronised", "未同步"),
    ClockStanding.UNKNOWN: said("unknown", "未知"),
}


def recomputation(material: Material) -> CheckOutcome:
    """Check 9: raw bytes give the hours that are kept, and these the amounts that were stated."""
    look, again = Look(9), material.again
    for at_ns in again.hours:
        look.see(Pointer(kind="hour", id=f"{material.channel} {utc_text(at_ns)}"))
    for each in again.differing:
        look.find(each.words.en, each.words.zh, each.where)
    for words in again.left_out:
        look.leave(words.en, words.zh)
    stated = _statements(look, material)
    rest = len(material.hours) - len(again.hours)
    if rest > 0:
        look.leave(
            f"{rest} of {len(material.hours)} hours were not computed again",
            f"{len(material.hours)} 个小时中有 {rest} 个未复算",
        )
    return look.tell(
        f"{counted(again.readings, 'reading', 'readings')} by their raw bytes, "
        f"{counted(len(again.hours), 'hour', 'hours')}, "
        f"{counted(stated, 'statement', 'statements')}{_constants(material).en}",
        f"原始字节 {again.readings} 个读数、{len(again.hours)} 个小时、{stated} 份陈述"
        f"{_constants(material).zh}",
        applies=bool(material.hours),
    )


def _constants(material: Material) -> Said:
    """By which constants a channel is computed; nothing of one that is measured."""
    if material.derivation is None:
        return said("", "")
    named = material.derivation.constants
    if not named:
        return said(", the model's own constants", "、模型自带常数")
    return said(f", constants {named}", f"、常数 {named}")


def _statements(look: Look, material: Material) -> int:
    """What was stated against the same period made anew from the hours."""
    for kept in material.told.kept:
        anew = material.told.anew.get(kept.digest)
        if anew is None:
            continue
        look.see(_statement(kept))
        if abs(anew.value - kept.value) > _CLOSE * max(abs(anew.value), abs(kept.value)):
            _changed(look, kept, anew, is_early=kept.digest in material.told.early)
    return len(material.told.anew)


def _changed(look: Look, kept: ActivityData, anew: ActivityData, *, is_early: bool) -> None:
    """Hours give another value: a finding, unless more of them came after it was stated."""
    span, (was, now) = f"{kept.period.start} .. {kept.period.end}", _versions(kept, anew)
    if is_early:
        look.leave(
            f"{span}: {was} was stated before the period was over, the hours give {now} now",
            f"{span}：时段结束前陈述值为 {was}，现由小时数据得 {now}",
        )
        return
    look.find(
        f"{span}: {was} was stated, the hours give {now} now",
        f"{span}：陈述值 {was}，现由小时数据得 {now}",
        _statement(kept),
    )


def _statement(kept: ActivityData) -> Pointer:
    return Pointer(kind="statement", id=kept.digest, sha256=kept.digest)


def _versions(kept: ActivityData, anew: ActivityData) -> tuple[str, str]:
    """What was stated, and what follows now, with as many digits as U allows and tell them."""
    places = places_apart(kept.value, anew.value, anew.expanded_uncertainty)
    now = with_symbol(to_places(anew.value, places), anew.unit)
    return to_places(kept.value, places), now


def clock(material: Material) -> CheckOutcome:
    """Check 11: what the agents knew of their clocks, steps on record, suspect stamps."""
    look = Look(11)
    simulated = sum(each.clock.simulated for each in material.batches)
    real = [each for each in material.batches if not each.clock.simulated]
    standings = Counter(each.clock.standing for each in real)
    for each in real:
        known = each.clock.standing != ClockStanding.UNKNOWN or each.clock.synchronised is not None
        if known:
            look.see(each.leaf)
        if _is_left_alone(each.clock):
            look.find("a clock was not synchronised", "时钟未同步", each.leaf)
    _stamps(look, material)
    steps = _steps(look, material)
    _say_simulated(look, simulated)
    if not look.looked and real:
        look.leave(
            "the agents do not say what keeps their clocks, and no stamp is suspect",
            "代理未说明时钟由何校准，亦无可疑时标",
        )
    if len(material.batches) < material.leaves:
        look.leave(
            f"{material.leaves - len(material.batches)} of {material.leaves} leaves were not read",
            f"{material.leaves} 个叶中有 {material.leaves - len(material.batches)} 个未读取",
        )
    shown, shown_zh = (
        ", ".join(f"{words.say(language)} {count}" for words, count in _named(standings, simulated))
        for language in ("en", "zh")
    )
    return look.tell(
        f"batches: {len(material.batches)} ({shown or '-'}), steps of a clock: {steps}",
        f"批次 {len(material.batches)} 个（{shown_zh or '-'}）、时钟调整 {steps} 次",
        applies=bool(material.hours),
    )


def _steps(look: Look, material: Material) -> int:
    """How many steps of a clock are on record; those over a second are found."""
    steps = [each for each in material.records if each.kind == RecordKind.CLOCK_STEP]
    for record in steps:
        step_ms = record.facts.get("step_ms", 0)
        if isinstance(step_ms, str) or abs(step_ms) * NS_PER_MS <= STEP_NS:
            continue
        at = utc_text(max(record.at_ms, 0) * 1_000_000)
        look.find(f"the clock was set by {step_ms} ms at {at}", f"{at} 时钟被调整 {step_ms} ms")
    return len(steps)


def _say_simulated(look: Look, batches: int) -> None:
    if batches:
        look.leave(
            f"the clock is simulated in {counted(batches, 'batch', 'batches')}: its stamps prove "
            "nothing of real time",
            f"{batches} 个批次使用仿真时钟：其时标不能证明真实时间",
        )


def _named(standings: Mapping[ClockStanding, int], simulated: int) -> list[tuple[Said, int]]:
    real = [(_STANDINGS[standing], count) for standing, count in sorted(standings.items())]
    return [*real, (_SIMULATED, simulated)] if simulated else real


def _is_left_alone(clock: ClockState) -> bool:
    """Whether nothing kept a clock, and nothing says that it was right all the same."""
    if clock.standing == ClockStanding.UNKNOWN:
        return clock.synchronised is False
    return clock.standing == ClockStanding.UNSYNCHRONISED


def _stamps(look: Look, material: Material) -> None:
    for channel, hours in material.measured.items():
        for quality, words in _CLOCKS.items():
            marked = [each for each in hours if each.tally.qualities.get(quality.value, 0)]
            if marked:
                first = utc_text(marked[0].start_ns)
                look.find(
                    f"{channel}: {counted(len(marked), 'hour', 'hours')} with readings marked "
                    f"{words.en}, the first {first}",
                    f"{channel}：{len(marked)} 个小时含标记{words.zh}的读数，首个为 {first}",
                    Pointer(kind="hour", id=f"{channel} {first}"),
                )


def balance(material: Material) -> CheckOutcome:
    """Check 14: channels that measure the same thing, held against each other."""
    look = Look(14)
    for each in material.corroborated:
        sides = [
            Pointer(kind="statement", id=one.digest, sha256=one.digest)
            for one in (each.measured, each.calculated)
        ]
        look.see(*sides)
        if each.agrees is False:
            shown, _ = with_u(each.difference, each.uncertainty.expanded_uncertainty)
            difference = with_symbol(shown, each.unit)
            look.find(
                f"{each.measured.channel} and {each.calculated.channel} differ by "
                f"{difference}, E_n = {each.e_n:.2g}",
                f"{each.measured.channel} 与 {each.calculated.channel} 相差 "
                f"{difference}，E_n = {each.e_n:.2g}",
                *sides,
            )
    held = {each.calculated.channel for each in material.corroborated}
    for channel in material.grouped:
        if channel not in held:
            look.leave(
                f"{channel} measures the same, but the two could not be compared",
                f"{channel} 测量同一量，但两者无法比较",
            )
    look.leave(
        "sums of sub-meters against a main meter: which feeds which is not on record",
        "分表之和与总表：计量关系未登记",
    )
    return look.tell(
        f"measure the same thing: {counted(len(material.grouped), 'channel', 'channels')}",
        f"测量同一量的其他通道 {len(material.grouped)} 个",
        applies=bool(material.grouped),
    )
