"""What papers and channels say of each instrument. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from collector.lookup import ChannelRow
from collector.web.certificates.shelf import Entry, Paper


@dataclass(slots=True)
class Own:
    """What is known of one instrument; a standard is one that another's certificate rests on."""

    certificates: list[CalibrationCertificate] = field(default_factory=list)
    confirmations: list[MetrologicalConfirmation] = field(default_factory=list)
    events: list[CalibrationEvent] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    is_standard: bool = False

    def add(self, entry: Entry) -> None:
        """Puts a paper to those of its kind."""
        if isinstance(entry, CalibrationCertificate):
            self.certificates.append(entry)
        elif isinstance(entry, MetrologicalConfirmation):
            self.confirmations.append(entry)
        elif isinstance(entry, CalibrationEvent):
            self.events.append(entry)

    def register(self) -> CalibrationRegister:
        """Its own papers as a register."""
        return CalibrationRegister(
            certificates=tuple(self.certificates),
            confirmations=tuple(self.confirmations),
            events=tuple(self.events),
        )


def by_instrument(
    papers: Iterable[Paper], rows: Iterable[ChannelRow]
) -> dict[tuple[str, str], Own]:
    """What is known of each instrument, by site and serial number.

    Args:
        papers: Of any number of sites.
        rows: The channels; computed ones have no instrument.
    """
    found: dict[tuple[str, str], Own] = defaultdict(Own)
    withdrawals: list[Paper] = []
    for paper in papers:
        serial = serial_of(paper.entry)
        if serial:
            found[paper.site, serial].add(paper.entry)
        elif isinstance(paper.entry, CalibrationEvent):
            withdrawals.append(paper)
    for paper in withdrawals:
        _withdraw(found, paper)
    _mark_standards(found)
    for row in rows:
        if row.head.profile and row.head.serial:
            found[row.channel.partition("/")[0], row.head.serial].channels.append(row.channel)
    return found


def _mark_standards(found: Mapping[tuple[str, str], Own]) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for (site, _), own in found.items():
        for each in own.certificates:
            used[site].update(one.certificate for one in each.standards)
    for (site, _), own in found.items():
        own.is_standard = any(each.id in used[site] for each in own.certificates)


def serial_of(entry: Entry) -> str:
    """The instrument that a paper is about; "" for one that is of a certificate or a place."""
    if isinstance(entry, CalibrationCertificate):
        return entry.instrument.serial
    if isinstance(entry, Setting):
        return ""
    return entry.serial


def _withdraw(found: dict[tuple[str, str], Own], paper: Paper) -> None:
    """An event of a certificate is one of all instruments that rest on it."""
    certificate = getattr(paper.entry, "certificate", "")
    for (site, _), own in found.items():
        if site == paper.site and certificate in _cited(own):
            own.add(paper.entry)


def _cited(own: Own) -> set[str]:
    return {each.id for each in own.certificates} | {each.certificate for each in own.confirmations}
