"""Hours computed again from raw bytes: what the judge does, on a store in memory, for some days.

Not the whole period: the first and the last day of it, or what of it there is. What was left out
is said.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.rounding import places_apart, to_places
from calibration.unit_symbol import with_symbol
from collector.audit.seen import Seen, hours_of, leaf_name
from collector.documented import libraries_of
from collector.judging import position_of
from collector.ledger_rows import StoredLeaf
from collector.lookup import Place
from collector.store import Store
from evidence.audit.material import Again, Difference
from evidence.audit.said import Pointer, Said, counted, said
from evidence.audit.stood import Hour
from evidence.clock import utc_text
from evidence.errors import EvidenceError
from evidence.judging.deriving import Deriving
from evidence.judging.judge import Judge
from evidence.judging.judgement import Fault
from evidence.judging.library import Library
from evidence.log.batch import Batch, decode
from evidence.log.leaf import DocumentKind
from evidence.log.reread import check_raw

BLOCK_NS: Final = 24 * NS_PER_HOUR
AROUND_NS: Final = 3 * NS_PER_HOUR
"""Before and after a block: an hour's edge rests on the readings around it."""
MOST_LEAVES: Final = 5_000
_CLOSE: Final = 1e-9
_NUMBERS: Final[Mapping[str, Said]] = {
    "value": said("value", "量值"),
    "uncorrected": said("uncorrected value", "未修正值"),
}
_KINDS: Final[tuple[DocumentKind, ...]] = (
    "profile",
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
)


@dataclass(slots=True)
class _Found:
    hours: list[int] = field(default_factory=list)
    readings: int = 0
    differing: list[Difference] = field(default_factory=list)
    left_out: list[Said] = field(default_factory=list)


def computed_again(seen: Seen, channels: Sequence[str], kept: Sequence[Hour]) -> Again:
    """What some of a channel's hours come to when they are made anew.

    Args:
        seen: Where the leaves are.
        channels: That instruments show, and that the hours rest on.
        kept: The hours as they are kept, in order; all of one channel.
    """
    found = _Found()
    if not kept:
        return Again()
    libraries = libraries_of(seen.lookup, seen.ledger, _KINDS)
    for start_ns, end_ns in blocks((kept[0].start_ns, kept[-1].end_ns)):
        places = _places(seen, channels, (start_ns - AROUND_NS, end_ns + AROUND_NS))
        if len(places) >= MOST_LEAVES:
            found.left_out.append(_too_many(start_ns))
            continue
        leaves = [seen.ledger.leaf(each.agent, each.epoch, each.sequence) for each in places]
        for leaf in leaves:
            _reread(leaf, channels, libraries, found)
        anew = _made(seen, leaves, libraries, kept[0].channel, (start_ns, end_ns))
        inside = [each for each in kept if start_ns <= each.start_ns < end_ns]
        _compare(inside, anew, found)
    _set_aside(seen, channels, (kept[0].start_ns, kept[-1].end_ns), found)
    return Again(
        hours=tuple(found.hours),
        readings=found.readings,
        differing=tuple(found.differing),
        left_out=tuple(found.left_out),
    )


def blocks(span: tuple[int, int]) -> list[tuple[int, int]]:
    """The first and the last day of a span; the whole of one that is not longer than two."""
    start, end = span
    if end - start <= 2 * BLOCK_NS:
        return [(start, end)]
    return [(start, start + BLOCK_NS), (end - BLOCK_NS, end)]


def _places(seen: Seen, channels: Sequence[str], span: tuple[int, int]) -> list[Place]:
    """The leaves with readings of these channels, each once, in order of their arrival."""
    found = {
        each: None
        for channel in channels
        for each in seen.lookup.places(
            channel, span[0] // 1_000_000, span[1] // 1_000_000, MOST_LEAVES
        )
    }
    return list(found)


def _reread(
    leaf: StoredLeaf, channels: Sequence[str], libraries: dict[str, Library], found: _Found
) -> None:
    """The raw bytes of a leaf's readings, by the profile that its agent logged."""
    batch = decode(leaf.leaf)
    if not isinstance(batch, Batch):
        return
    profiles = libraries.get(leaf.agent, Library()).profiles
    for stream in batch.streams:
        profile = profiles.get(stream.head.profile)
        if stream.head.channel not in channels or profile is None:
            continue
        try:
            check_raw(stream, profile)
        except EvidenceError as wrong:
            where = Pointer(kind="leaf", id=f"{leaf.agent}/{leaf.epoch}/{leaf.sequence}")
            words = said(wrong.say("en"), wrong.say("zh"))
            found.differing.append(Difference(where=where, words=words))
        found.readings += stream.rows


def _made(
    seen: Seen,
    leaves: Sequence[StoredLeaf],
    libraries: dict[str, Library],
    channel: str,
    span: tuple[int, int],
) -> Sequence[Hour]:
    """The hours of a channel from nothing but leaves and papers."""
    store = Store(lambda: sqlite3.connect(":memory:"))
    deriving = Deriving(store, seen.sites)
    judge = Judge(seen.sites, libraries, faulty=seen.lookup.faulty(), accept_simulated=True)
    for place, record in seen.lookup.noted_exchanges():
        judge.recall(record, place)
    try:
        for leaf in sorted(leaves, key=lambda each: each.position):
            judgement = judge.judge(leaf.leaf, position_of(leaf))
            with store.transaction():
                store.keep(judgement, position_of(leaf))
                deriving.follow((*judgement.windows, *judgement.means), judge.libraries)
        return hours_of(store.lookup, channel, span)
    finally:
        store.close()


def _compare(kept: Sequence[Hour], anew: Sequence[Hour], found: _Found) -> None:
    made = {each.start_ns: each for each in anew}
    missing = [each for each in kept if each.start_ns not in made]
    for each in kept:
        other = made.get(each.start_ns)
        if other is None:
            continue
        found.hours.append(each.start_ns)
        what = differing(each, other)
        if what is not None:
            at = utc_text(each.start_ns)
            where = Pointer(kind="hour", id=f"{each.channel} {at}")
            words = said(f"the hour {at}: {what.en}", f"{at} 的小时：{what.zh}")
            found.differing.append(Difference(where=where, words=words))
    if missing:
        at = utc_text(missing[0].start_ns)
        found.left_out.append(
            said(
                f"{counted(len(missing), 'hour', 'hours')} from {at} could not be made anew "
                "from their leaves",
                f"自 {at} 起有 {len(missing)} 个小时无法由其前后的叶重新生成",
            )
        )


def differing(kept: Hour, anew: Hour) -> Said | None:
    """What differs between an hour as it is kept and as it was made anew; None for nothing."""
    for name, words in _NUMBERS.items():
        one, other = getattr(kept, name), getattr(anew, name)
        if _are_apart(one, other):
            left, made = _told(one, other, kept.unit)
            return said(
                f"{words.en} {left.en} is kept, {made.en} follows now",
                f"{words.zh}：留存 {left.zh}，现得 {made.zh}",
            )
    was, now = kept.tally, anew.tally
    if (was.expected, was.present) != (now.expected, now.present):
        return said(
            f"{was.present} of {was.expected} polls have a reading as it is kept, "
            f"{now.present} of {now.expected} now",
            f"留存：{was.expected} 次轮询中 {was.present} 次有值；"
            f"现得：{now.expected} 次中 {now.present} 次",
        )
    return None


def _are_apart(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > _CLOSE * max(abs(one), abs(other))


def _told(one: float | None, other: float | None, unit: str) -> tuple[Said, Said]:
    """Two numbers with six digits, with more where they would read alike; or that there is none."""
    places = places_apart(one or 0.0, other or 0.0, None)

    def told(number: float | None) -> Said:
        if number is None:
            return said("none", "无")
        text = with_symbol(to_places(number, places), unit)
        return said(text, text)

    return told(one), told(other)


def _set_aside(seen: Seen, channels: Sequence[str], span: tuple[int, int], found: _Found) -> None:
    """Streams of the period that were found wrong when they came, and do not count."""
    for place, fault in _faults(seen, channels):
        batch = decode(seen.ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
        if not isinstance(batch, Batch):
            continue
        if span[0] <= batch.closed_ms * 1_000_000 and batch.opened_ms * 1_000_000 < span[1]:
            where = Pointer(kind="leaf", id=leaf_name(place), leaf=leaf_name(place))
            words = said(
                f"readings were set aside: {fault.say('en')}", f"有读数被隔离：{fault.say('zh')}"
            )
            found.differing.append(Difference(where=where, words=words))


def _faults(seen: Seen, channels: Sequence[str]) -> Iterator[tuple[Place, Fault]]:
    """What the site's own agents sent; who else speaks for a channel is no matter of its audit."""
    for place, fault in seen.lookup.faults(1000):
        site = fault.subject.partition("/")[0]
        if fault.subject in channels and seen.sites.get(place.agent) == site:
            yield place, fault


def _too_many(start_ns: int) -> Said:
    at = utc_text(start_ns)
    return said(
        f"the day from {at} has {MOST_LEAVES} leaves or more: not computed again",
        f"自 {at} 起的一日有 {MOST_LEAVES} 个以上的叶：未复算",
    )
