"""What the page of amounts shows, in figures: of each quantity, and of all that was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibration.errors import CalibrationError
from collector.api.bounded import InForce
from collector.doubt.amounts import Doubted
from collector.web.activity.asked import Chosen
from collector.web.activity.choosing import Instrument
from collector.web.activity.held import Held
from collector.web.activity.planned import Planned
from collector.web.activity.shares import Cause
from collector.web.activity.spans import Calendar, Range
from collector.web.activity.sums import Sum, Term, of_one_instrument
from collector.web.factory.channels import Paged
from evidence.errors import CodedError

Refused = CodedError | CalibrationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Channels that can be added up, and what they come to.

    Attributes:
        unit, conditions: Of all of them; the state of a gas, "" where there is none.
        terms: With their statements of the whole range.
        whole: Their sum over the range; None where `refused` says why there is none.
        parts: The sums of the parts of the range that have data, in order.
        causes: Of the variance of the whole sum; empty where its uncertainty is not known.
        group: Of channels that measure the same thing, where that is why there is no sum.
    """

    unit: str
    conditions: str
    terms: Sequence[Term]
    whole: Sum | None
    parts: Sequence[Sum]
    causes: Sequence[Cause]
    refused: Refused | None = None
    group: str = ""

    @property
    def of_one_instrument(self) -> list[str]:
        """Instruments of which it adds several channels: whoever looks sees that none is twice."""
        return of_one_instrument(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The answer to what was asked.

    Attributes:
        range: That is looked at.
        calendars: Ranges that can be looked at instead.
        quantities: By unit and state of gas.
        lacking: Channels of which no hour was received in the range.
        decided: "released" or "locked", by digest.
        locked, differing: How many statements are locked, and of how many of these something
            else would be stated now.
        otherwise: Of how many statements the other kind is locked: with the plan, or without it.
        held: Hours of what was polled.
        to_come_s: How much of the range has not passed.
        doubted: By channel, what rests on tests that analysers failed, as known now.
        planned: Channels with a monitoring plan; of `more_planned` it is not told here.
    """

    range: Range
    calendars: Sequence[Calendar]
    quantities: Sequence[Quantity]
    lacking: Sequence[str]
    decided: Mapping[str, str]
    locked: int
    differing: int
    otherwise: int
    held: Held
    to_come_s: float
    doubted: Mapping[str, Sequence[Doubted]]
    planned: Sequence[Planned]
    more_planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is offered, and what was asked, if anything was.

    Attributes:
        chosen: What was asked, with the channels of the boundary that was named.
        amounts: None where no channel is chosen, or `refused` says why there is no answer.
        used: The version of a saved boundary that counts; None where channels are named.
    """

    offered: Paged[Instrument]
    chosen: Chosen
    amounts: Amounts | None
    refused: Refused | None = None
    used: InForce | None = None
