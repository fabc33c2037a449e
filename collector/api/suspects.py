"""Since when the instruments behind a channel are in doubt, from the certificates logged."""

from collections.abc import Sequence
from typing import Final

from calibration.history.suspect import SuspectPeriod
from calibration.register import CalibrationRegister
from calibration.window import Window
from collector.api.pool import Sources
from collector.documented import library_of
from collector.lookup import ChannelRow
from evidence.log.leaf import DocumentKind
from evidence.statement.stating import suspects_of

_KINDS: Final[tuple[DocumentKind, ...]] = ("certificate", "event")


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
            lookup, ledger = self._sources.store.lookup, self._sources.ledger
            self._registers[agent] = library_of(lookup, ledger, agent, _KINDS).register
        return self._registers[agent]
