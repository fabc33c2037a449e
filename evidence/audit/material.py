"""All that the fifteen checks look at, gathered before they begin (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.derivation import Derivation
from calibration.errors import CertificateError
from calibration.history.chain import certificate_by_id
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.audit.failed import FailedTest
from evidence.audit.papers import Papers
from evidence.audit.said import Pointer, Said
from evidence.audit.stood import Hour, Stood, instant_of, ns_of
from evidence.audit.through_factor import ThroughFactor, through_factor
from evidence.log.leaf import ClockState, Record
from evidence.statement.corroboration import Corroboration
from evidence.statement.datum import ActivityData
from evidence.statement.doubt import Doubt
from evidence.statement.monitoring.monitored import Monitored


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
    """Of a stream in a batch, what its readings were read with."""

    channel: str
    serial: str
    profile: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSeen:
    """A batch of the period that was read again.

    Attributes:
        leaf: Where it is.
        clock: What the agent knew of its clock.
        streams: Of the channels that are audited.
    """

    leaf: Pointer
    clock: ClockState
    streams: tuple[StreamSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An hour, or a leaf, of which the raw bytes give something else; `words` say what."""

    where: Pointer
    words: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a recomputation from raw bytes came to.

    Attributes:
        hours: Beginnings of the hours that were computed again, UTC ns.
        readings: Whose raw bytes were read again by their profile.
        differing: What is not as it is kept.
        left_out: Why something was not computed again.
    """

    hours: tuple[int, ...] = ()
    readings: int = 0
    differing: tuple[Difference, ...] = ()
    left_out: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was stated of the period.

    Attributes:
        kept: Statements that were given of periods within it, newest of each period.
        early: Digests of those that were given before their period was over.
        anew: The same periods from the hours as they are kept now, by digest of `kept`.
        monitored: Under the plan; None where there is none.
        doubts: About hours of the period, by tests under the plan, later ones too.
        failed: Tests under plans that failed, with the hours of the channel that rest on them.
        refused: Why it could not be told under the plan.
    """

    kept: tuple[ActivityData, ...] = ()
    early: frozenset[str] = frozenset()
    anew: Mapping[str, ActivityData] = field(default_factory=dict)
    monitored: Monitored | None = None
    doubts: tuple[Doubt, ...] = ()
    failed: tuple[FailedTest, ...] = ()
    refused: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is known of a channel in a period.

    Attributes:
        channel: Audited.
        span: [start, end) in UTC ns, at full hours.
        register: Of its site.
        papers: Where the papers are.
        stood: Instruments that the hours rest on, at the channel itself or at its inputs.
        hours: Of the channel, in order.
        measured: Hours of each channel that an instrument shows, in order.
        records: What the agents said of themselves in the period.
        batches: Read again; `leaves`: how many there are in all.
        again: The recomputation.
        told: What was stated.
        plan: In force at the period's begin; `derivation` of a computed channel likewise.
        grouped: Channels that measure the same thing; `corroborated`: held against them.
        originals: Digests of the laboratories' documents that are kept here, intact.
    """

    channel: str
    span: tuple[int, int]
    register: CalibrationRegister
    papers: Papers
    stood: tuple[Stood, ...]
    hours: Sequence[Hour]
    measured: Mapping[str, Sequence[Hour]]
    records: Sequence[Record] = ()
    batches: Sequence[BatchSeen] = ()
    leaves: int = 0
    again: Again = Again()
    told: Told = Told()
    plan: MonitoringPlan | None = None
    derivation: Derivation | None = None
    grouped: tuple[str, ...] = ()
    corroborated: tuple[Corroboration, ...] = ()
    originals: frozenset[str] = frozenset()

    def time_of(self, stood: Stood) -> tuple[int, int]:
        """The part of the period in which hours rest on an instrument, UTC ns."""
        return max(stood.first_ns, self.span[0]), min(stood.last_ns, self.span[1])

    def applied(self, stood: Stood) -> Iterator[tuple[int, int, MetrologicalConfirmation | None]]:
        """What decision had effect for an instrument: spells of the period, in order.

        The decision may be a failed one, or overdue; None where there is none, or an event ended
        it.
        """
        begin, end = self.time_of(stood)
        edges = sorted({begin, *(at for at in self._turns(stood) if begin < at < end)})
        for since, until in zip(edges, [*edges[1:], end], strict=True):
            at = instant_of(since)
            last = self.register.confirmed(stood.serial, at)
            if last is not None and self.register.ended(last, at) is not None:
                last = None
            yield since, until, last

    def _turns(self, stood: Stood) -> Iterator[int]:
        own = stood.serial
        yield from (
            ns_of(each.effective_from) for each in self.register.confirmations if each.serial == own
        )
        yield from (
            ns_of(each.at)
            for each in self.register.events
            if each.serial == own and each.ends_confirmation
        )

    def confirmations(self, stood: Stood) -> tuple[MetrologicalConfirmation, ...]:
        """The decisions that had effect for an instrument in the period, in order."""
        found = (each for _, _, each in self.applied(stood) if each is not None)
        return tuple({each.id: each for each in found}.values())

    def certificates(self, stood: Stood) -> tuple[CalibrationCertificate, ...]:
        """The certificates behind these decisions, as far as they are in the register."""
        found = (
            certificate_by_id(self.register, each.certificate) for each in self.confirmations(stood)
        )
        return tuple({each.id: each for each in found if each is not None}.values())

    def factor(self, stood: Stood) -> ThroughFactor | None:
        """What acts for an instrument through a declared number, at the end of its time."""
        return through_factor(self.register, stood.serial, instant_of(self.time_of(stood)[1] - 1))

    def cited(self, decided: MetrologicalConfirmation) -> CalibrationCertificate | None:
        """The certificate of a decision if it is the instrument's own."""
        try:
            return self.register.certificate(decided)
        except CertificateError:
            return None
