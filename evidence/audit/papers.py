"""The papers of a register by kind and id, with the digest of each and its place in a log (pure).

A paper may have versions: documents of one id with other bytes. All of them are kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.derivation import Derivation
from calibration.event import CalibrationEvent
from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from calibration.setting import Setting
from evidence.audit.said import PointedAt, Pointer

T = TypeVar("T", bound=msgspec.Struct)


def name_of_paper(entry: msgspec.Struct) -> tuple[PointedAt, str]:
    """Kind and id by which a paper is known; one without an id is known by what it is of.

    Raises:
        TypeError: it is none of a register's papers.
    """
    for kind, name in _NAMES:
        if isinstance(entry, kind):
            return name(entry)
    raise TypeError(type(entry).__name__)


def each_once(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    """Papers that several agents of a site logged, each once, in their order.

    Only those of one name are held against each other: ten thousand certificates are different.

    Args:
        groups: What each agent logged; what stands twice in one group stays.
    """
    found: list[T] = []
    by_name: dict[tuple[str, str], list[T]] = {}
    for group in groups:
        named = [(name_of_paper(each), each) for each in group]
        fresh = [(name, each) for name, each in named if each not in by_name.get(name, ())]
        for name, each in fresh:
            by_name.setdefault(name, []).append(each)
            found.append(each)
    return tuple(found)


def _event(entry: CalibrationEvent) -> tuple[PointedAt, str]:
    of = entry.serial or entry.certificate
    return "event", f"{entry.event} {of} {entry.at.isoformat()}"


def _since(kind: PointedAt, of: str, entry: Derivation | MonitoringPlan) -> tuple[PointedAt, str]:
    return kind, f"{of} {entry.effective_from.isoformat()}"


_NAMES: Final[tuple[tuple[type, Callable[[Any], tuple[PointedAt, str]]], ...]] = (
    (CalibrationCertificate, lambda entry: ("certificate", entry.id)),
    (MetrologicalConfirmation, lambda entry: ("confirmation", entry.id)),
    (Setting, lambda entry: ("setting", entry.id)),
    (TestRecord, lambda entry: ("test", entry.id)),
    (CalibrationEvent, _event),
    (Derivation, lambda entry: _since("derivation", entry.derivation, entry)),
    (MonitoringPlan, lambda entry: _since("plan", entry.plan, entry)),
)


@dataclass(frozen=True, slots=True)
class Papers:
    """Pointers by kind and id, each document once, in order of arrival."""

    by_name: dict[tuple[str, str], tuple[Pointer, ...]] = field(default_factory=dict)

    def of(self, entry: msgspec.Struct) -> Pointer:
        """Where a paper is: its last version; one that is not in the log has no digest."""
        kind, name = name_of_paper(entry)
        return self.named(kind, name)

    def named(self, kind: PointedAt, name: str) -> Pointer:
        """Where the paper of an id is."""
        found = self.by_name.get((kind, name), ())
        return found[-1] if found else Pointer(kind=kind, id=name)

    def versions(self, kind: PointedAt, name: str) -> tuple[Pointer, ...]:
        """All documents of an id."""
        return self.by_name.get((kind, name), ())


def papers_of(pointers: Iterable[Pointer]) -> Papers:
    """An index; of equal bytes the first place counts."""
    found: dict[tuple[str, str], dict[str, Pointer]] = {}
    for each in pointers:
        found.setdefault((each.kind, each.id), {}).setdefault(each.sha256, each)
    return Papers({name: tuple(own.values()) for name, own in found.items()})
