"""All that people entered, in the order of the journal; what of it stands; what may be added. Pure.

Nothing is ever deleted: a correction is a later entry that names the earlier one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from evidence.clock import NS_PER_S, utc_text
from evidence.errors import Words
from evidence.statement.entered.content import Content, ManualAmount, ManualReading
from evidence.statement.entered.errors import (
    EntryAgainstError,
    EntryCorrectsError,
    EntryOrderError,
    EntryOverlapError,
    EntryValueError,
)
from evidence.statement.entered.succession import Read, succession


class ManualEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a person about a channel.

    Args:
        entry: its number in the journal.
        at_ns: when it was entered, UTC ns.
        who, role: by whom.
        reason: of a correction.
        corrects: number of the entry in whose place it stands.
        content: what was entered; None: the entry that it names is withdrawn.
    """

    entry: int
    at_ns: int
    who: str
    role: str
    channel: str
    reason: str = ""
    corrects: int | None = None
    content: Content | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredBook:
    """What people entered, by channel."""

    entries: Mapping[str, tuple[ManualEntry, ...]] = field(default_factory=dict)

    def channels(self) -> list[str]:
        """The channels that something was ever entered of."""
        return sorted(self.entries)

    def of(self, channel: str) -> tuple[ManualEntry, ...]:
        """All entries of a channel, in order, corrected ones too."""
        return self.entries.get(channel, ())

    def entry(self, number: int) -> ManualEntry | None:
        """The entry of a number; None if there is none."""
        own = (each for entries in self.entries.values() for each in entries)
        return next((each for each in own if each.entry == number), None)

    def standing(self, channel: str, known_ns: int | None = None) -> list[ManualEntry]:
        """The entries of a channel that stand: entered by then, and not corrected by then.

        Args:
            channel: its name.
            known_ns: UTC ns; None for all.
        """
        known = [each for each in self.of(channel) if known_ns is None or each.at_ns <= known_ns]
        gone = {each.corrects for each in known}
        return [each for each in known if each.entry not in gone and each.content is not None]

    def with_entry(self, entry: ManualEntry) -> "EnteredBook":
        """The book with one entry more."""
        return self.with_entries([entry])

    def with_entries(self, entries: Iterable[ManualEntry]) -> "EnteredBook":
        """The book with more entries, in their order."""
        found = dict(self.entries)
        for each in entries:
            found[each.channel] = (*found.get(each.channel, ()), each)
        return replace(self, entries=found)

    def twin(self, content: Content) -> ManualEntry | None:
        """The entry that stands and says the same; None if none does.

        A table that was interrupted can be given again: what stands is not entered twice.
        """
        standing = self.standing(content.channel)
        return next((each for each in standing if each.content == content), None)


def require_admissible(
    book: EnteredBook, channel: str, content: Content | None, corrects: int | None, now_ns: int
) -> None:
    """Returns if an entry may be added.

    Args:
        book: What was entered before.
        channel: Of the entry.
        content: What is entered; None withdraws the entry that is named.
        corrects: Number of the entry in whose place it shall stand.
        now_ns: The instant now, UTC ns.

    Raises:
        EntryRefusedError: it contradicts what stands, or names what does not.
    """
    require_possible(book, channel, content, corrects, now_ns)
    if isinstance(content, ManualReading):
        _require_in_order(_beside(book, channel, corrects), content)


def require_possible(
    book: EnteredBook, channel: str, content: Content | None, corrects: int | None, now_ns: int
) -> None:
    """Returns if an entry can stand in a journal, be the register's readings in order or not.

    Earlier versions let registers fall; nothing is stated of the time in which one did. All else
    is as `require_admissible` has it.

    Raises:
        EntryRefusedError: it contradicts what stands, or names what does not.
    """
    if corrects is not None:
        _require_standing(book, channel, corrects)
    if content is None:
        if corrects is None:
            what = Words("there is nothing in it", "没有内容")
            raise EntryValueError(
                "content", what=what, limit=Words("a reading or an amount", "读数或用量")
            )
        return
    _require_past(content, now_ns)
    standing = _beside(book, channel, corrects)
    for each in standing:
        _require_alike(each, content)
    _require_free(standing, content)


def _beside(book: EnteredBook, channel: str, corrects: int | None) -> list[ManualEntry]:
    """What stands beside an entry that takes the place of another one, or of none."""
    return [each for each in book.standing(channel) if each.entry != corrects]


def _require_standing(book: EnteredBook, channel: str, entry: int) -> None:
    known = {each.entry: each for each in book.of(channel)}
    later = next((each.entry for each in book.of(channel) if each.corrects == entry), None)
    if entry not in known:
        what = Words("it is none of this channel", "不属于该通道")
    elif later is not None:
        what = Words(f"entry {later} corrected it before", f"已被条目 {later} 更正")
    elif known[entry].content is None:
        what = Words("it is a withdrawal", "它是一次撤回")
    else:
        return
    raise EntryCorrectsError("corrects", entry=entry, what=what)


def _require_past(content: Content, now_ns: int) -> None:
    ends_ns = content.at_ns if isinstance(content, ManualReading) else content.span[1]
    if ends_ns > now_ns:
        what = Words(f"{utc_text(ends_ns)} has not come yet", f"{utc_text(ends_ns)} 尚未到来")
        where = "at" if isinstance(content, ManualReading) else "end"
        now = utc_text(now_ns // NS_PER_S * NS_PER_S)
        raise EntryValueError(where, what=what, limit=f"<= {now}")


def _require_alike(before: ManualEntry, content: Content) -> None:
    held = before.content
    for name, words in (
        ("kind_of_quantity", Words("it is of another quantity", "量的种类不同")),
        ("unit", Words(f"its unit is {content.unit}", f"单位为 {content.unit}")),
        ("reference_conditions", Words("its gas is of another state", "气体状态不同")),
    ):
        if held is not None and getattr(held, name) != getattr(content, name):
            limit = getattr(held, name)
            raise EntryAgainstError(name, what=words, entry=before.entry, limit=limit)
    if type(held) is not type(content):
        what = Words("readings and amounts do not mix", "读数与期间用量不可混用")
        readings, amounts = Words("readings", "读数"), Words("amounts", "期间用量")
        limit = readings if isinstance(held, ManualReading) else amounts
        raise EntryAgainstError("entered", what=what, entry=before.entry, limit=limit)


def _require_free(standing: list[ManualEntry], content: Content) -> None:
    if isinstance(content, ManualReading):
        for read in reads_of(standing):
            if (read.content.at_ns, read.content.serial) == (content.at_ns, content.serial):
                raise EntryOverlapError("at", entry=read.entry, limit=utc_text(content.at_ns))
        return
    start, end = content.span
    for each in standing:
        if isinstance(each.content, ManualAmount):
            first, last = each.content.span
            if first < end and start < last:
                limit = f"{utc_text(first)} .. {utc_text(last)}"
                raise EntryOverlapError("start, end", entry=each.entry, limit=limit)


def _require_in_order(standing: list[ManualEntry], content: ManualReading) -> None:
    """Returns if no register falls that did not fall without what is entered."""
    reads = list(reads_of(standing))
    new = Read(max((each.entry for each in reads), default=0) + 1, content)
    fallen = succession([*reads, new]).fallen()
    before = succession(reads).fallen() if fallen else []
    for first, then in fallen:
        if (first, then) not in before:
            found, held = (first, then) if first == new else (then, first)
            limit = f"{held.content.value:g}"
            raise EntryOrderError(
                "value", found=f"{found.content.value:g}", entry=held.entry, limit=limit
            )


def latest(standing: Sequence[ManualEntry]) -> ManualEntry | None:
    """The entry that reaches farthest, whenever it was entered; None of none.

    Of two meters that were read at that instant it is the one put in the other's place.
    """
    reads = succession(reads_of(standing)).reads
    last = reads[-1].entry if reads else None
    found = [each for each in standing if last is None or each.entry == last]
    return max(found, key=_ends_ns, default=None)


def _ends_ns(entry: ManualEntry) -> int:
    return entry.content.span[1] if isinstance(entry.content, ManualAmount) else 0


def reads_of(standing: Iterable[ManualEntry]) -> Iterator[Read]:
    """The readings among entries."""
    for each in standing:
        if isinstance(each.content, ManualReading):
            yield Read(each.entry, each.content)
