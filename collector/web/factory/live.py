"""The last readings of some channels, with their expanded uncertainty, from the leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from calibration.basis import UncertaintyBasis
from calibration.coverage import expand
from calibration.increment import NS_PER_HOUR
from calibration.measurand import Accumulation
from calibration.uncertainty import UncertaintyComponent
from calibration.window import components_of
from collector.api.pool import Sources
from collector.api.reading import Reading, rows_of, streams_of
from collector.errors import LedgerError
from collector.lookup import ChannelRow, Place
from evidence.errors import EvidenceError
from evidence.judging.bounds import StampBounds, stamp_bounds
from evidence.judging.stream import NS_PER_MS
from evidence.log.batch import Batch, decode
from evidence.statement.datum import component_of

_HOURS_BACK_NS: Final = 3 * NS_PER_HOUR
"""So long ago the last closed hour may have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a register counted in its last closed hour.

    Attributes:
        value: In the unit of the register, corrected.
        U95: Half of the interval that covers 95 %; None where it is not known.
        end_ns: When the hour ended, UTC ns.
        present, expected: Polls of the hour that gave a value, and that were due.
    """

    value: float
    U95: float | None
    end_ns: int
    present: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What an instrument shows now, or what was computed for the last hour.

    A certificate acts on what a register counts, between two readings, and not on where it stands.
    So a register's U95 is that of the reading alone, by its last digit; where the profile does not
    say how fine that is, there is none.

    Attributes:
        value: Corrected where a certificate says how, in `unit`.
        U95: Half of the interval that covers 95 %; None where it is not known.
        at_ns: When it was read, or when the hour ended, UTC ns.
        is_hour: Whether it is the amount of an hour.
        is_register: Whether it is the stand of a counter.
        counted: Of a register; None before its first hour is closed.
        present, expected: Of the amount of an hour: polls that gave a value, and that were due.
    """

    value: float
    U95: float | None
    unit: str
    at_ns: int
    is_hour: bool = False
    is_register: bool = False
    counted: Counted | None = None
    present: int = 0
    expected: int = 0


class LastReadings:
    """Reads each leaf once, however many channels it holds; for one answer."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._batches: dict[Place, tuple[Batch, StampBounds] | None] = {}

    def of(self, rows: Iterable[ChannelRow]) -> dict[str, Live]:
        """The last readings of these channels, by name."""
        return {row.channel: self._live(row) for row in rows}

    def _live(self, row: ChannelRow) -> Live:
        return self._shown(row) if row.head.profile else self._computed(row)

    def _computed(self, row: ChannelRow) -> Live:
        at_ns = row.last_ms * NS_PER_MS
        hours = self._sources.store.lookup.windows(row.channel, at_ns - NS_PER_HOUR, at_ns + 1)
        if not hours:
            return _bare(row)
        last = hours[-1]
        return Live(
            value=last.value,
            U95=_U95(components_of(last), last.grounds.basis),
            unit=last.unit,
            at_ns=last.end_ns,
            is_hour=True,
            present=last.tally.present,
            expected=last.tally.expected,
        )

    def _shown(self, row: ChannelRow) -> Live:
        reading = self._reading(row)
        if reading is None:
            return _bare(row)
        parts = tuple(component_of(each) for each in reading.components)
        is_register = row.head.measurand.accumulation == Accumulation.REGISTER
        return Live(
            value=float(reading.value),
            U95=_U95(parts, reading.u_basis),
            unit=reading.unit,
            at_ns=row.last_ms * NS_PER_MS,
            is_register=is_register,
            counted=self._counted(row) if is_register else None,
        )

    def _counted(self, row: ChannelRow) -> Counted | None:
        at_ns = row.last_ms * NS_PER_MS
        hours = self._sources.store.lookup.windows(row.channel, at_ns - _HOURS_BACK_NS, at_ns + 1)
        if not hours:
            return None
        last = hours[-1]
        U95 = _U95(components_of(last), last.grounds.basis)
        return Counted(
            value=last.value,
            U95=U95,
            end_ns=last.end_ns,
            present=last.tally.present,
            expected=last.tally.expected,
        )

    def _reading(self, row: ChannelRow) -> Reading | None:
        """What stands behind a channel as last seen; None of one that has no readings."""
        last_ms = row.last_ms
        places = self._sources.store.lookup.places(row.channel, last_ms, last_ms + 1, 1)
        held = self._batch(places[0]) if places else None
        if held is None:
            return None
        batch, bounds = held
        span = (last_ms, last_ms + 1)
        streams = streams_of(batch, row.channel, *span)
        shown = rows_of(streams, places[0], *span, bounds=bounds, quarantined=False)
        found = [each for each in shown if isinstance(each, Reading)]
        return found[-1] if found else None

    def _batch(self, place: Place) -> tuple[Batch, StampBounds] | None:
        if place not in self._batches:
            self._batches[place] = self._read(place)
        return self._batches[place]

    def _read(self, place: Place) -> tuple[Batch, StampBounds] | None:
        """The batch of a leaf; None of one that cannot be read: this page must show what can."""
        try:
            stored = self._sources.ledger.leaf(place.agent, place.epoch, place.sequence)
            leaf = decode(stored.leaf)
        except (LedgerError, EvidenceError):
            return None
        if not isinstance(leaf, Batch):
            return None
        return leaf, stamp_bounds(leaf.clock, stored.received_ns)


def _bare(row: ChannelRow) -> Live:
    """What the channel's row says, where nothing more is held."""
    unit = row.head.measurand.unit
    return Live(value=row.last_value, U95=None, unit=unit, at_ns=row.last_ms * NS_PER_MS)


def _U95(parts: tuple[UncertaintyComponent, ...], basis: UncertaintyBasis) -> float | None:
    """Half of the interval; None where nothing is known, which is never 0."""
    if not parts or basis == UncertaintyBasis.UNKNOWN:
        return None
    return expand(parts).expanded_uncertainty
