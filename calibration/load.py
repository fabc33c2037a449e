"""Documents from TOML: certificates, confirmations, events, settings, derivations, plans, tests.

The only file of this room that reads any.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.derivation import Derivation
from calibration.errors import CalibrationError, CertificateError, Words
from calibration.event import CalibrationEvent
from calibration.faults import faults
from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from calibration.toml import table_of

DocumentKind = Literal[
    "certificate", "confirmation", "event", "setting", "derivation", "plan", "test"
]
_TYPES: Final[dict[DocumentKind, type[msgspec.Struct]]] = {
    "certificate": CalibrationCertificate,
    "confirmation": MetrologicalConfirmation,
    "event": CalibrationEvent,
    "setting": Setting,
    "derivation": Derivation,
    "plan": MonitoringPlan,
    "test": TestRecord,
}
_SAYING: Final[tuple[DocumentKind, ...]] = ("event", "setting", "derivation", "plan", "test")
"""Kinds whose files have a key of that name."""
T = TypeVar("T")


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file's exact bytes and its name without folders."""

    name: str
    data: bytes


def parse_certificate(data: bytes, where: str) -> CalibrationCertificate:
    """The certificate in a TOML file's bytes.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_certificate_table(data, where), CalibrationCertificate, where)


def parse_confirmation(data: bytes, where: str) -> MetrologicalConfirmation:
    """The metrological confirmation in a TOML file's bytes.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), MetrologicalConfirmation, where)


def parse_event(data: bytes, where: str) -> CalibrationEvent:
    """The dated event in a TOML file's bytes.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), CalibrationEvent, where)


def parse_setting(data: bytes, where: str) -> Setting:
    """The setting in a TOML file's bytes.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), Setting, where)


def parse_derivation(data: bytes, where: str) -> Derivation:
    """How a channel is computed, by the bytes of a TOML file.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), Derivation, where)


def parse_plan(data: bytes, where: str) -> MonitoringPlan:
    """By which rules a channel is monitored, by the bytes of a TOML file.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), MonitoringPlan, where)


def parse_test(data: bytes, where: str) -> TestRecord:
    """The record of an analyser's test in a TOML file's bytes.

    Raises:
        CalibrationError: naming `where` and the key.
    """
    return _converted(_table(data, where), TestRecord, where)


def kind_of(data: bytes, where: str) -> DocumentKind:
    """What a file is, told by its own content.

    An event, a setting, a derivation, a plan and a test say so; of the others a confirmation
    cites a certificate, and a certificate none.

    Raises:
        CertificateError: it is not TOML.
    """
    table = _table(data, where)
    said = [kind for kind in _SAYING if kind in table]
    if said:
        return said[0]
    return "confirmation" if "certificate" in table else "certificate"


def faults_of(file: SourceFile) -> tuple[CalibrationError, ...]:
    """All that is wrong with a file by itself; empty if nothing."""
    try:
        kind, table = kind_of(file.data, file.name), _table(file.data, file.name)
        if kind == "certificate":
            table = _certificate_table(file.data, file.name)
    except CalibrationError as wrong:
        return (wrong,)
    return tuple(faults(table, _TYPES[kind], f"{file.name} "))


def register_of(files: Iterable[SourceFile]) -> CalibrationRegister:
    """The register of a site's files.

    Raises:
        CertificateError: a file is none of these or cannot be read, or a confirmation does not
            agree with the certificate it cites.
    """
    register = register_as_written(files)
    for confirmation in register.confirmations:
        register.certificate(confirmation)
    return register


def register_as_written(files: Iterable[SourceFile]) -> CalibrationRegister:
    """The register of files that may contradict each other: for looking through them.

    Raises:
        CertificateError: a file is none of these, or cannot be read.
    """
    by_kind: dict[DocumentKind, list[SourceFile]] = {kind: [] for kind in _TYPES}
    for file in files:
        by_kind[kind_of(file.data, file.name)].append(file)
    return CalibrationRegister(
        certificates=tuple(parse_certificate(f.data, f.name) for f in by_kind["certificate"]),
        confirmations=tuple(parse_confirmation(f.data, f.name) for f in by_kind["confirmation"]),
        events=tuple(parse_event(f.data, f.name) for f in by_kind["event"]),
        settings=tuple(parse_setting(f.data, f.name) for f in by_kind["setting"]),
        derivations=tuple(parse_derivation(f.data, f.name) for f in by_kind["derivation"]),
        plans=tuple(parse_plan(f.data, f.name) for f in by_kind["plan"]),
        tests=tuple(parse_test(f.data, f.name) for f in by_kind["test"]),
    )


def read_sources(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """The files at `paths`, those of a folder in order of their names.

    Raises:
        CertificateError: one cannot be read.
    """
    return tuple(
        file
        for path in paths
        for file in (read_folder(path) if path.is_dir() else (read_file(path),))
    )


def read_folder(folder: Path) -> tuple[SourceFile, ...]:
    """All TOML files of a folder, by name; none if the folder does not exist."""
    return tuple(read_file(path) for path in sorted(folder.glob("*.toml")))


def read_file(path: Path) -> SourceFile:
    """A file's exact bytes.

    Raises:
        CertificateError: it cannot be read.
    """
    try:
        return SourceFile(name=path.name, data=path.read_bytes())
    except OSError as cause:
        raise CertificateError(
            str(path),
            what=Words(
                f"the file cannot be read ({cause.strerror})", f"无法读取文件（{cause.strerror}）"
            ),
            remedy=Words("check its path", "请检查路径"),
        ) from cause


def _table(data: bytes, where: str) -> dict[str, Any]:
    try:
        return table_of(data)
    except ValueError as cause:
        raise CertificateError(
            where,
            what=Words(f"this is not TOML ({cause})", f"不是有效的 TOML（{cause}）"),
            remedy=Words("correct the line, or remove attachments", "请更正该行，或去除附件"),
        ) from cause


def _certificate_table(data: bytes, where: str) -> dict[str, Any]:
    """A certificate's table; a function without a measuring interval has its result's."""
    table = _table(data, where)
    for result in _tables(table.get("results")):
        function = result.get("function")
        if isinstance(function, dict) and "measuring_interval" in result:
            function.setdefault("measuring_interval", result["measuring_interval"])
    return table


def _tables(found: object) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _converted(table: dict[str, Any], kind: type[T], where: str) -> T:
    convert: Callable[..., T] = msgspec.convert
    for fault in faults(table, kind, f"{where} "):
        raise fault
    return convert(table, kind)
