"""What is wrong, since when, what to do; what costs most in quality of data comes first. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from calibration.indication import Quality
from collector.alarms.agents import NEVER
from collector.alarms.course import Open
from collector.alarms.kinds import (
    Alarm,
    CertificateFailedAlarm,
    CertificateOverdueAlarm,
    CheckFailedAlarm,
)
from collector.web.factory.channels import Standing
from collector.web.factory.costs import DEAREST_FIRST, NO_REPAIR, OF_ALARM, OF_ALL, OF_STATE, Cost
from collector.web.factory.ways import Way, ways_of
from evidence.clock import parse_utc
from evidence.errors import TimestampError

MOST_AGENTS: Final = 3
"""If more agents of a site have the same trouble, the site is told and not each of them."""

_SAID_BY_STATE: Final = {CertificateOverdueAlarm.code: Quality.OVERDUE.value}
"""Alarms of what a state of channels says too: one thing has one wording here."""
_SAY_SINCE: Final = frozenset({CheckFailedAlarm.code})
"""What is found says since when; whoever found it first came later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Something for somebody to do.

    Attributes:
        cost: What it costs as long as nobody does it.
        subject: A device, an agent, a serial number, a site, a part of the collector.
        words: What is wrong, and what to do; "" where `state` says it.
        state: Of the channels; "" where it is no matter of their state.
        since_ns: POSIX ns; None where nothing says.
        due_on: Last day in date, where that says since when; None where it does not.
        is_ever: Whether it was so ever since the collector was set up.
        is_older: Whether it is older than that, and nobody looked further back.
        channels: How many it touches.
        find: Parameters of the list that shows these channels.
        example: One of them, whose hours say since when; "" where something else says it.
        failed_on: Day of the certificate that was not passed, where that says since when.
        ways: Pages that tell more.
    """

    cost: Cost
    subject: str
    words: str
    since_ns: int | None
    channels: int
    find: Mapping[str, str]
    state: str = ""
    example: str = ""
    is_older: bool = False
    is_ever: bool = False
    due_on: dt.date | None = None
    failed_on: dt.date | None = None
    ways: Sequence[Way] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands: by cost, then by how many channels it touches."""
        return DEAREST_FIRST.index(self.cost), -self.channels, self.subject


class Reach:
    """How many channels a subject of an alarm stands for, and how the list shows them."""

    def __init__(self, rows: Sequence[Standing]) -> None:
        self._rows = rows
        self._devices = Counter(each.device for each in rows)
        self._agents = Counter(each.row.agent for each in rows)
        self._serials = Counter(each.row.head.serial for each in rows)

    def of(self, code: str, subject: str) -> tuple[int, Mapping[str, str]]:
        """Count and parameters; all channels for a part of the collector itself."""
        if code in OF_ALL:
            return len(self._rows), {}
        if subject in self._devices:
            return self._devices[subject], {"q": subject}
        if subject in self._agents:
            return self._agents[subject], {"agent": subject}
        if "/" in subject:
            return sum(each.row.channel == subject for each in self._rows), {"q": subject}
        return self._serials[subject], {"q": subject}


def repairs(
    alarms: Iterable[Open], found: Iterable[Alarm], rows: Sequence[Standing], language: str
) -> list[Repair]:
    """All repairs in their order, each once.

    Args:
        alarms: That are open.
        found: Wrong with agents, devices and papers at this instant.
        rows: All channels that are shown to whoever asks, by name.
        language: "en" or "zh".
    """
    reach = Reach(rows)
    told = {each.key: each for each in alarms if each.gone_ns is None}
    now = {(each.code, each.where): each for each in found}
    made = [_told(each, reach, language) for key, each in told.items() if key not in now]
    made += [_found(each, told.get(key), reach, language) for key, each in now.items()]
    return sorted([*made, *_of_channels(rows)], key=lambda each: each.order)


def _told(alarm: Open, reach: Reach, language: str) -> Repair:
    words = alarm.zh if language == "zh" else alarm.en
    return _of_alarm(alarm.key, _bare(alarm.key, words), alarm.first_ns, reach)


def _found(alarm: Alarm, told: Open | None, reach: Reach, language: str) -> Repair:
    key = alarm.code, alarm.where
    said_ns = _instant(alarm.facts.get("since"))
    since_ns = said_ns if told is None or alarm.code in _SAY_SINCE else told.first_ns
    made = _of_alarm(key, _bare(key, alarm.say(language)), since_ns, reach)
    return replace(
        made,
        is_ever=alarm.facts.get("since") == NEVER,
        due_on=_day(alarm, CertificateOverdueAlarm, "due_on"),
        failed_on=_day(alarm, CertificateFailedAlarm, "performed_on"),
        ways=ways_of(alarm),
    )


def _bare(key: tuple[str, str], words: str) -> str:
    """What is said of an alarm, without code and subject, which stand beside it."""
    return words.removeprefix(f"{key[0]} {key[1]}: ")


def _of_alarm(key: tuple[str, str], words: str, since_ns: int | None, reach: Reach) -> Repair:
    count, find = reach.of(*key)
    state = _SAID_BY_STATE.get(key[0], "")
    return Repair(
        cost=OF_ALARM.get(key[0], Cost.DOUBT),  # one of a newer version
        subject=key[1],
        words="" if state else words,
        state=state,
        since_ns=since_ns,
        channels=count,
        find=find,
    )


def _instant(said: object) -> int | None:
    try:
        return parse_utc(said) if isinstance(said, str) else None
    except TimestampError:
        return None


def _day(alarm: Alarm, kind: type[Alarm], fact: str) -> dt.date | None:
    """The day that an alarm of a kind states; None of any other."""
    return dt.date.fromisoformat(str(alarm.facts[fact])) if isinstance(alarm, kind) else None


def _of_channels(rows: Iterable[Standing]) -> Iterator[Repair]:
    """One for each state of a site or of an agent: ten thousand channels are no list to work off.

    Each channel is told once.
    """
    wrong = (each for each in rows if each.state in OF_STATE.keys() - NO_REPAIR)
    for (site, _), group in _grouped(wrong, lambda each: (each.site, each.state)):
        by_agent = _grouped(group, lambda each: (each.row.agent,))
        if len(by_agent) > MOST_AGENTS:
            yield _of_state(site, {"site": site}, group)
            continue
        for (agent,), own in by_agent:
            devices = {each.device for each in own}
            yield _of_state(min(devices) if len(devices) == 1 else agent, {"agent": agent}, own)


def _of_state(subject: str, of_whom: Mapping[str, str], group: Sequence[Standing]) -> Repair:
    state = group[0].state
    return Repair(
        cost=OF_STATE[state],
        subject=subject,
        words="",
        since_ns=None,
        channels=len(group),
        find={**of_whom, "state": state},
        state=state,
        example=group[0].row.channel,
    )


def _grouped(
    rows: Iterable[Standing], key: Callable[[Standing], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Standing]]]:
    ordered = sorted(rows, key=key)
    return [(name, list(group)) for name, group in groupby(ordered, key=key)]
