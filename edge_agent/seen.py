"""What each device last showed, and what it last failed for: kept for whoever looks at the agent.

It is kept as stored bytes, and channels that lack a reading keep their last one beside it: a
gateway has thousands of channels, and nobody may be looking.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from device_profiles.errors import ProfileError
from edge_agent.errors import AgentError, NotPolledError
from edge_agent.line import Outcome
from edge_agent.load_watch import PACE_NS, LineOverloadedError
from edge_agent.poll import Poll, Reading, pending_bytes, read_pending
from evidence.errors import CodedError


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an error says, without the error: that would keep alive all that it passed through.

    Args:
        code: stable.
        where: the device, line, file or key that is meant.
        en, zh: what is wrong and what to do.
    """

    code: str
    where: str
    en: str
    zh: str


def said(error: CodedError | ProfileError) -> Said:
    """What an error says, in both languages."""
    lead = f"{error.code} {error.where}: "
    en, zh = (error.say(language).removeprefix(lead) for language in ("en", "zh"))
    return Said(code=error.code, where=error.where, en=en, zh=zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSeen:
    """What a device last showed.

    Attributes:
        stored: Its last poll, as it is stored.
        kept: The last reading of each channel that gave none in it, by place; of those that
            gave one before.
        lacking_since_ms: The poll since which some channel has given none, UTC; None if none.
        said: Why, as far as asking the device told; None where nothing is lacking.
    """

    stored: bytes
    kept: dict[int, Reading] = field(default_factory=dict)
    lacking_since_ms: int | None = None
    said: Said | None = None

    @property
    def poll(self) -> Poll | None:
        """Its last poll."""
        found = read_pending(self.stored)
        return found if isinstance(found, Poll) else None


def after(before: DeviceSeen | None, poll: Poll, error: AgentError | None) -> DeviceSeen:
    """What was seen of a device once it was polled again.

    Args:
        before: What was seen until then; None before its first poll.
        poll: What came.
        error: Why something did not, where asking failed. That it was left alone, since it
            failed before, says less than why it failed: that stands until it answers.
    """
    stored = pending_bytes(poll)
    if not poll.lacking:
        return DeviceSeen(stored=stored)
    since_ms = None if before is None else before.lacking_since_ms
    return DeviceSeen(
        stored=stored,
        kept=_kept(before, poll),
        lacking_since_ms=poll.at_ms if since_ms is None else since_ms,
        said=_why(before, error),
    )


def _kept(before: DeviceSeen | None, poll: Poll) -> dict[int, Reading]:
    if before is None:
        return {}
    former = before.poll
    shown = before.kept | {each.channel: each for each in (former.readings if former else ())}
    gone = {each.channel for each in poll.lacking}
    return {place: each for place, each in shown.items() if place in gone}


def _why(before: DeviceSeen | None, error: AgentError | None) -> Said | None:
    former = None if before is None else before.said
    if isinstance(error, NotPolledError) and former is not None:
        return former
    return None if error is None else said(error)


class LastSeen:
    """What all devices of an agent last showed, and which lines fell behind."""

    def __init__(self) -> None:
        self._devices: dict[str, DeviceSeen] = {}
        self._overloaded: dict[str, tuple[int, Said]] = {}

    def take(self, poll: Poll, outcomes: Iterable[Outcome]) -> None:
        """Takes note of a poll, and of what asking the device came to."""
        errors = [each.answer for each in outcomes if isinstance(each.answer, AgentError)]
        telling = (each for each in errors if not isinstance(each, NotPolledError))
        error = next(telling, errors[0] if errors else None)
        self._devices[poll.device] = after(self._devices.get(poll.device), poll, error)

    def fell_behind(self, line: str, error: LineOverloadedError, mono_ns: int) -> None:
        """Takes note that a line fell behind, at a monotonic instant."""
        self._overloaded[line] = (mono_ns, said(error))

    def device(self, name: str) -> DeviceSeen | None:
        """What a device last showed; None before its first poll."""
        return self._devices.get(name)

    def overload(self, line: str, mono_ns: int) -> Said | None:
        """What a line said that fell behind; None if it has kept up since."""
        at_ns, told = self._overloaded.get(line, (0, None))
        return told if told is not None and mono_ns - at_ns < 2 * PACE_NS else None
