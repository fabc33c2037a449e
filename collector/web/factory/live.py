"""The last readings of some channels, with their expanded uncertainty, from the leaves."""

from collections.abc import Iterable
from dataclasses import dataclass

from calibration.coverage import expand
from collector.api.pool import Sources
from collector.api.reading import Reading, rows_of, streams_of
from collector.lookup import ChannelRow, Place
from evidence.judging.bounds import StampBounds, stamp_bounds
from evidence.log.batch import Batch, decode
from evidence.statement.activity import component_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What an instrument shows now.

    Attributes:
        value: Corrected where a certificate says how, in the channel's unit.
        U95: Half of the interval that covers 95 %; None where it is not known.
        at_ns: When it was read, UTC ns.
    """

    value: float
    U95: float | None
    at_ns: int


class LastReadings:
    """Reads each leaf once, however many channels it holds; for one answer."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._batches: dict[Place, tuple[Batch, StampBounds] | None] = {}

    def of(self, rows: Iterable[ChannelRow]) -> dict[str, Live]:
        """The last readings of these channels, by name.

        Raises:
            LedgerError: a leaf cannot be read.
        """
        return {row.channel: self._live(row) for row in rows}

    def _live(self, row: ChannelRow) -> Live:
        reading = self._reading(row)
        at_ns = row.last_ms * 1_000_000
        if reading is None or reading.standard_uncertainty is None:
            value = row.last_value if reading is None else float(reading.value)
            return Live(value=value, U95=None, at_ns=at_ns)
        parts = tuple(component_of(each) for each in reading.components)
        expanded = expand(parts).expanded_uncertainty
        return Live(value=float(reading.value), U95=expanded, at_ns=at_ns)

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
            stored = self._sources.ledger.leaf(place.agent, place.epoch, place.sequence)
            leaf, at_ns = decode(stored.leaf), stored.received_ns
            held = (leaf, stamp_bounds(leaf.clock, at_ns)) if isinstance(leaf, Batch) else None
            self._batches[place] = held
        return self._batches[place]
