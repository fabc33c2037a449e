"""A request under way: sent, accepted by 9011, followed by data, ended by 9012 (6.1, 6.2).

Without an answer in time it is sent again under the same QN; when that was in vain too, the site
is unreachable. Once accepted it is not sent again: silence after that ends it. Data of another
exchange, and packets that answer something else, leave it as it is. Time is any one clock that
does not go back, in seconds; whoever holds the line reads it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from device_profiles.hj212.content import read_content
from device_profiles.hj212.load import codes, commands
from device_profiles.hj212.received import Received
from device_profiles.hj212.segment import Segment
from device_profiles.hj212.segment_findings import field_number
from device_profiles.wire_errors import WireRefusedError

NO_DATA: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long is waited and how often sent again; the defaults are those of table 1.

    Attributes:
        timeout_s: for 9011, and then for each packet until 9012; ADSL has 5 s in table 1.
        resends: how often a request is sent again.
    """

    timeout_s: float = 10.0
    resends: int = 3


class Outcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    NO_DATA = "no_data"
    REFUSED = "refused"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A request that has not ended.

    Attributes:
        request: what was sent.
        retry: how long is waited.
        sent: how often it was sent.
        accepted: whether 9011 or data came.
        since_s: when it was sent, or last heard of.
    """

    request: Segment
    retry: Retry
    sent: int
    accepted: bool
    since_s: float

    @property
    def due_s(self) -> float:
        """When `waited` must be asked next."""
        return self.since_s + self.retry.timeout_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows from a packet, or from waiting.

    Attributes:
        pending: the request as it stands now; None once it ended.
        sends: what to send again.
        data: a packet of data that belongs to the request; its answer is `centre_answer`'s.
        outcome: how it ended.
        refusal: the site's code, as an error, where it refused or failed.
    """

    pending: Pending | None
    sends: Segment | None = None
    data: Received | None = None
    outcome: Outcome | None = None
    refusal: WireRefusedError | None = None


def sent(request: Segment, at_s: float, retry: Retry) -> Pending:
    """The state of a request that was just sent."""
    return Pending(request=request, retry=retry, sent=1, accepted=False, since_s=at_s)


def heard(pending: Pending, received: Received, at_s: float) -> Step:
    """What a packet from the site means for the request."""
    segment, request = received.segment, pending.request
    if segment.mn != request.mn:
        return Step(pending=pending)
    if segment.cn in {"9011", "9012", "9013"}:
        return _answered(pending, received, at_s)
    if _belongs(request, received):
        return Step(pending=replace(pending, accepted=True, since_s=at_s), data=received)
    return Step(pending=pending)


def waited(pending: Pending, at_s: float) -> Step:
    """What follows from having heard nothing until `at_s`."""
    if at_s < pending.due_s:
        return Step(pending=pending)
    if pending.accepted:
        return Step(pending=None, outcome=Outcome.TIMED_OUT)
    if pending.sent > pending.retry.resends:
        return Step(pending=None, outcome=Outcome.UNREACHABLE)
    again = replace(pending, sent=pending.sent + 1, since_s=at_s)
    return Step(pending=again, sends=pending.request)


def _answered(pending: Pending, received: Received, at_s: float) -> Step:
    command = received.segment.cn
    if received.segment.qn != pending.request.qn:
        return Step(pending=pending)
    if command == "9013":
        notice = commands()[pending.request.cn].down == "notice"
        return Step(pending=None, outcome=Outcome.DONE) if notice else Step(pending=pending)
    name = "QnRtn" if command == "9011" else "ExeRtn"
    code = _code(received, name)
    if code is None:
        return Step(pending=pending)
    if code != 1:
        return _refused(received, name, code)
    if command == "9011":
        return Step(pending=replace(pending, accepted=True, since_s=at_s))
    return Step(pending=None, outcome=Outcome.DONE)


def _code(received: Received, name: str) -> int | None:
    return field_number(received.content.parameters.get(name), 0, 999)


def _refused(received: Received, name: str, code: int) -> Step:
    table = codes("request_answers" if name == "QnRtn" else "execution_results")
    meaning = table.get(code)
    refusal = WireRefusedError(
        "HJ 212",
        raw=received.segment.content,
        key=name,
        limit=1,
        what=f"{name} {code}, {meaning.en if meaning else 'not in the table'}",
        what_zh=f"{name} {code}，{meaning.zh if meaning else '表中没有'}",
    )
    if name == "QnRtn":
        return Step(pending=None, outcome=Outcome.REFUSED, refusal=refusal)
    outcome = Outcome.NO_DATA if code == NO_DATA else Outcome.FAILED
    return Step(pending=None, outcome=outcome, refusal=refusal)


def _belongs(request: Segment, received: Received) -> bool:
    """Whether data answer `request`: same CN and QN, or a DataTime within what was asked for.

    Records of history carry QNs of their own (C.20), and hour data that fall due meanwhile come
    with the same CN.
    """
    if received.segment.cn != request.cn:
        return False
    asked = read_content(request.content).parameters
    if "BeginTime" not in asked:
        return received.segment.qn == request.qn
    return asked["BeginTime"] <= (received.content.data_time or "") <= asked["EndTime"]
