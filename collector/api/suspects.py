"""Since when the instruments behind a channel are in doubt, from the certificates logged."""

from collections.abc import Callable, Sequence
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.event import CalibrationEvent
from calibration.history.suspect import SuspectPeriod
from calibration.load import parse_certificate, parse_event
from calibration.register import CalibrationRegister
from calibration.window import Window
from collector.api.documents import document_at
from collector.api.pool import Sources
from collector.lookup import ChannelRow, Place
from evidence.statement.stating import suspects_of

MOST_KEPT: Final = 10_000
_PARSERS: Final[dict[str, Callable[[bytes, str], CalibrationCertificate | CalibrationEvent]]] = {
    "certificate": parse_certificate,
    "event": parse_event,
}


class Suspects:
    """What one answer asks of the certificates; each agent's are read once, and compared once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._registers: dict[str, CalibrationRegister] = {}
        self._found: dict[tuple[str, frozenset[str]], tuple[SuspectPeriod, ...]] = {}

    def of(self, row: ChannelRow, windows: Sequence[Window]) -> tuple[SuspectPeriod, ...]:
        """The suspect periods of the instruments that a channel's hours rest on."""
        key = row.channel, frozenset(name for each in windows for name in each.grounds.serials)
        if key not in self._found:
            register, measurand = self.register(row.agent), row.head.measurand
            self._found[key] = suspects_of(register, row.channel, measurand, windows)
        return self._found[key]

    def register(self, agent: str) -> CalibrationRegister:
        """The certificates and events that an agent logged."""
        if agent not in self._registers:
            files = self._sources.store.lookup.documents(("certificate", "event"))
            own = {sha256: place for _, sha256, place in files if place.agent == agent}
            read = [self._file(sha256, place) for sha256, place in own.items()]
            self._registers[agent] = CalibrationRegister(
                certificates=tuple(
                    each for each in read if isinstance(each, CalibrationCertificate)
                ),
                events=tuple(each for each in read if isinstance(each, CalibrationEvent)),
            )
        return self._registers[agent]

    def _file(self, sha256: str, place: Place) -> CalibrationCertificate | CalibrationEvent:
        kept = self._sources.read
        if sha256 not in kept:
            document = document_at(self._sources, place)
            parse = _PARSERS[document.kind]
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[sha256] = parse(document.data(), document.name)
        return kept[sha256]
