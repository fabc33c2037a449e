"""Certificates and confirmations from TOML files; the only file of this room that reads any."""

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from calibration.certificate import CalibrationCertificate, MetrologicalConfirmation
from calibration.errors import CalibrationError, CertificateError
from calibration.faults import faults
from calibration.register import CalibrationRegister

MAX_BYTES: Final = 256 * 1024
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


def faults_of(file: SourceFile) -> tuple[CalibrationError, ...]:
    """All that is wrong with a certificate or confirmation file by itself; empty if nothing."""
    try:
        if is_confirmation(file.data, file.name):
            table = _table(file.data, file.name)
            return tuple(faults(table, MetrologicalConfirmation, f"{file.name} "))
        table = _certificate_table(file.data, file.name)
        return tuple(faults(table, CalibrationCertificate, f"{file.name} "))
    except CalibrationError as wrong:
        return (wrong,)


def register_of(files: Iterable[SourceFile]) -> CalibrationRegister:
    """The register of certificate and confirmation files, told apart by their own content.

    Raises:
        CertificateError: a file is neither, or cannot be read.
    """
    certificates: list[CalibrationCertificate] = []
    confirmations: list[MetrologicalConfirmation] = []
    for file in files:
        if is_confirmation(file.data, file.name):
            confirmations.append(parse_confirmation(file.data, file.name))
        else:
            certificates.append(parse_certificate(file.data, file.name))
    register = CalibrationRegister(
        certificates=tuple(certificates), confirmations=tuple(confirmations)
    )
    for confirmation in confirmations:
        register.certificate(confirmation)
    return register


def is_confirmation(data: bytes, where: str) -> bool:
    """Whether a file is a confirmation: it cites a certificate, and a certificate does not."""
    return "certificate" in _table(data, where)


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
            str(path), what=f"the file cannot be read ({cause.strerror})", remedy="check its path"
        ) from cause


def _table(data: bytes, where: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise CertificateError(
            where, what=f"{len(data)} bytes, more than {MAX_BYTES}", remedy="remove attachments"
        )
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as cause:  # bad TOML, bad UTF-8, a number of 5,000 digits
        raise CertificateError(
            where, what=f"this is not TOML ({cause})", remedy="correct the line"
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
