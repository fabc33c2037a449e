"""When an alarm is told: once it has held for a while, again each day, and when it is over. Pure.

What comes and goes within the while is told by nobody.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import msgspec

from evidence.clock import NS_PER_S, utc_text


class Event(StrEnum):
    """What is told of an alarm."""

    RAISED = "raised"
    REPEATED = "repeated"
    ENDED = "ended"


class Found(NamedTuple):
    """Something that is wrong now, in both languages."""

    code: str
    subject: str
    en: str
    zh: str


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong, or was a moment ago.

    Attributes:
        first_ns: Since when, POSIX ns.
        told_ns: When it was told last; None as long as it was not.
        gone_ns: Since when it is not found any more; None while it is.
    """

    code: str
    subject: str
    en: str
    zh: str
    first_ns: int
    told_ns: int | None = None
    gone_ns: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.code, self.subject


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message about an alarm; its id stays the same when it is sent again."""

    id: str
    event: Event
    code: str
    subject: str
    since: str
    at: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long something must hold, or be over, and when it is told again; ns."""

    hold_ns: int
    repeat_ns: int


class Step(NamedTuple):
    """What is open now, and what is to be told."""

    open: tuple[Open, ...]
    notices: tuple[Notice, ...]


def step(
    before: Iterable[Open], found: Iterable[Found], unseen: frozenset[str], now_ns: int, rule: Rule
) -> Step:
    """What is open and what is told, after another look.

    Args:
        before: What was open.
        found: What is wrong now.
        unseen: Codes that could not be looked for; what is open of them stays as it is.
        now_ns: The instant, POSIX ns.
        rule: When something is told.
    """
    known = {each.key: each for each in before}
    wrong = {(each.code, each.subject): each for each in found}
    steps = [
        _one(known.get(key), wrong.get(key), now_ns, rule)
        for key in sorted(known.keys() | wrong.keys())
        if key in wrong or key[0] not in unseen
    ]
    kept = [known[key] for key in sorted(known.keys() - wrong.keys()) if key[0] in unseen]
    still = [each for each, _ in steps if each is not None]
    return Step(
        tuple(sorted((*still, *kept), key=lambda each: each.key)),
        tuple(notice for _, notice in steps if notice is not None),
    )


def _one(
    before: Open | None, found: Found | None, now_ns: int, rule: Rule
) -> tuple[Open | None, Notice | None]:
    if found is None:
        return _over(before, now_ns, rule) if before is not None else (None, None)
    first_ns = now_ns if before is None else min(before.first_ns, now_ns)
    told_ns = None if before is None or before.told_ns is None else min(before.told_ns, now_ns)
    now = Open(**found._asdict(), first_ns=first_ns, told_ns=told_ns)
    if told_ns is None and now_ns - first_ns >= rule.hold_ns:
        return _told(now, Event.RAISED, now_ns)
    if told_ns is not None and now_ns - told_ns >= rule.repeat_ns:
        return _told(now, Event.REPEATED, now_ns)
    return now, None


def _over(before: Open, now_ns: int, rule: Rule) -> tuple[Open | None, Notice | None]:
    if before.told_ns is None:
        return None, None
    gone_ns = now_ns if before.gone_ns is None else min(before.gone_ns, now_ns)
    if now_ns - gone_ns >= rule.hold_ns:
        return None, notice_of(before, Event.ENDED, now_ns)
    return msgspec.structs.replace(before, gone_ns=gone_ns), None


def _told(now: Open, event: Event, now_ns: int) -> tuple[Open, Notice]:
    return msgspec.structs.replace(now, told_ns=now_ns), notice_of(now, event, now_ns)


def notice_of(alarm: Open, event: Event, now_ns: int) -> Notice:
    """What is told of an alarm at an instant."""
    parts = (event.value, alarm.code, alarm.subject, alarm.first_ns, now_ns)
    return Notice(
        id="msg_" + hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()[:32],
        event=event,
        code=alarm.code,
        subject=alarm.subject,
        since=_text(alarm.first_ns),
        at=_text(now_ns),
        en=alarm.en,
        zh=alarm.zh,
    )


def _text(at_ns: int) -> str:
    return utc_text(at_ns // NS_PER_S * NS_PER_S)


MAX_WAITING = 1_000
"""Notices that wait for one receiver; beyond that the oldest go."""


def waiting_after(
    waiting: Mapping[str, tuple[Notice, ...]], receivers: Iterable[str], more: tuple[Notice, ...]
) -> dict[str, tuple[Notice, ...]]:
    """What waits for each receiver, with more; what waited for others is forgotten."""
    return {name: (*waiting.get(name, ()), *more)[-MAX_WAITING:] for name in receivers}
