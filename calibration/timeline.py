"""Which calibration a channel applies at which instant: a step function of time."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

import msgspec

from calibration.basis import InstrumentCalibration, calibration_of
from calibration.errors import CertificateError, Words
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.stacked import Applied, CalibrationTable, stack
from calibration.window import Grounds, UnstatedStandard

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Timeline(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Calibrations of one channel, each from an instant on; the first holds before it too.

    Args:
        unit: of the channel's indications.
        from_ns: ascending instants.
        calibrations: as many.

    Raises:
        CertificateError: no calibration, or instants that do not ascend.
    """

    unit: str
    from_ns: tuple[int, ...]
    calibrations: tuple[InstrumentCalibration, ...]

    def __post_init__(self) -> None:
        if not self.from_ns or list(self.from_ns) != sorted(set(self.from_ns)):
            raise CertificateError(
                "timeline",
                what=Words(
                    "a channel needs one calibration or more, each from another instant on",
                    "每个通道至少需要一次校准，且各自的生效时刻不同",
                ),
                remedy=Words(
                    "compare the confirmations' effective_from", "请核对各计量确认的 effective_from"
                ),
            )

    @cached_property
    def table(self) -> CalibrationTable:
        """All calibrations, stacked in order of time."""
        return stack([Applied(calibration=each, unit=self.unit) for each in self.calibrations])

    @cached_property
    def grounds(self) -> tuple[Grounds, ...]:
        """What the results of each row of `table` rest on."""
        return tuple(_grounds(each) for each in self.calibrations)

    def row(self, at_ns: int) -> int:
        """The row of `table` that is applied at an instant."""
        return max(bisect_right(self.from_ns, at_ns) - 1, 0)

    def at(self, at_ns: int) -> InstrumentCalibration:
        """The calibration that is applied at an instant."""
        return self.calibrations[self.row(at_ns)]


def _grounds(calibration: InstrumentCalibration) -> Grounds:
    certificate, confirmation = calibration.certificate, calibration.confirmation
    named = sorted(set(calibration.unstated_standards))
    return Grounds(
        basis=calibration.basis,
        serials=(calibration.serial,),
        certificates=(certificate,) if certificate else (),
        confirmations=(confirmation,) if confirmation else (),
        unstated_standards=tuple(
            UnstatedStandard(standard=each, certificate=certificate) for each in named
        ),
    )


def timeline(unit: str, changes: Sequence[tuple[int, InstrumentCalibration]]) -> Timeline:
    """The timeline of `changes` (instant in UTC ns, calibration from then on)."""
    return Timeline(
        unit=unit,
        from_ns=tuple(at_ns for at_ns, _ in changes),
        calibrations=tuple(calibration for _, calibration in changes),
    )


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument at a measuring point from an instant on."""

    from_ns: int
    serial: str
    nameplate_mpe_relative: float | None = None


def timeline_of(
    register: CalibrationRegister,
    installed: Sequence[Installed],
    kind: KindOfQuantity,
    unit: str,
    known_at: dt.datetime | None = None,
    channel: str = "",
) -> Timeline:
    """What a measuring point applies over time: its instruments, and their confirmations.

    Args:
        register: all certificates and confirmations.
        installed: instruments in order of installation; the first counts from ever on.
        kind: of the channel's quantity.
        unit: of the channel's indications.
        known_at: only what was recorded by then; None for all.
        channel: its name in the device profile, for certificates that name channels.

    Raises:
        CertificateError: a certificate cannot be used.
    """
    known = register.as_known(known_at)
    changes: dict[int, InstrumentCalibration] = {}
    ends = [*(each.from_ns for each in installed[1:]), None]
    for each, end_ns in zip(installed, ends, strict=False):
        for at_ns in _changes(known, each, end_ns):
            found = known.in_force(each.serial, kind, _instant(at_ns), channel=channel)
            changes[at_ns] = calibration_of(found, each.nameplate_mpe_relative)
    return timeline(unit, sorted(changes.items(), key=lambda change: change[0]))


def _changes(register: CalibrationRegister, here: Installed, end_ns: int | None) -> list[int]:
    """The instants at which what is in force for an installed instrument may change."""
    starts = [each.effective_from for each in register.confirmations if each.serial == here.serial]
    ends = [
        each.at for each in register.events if each.serial == here.serial and each.ends_confirmation
    ]
    instants = [(at - _EPOCH) // _MICROSECOND * 1000 for at in (*starts, *ends)]
    inside = [
        at_ns for at_ns in instants if at_ns > here.from_ns and (end_ns is None or at_ns < end_ns)
    ]
    return [here.from_ns, *inside]


def _instant(at_ns: int) -> dt.datetime:
    return _EPOCH + at_ns // 1000 * _MICROSECOND
