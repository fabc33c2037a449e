"""What stands behind an instrument's readings: which instrument, its papers, how it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.derivation import Derivation, derivation_in_force
from calibration.errors import CalibrationError
from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister
from collector.api.pool import Sources
from collector.audit.gather import point_of
from collector.audit.seen import exchanged, is_measured
from collector.lookup import ChannelRow
from collector.web.instrument.applied import Applied, applied, events_of
from collector.web.instrument.own_papers import OwnPapers, logged_profile, own_papers, reading_of
from evidence.audit.instruments import InstrumentRow, instrument_rows
from evidence.audit.stood import Stood, instant_of, stood_at
from evidence.log.how_read import HowRead

_EVER: Final = (0, 2**62)
_EVER_MS: Final = (0, 2**53)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """What readings rest on.

    Attributes:
        current: The instrument that was read last, and since when it stands there; None of what
            is computed, and before the first hour is closed.
        instrument: The same as the ledger of instruments tells it.
        others: Those that stood there before.
        applied: Certificates of all of them.
        events: What happened to them.
        how: How the channel is read; None where no profile says it.
        derivation: How it is computed; None of what is measured.
    """

    current: Stood | None
    instrument: InstrumentRow | None
    others: Sequence[Stood]
    applied: Sequence[Applied]
    events: Sequence[CalibrationEvent]
    how: HowRead | None
    derivation: Derivation | None


def resting(sources: Sources, row: ChannelRow, now_ns: int) -> Resting:
    """What stands behind a channel as it was last seen.

    Args:
        sources: Ledger and derived data.
        row: The channel.
        now_ns: The instant for which states are told, UTC.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    own = own_papers(sources, row.agent)
    stood = _stood(sources, row, own)
    current = next((each for each in reversed(stood) if each.serial == row.head.serial), None)
    return Resting(
        current=current,
        instrument=_instrument(own, current, now_ns),
        others=[each for each in stood if each is not current],
        applied=applied(own, stood, now_ns),
        events=events_of(own.register, stood),
        how=reading_of(logged_profile(sources, row.head.profile), row.head),
        derivation=_derivation(own.register, row, now_ns),
    )


def _stood(sources: Sources, row: ChannelRow, own: OwnPapers) -> Sequence[Stood]:
    if not is_measured(row):
        return ()
    lookup = sources.store.lookup
    hours = lookup.grounded(row.channel, *_EVER)
    exchanges = exchanged(lookup.recorded(row.agent, *_EVER_MS))
    return stood_at(point_of(row), hours, own.register.events, exchanges)


def _instrument(own: OwnPapers, current: Stood | None, now_ns: int) -> InstrumentRow | None:
    if current is None:
        return None
    try:
        return instrument_rows(own.register, [current], own.papers, now_ns)[0]
    except CalibrationError:
        return None  # its papers contradict each other; the audit says how


def derivation_at(sources: Sources, row: ChannelRow, at_ns: int) -> Derivation | None:
    """How a channel is computed at an instant (UTC ns); None where no paper of its agent says it.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    return _derivation(own_papers(sources, row.agent).register, row, at_ns)


def _derivation(register: CalibrationRegister, row: ChannelRow, at_ns: int) -> Derivation | None:
    try:
        return derivation_in_force(register.derivations, row.channel, instant_of(at_ns))
    except CalibrationError:
        return None
