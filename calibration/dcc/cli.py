"""The commands `carbonmeter calibration import | export`."""

import argparse
import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.dcc.errors import DccNothingError
from calibration.dcc.findings import Finding
from calibration.dcc.kept_back import kept_back
from calibration.dcc.load import last_written, read_bytes, read_schemas, read_trusted, write_new
from calibration.dcc.mapping import Choices
from calibration.dcc.transfer import Imported, export_certificate, import_document
from calibration.dcc.trust import trust_of
from calibration.errors import Words
from calibration.load import parse_certificate, read_file
from calibration.measurand import KindOfQuantity
from calibration.printing import print_fields, print_json, print_table
from calibration.toml_text import toml_of

OK, FINDING, USAGE = 0, 1, 2


def import_dcc(arguments: argparse.Namespace) -> int:
    """Exit code of `import`: 0 nothing is to be weighed, 1 something is.

    Raises:
        DccError: the document cannot be used, was manipulated, or nothing could be written.
    """
    if arguments.kind is not None and arguments.kind not in set(KindOfQuantity):
        sys.stderr.write(f"--kind must be one of: {', '.join(KindOfQuantity)}\n")
        return USAGE
    (path,) = arguments.paths
    data = read_bytes(path)
    imported = import_document(
        data,
        path.name,
        _choices(arguments, data),
        None if arguments.schema is None else read_schemas(arguments.schema),
        None if arguments.trust is None else trust_of(read_trusted(arguments.trust)),
    )
    if arguments.out is not None:
        _write_certificate(arguments.out, imported.certificate)
    if arguments.json:
        print_json(_record(imported, arguments))
    else:
        _show(imported, arguments)
    return FINDING if imported.findings else OK


def _choices(arguments: argparse.Namespace, data: bytes) -> Choices:
    return Choices(
        recorded_at=arguments.recorded_at or last_written(arguments.paths[0]),
        document_sha256=hashlib.sha256(data).hexdigest(),
        item=arguments.item,
        kind=None if arguments.kind is None else KindOfQuantity(arguments.kind),
        language=arguments.language,
    )


def _write_certificate(path: Path, certificate: CalibrationCertificate | None) -> None:
    """Writes the file of a certificate that says something, once it is known to be read again."""
    if certificate is None:
        raise DccNothingError(
            path.name, found=Words("no certificate could be made", "无法生成证书")
        )
    if not certificate.results and certificate.kind == "calibration":
        raise DccNothingError(
            path.name, found=Words("a calibration without results", "没有结果的校准")
        )
    text = toml_of(certificate)
    parse_certificate(text.encode("utf-8"), path.name)
    write_new(path, text)


def _record(imported: Imported, arguments: argparse.Namespace) -> dict[str, Any]:
    checked = imported.checked
    return {
        "signature": {
            "outcome": checked.outcome,
            "signatures": [msgspec.to_builtins(each) for each in checked.signatures],
        },
        "schema_checked": arguments.schema is not None,
        "certificate": msgspec.to_builtins(imported.certificate),
        "transcription": msgspec.to_builtins(imported.content),
        "findings": [msgspec.to_builtins(each) for each in imported.findings],
        "written": None if arguments.out is None else str(arguments.out),
    }


def _show(imported: Imported, arguments: argparse.Namespace) -> None:
    content, checked = imported.content, imported.checked
    fields = {
        "identifier": content.identifier,
        "schema_version": content.schema_version,
        "schema": "valid" if arguments.schema is not None else "not checked",
        "signature": checked.outcome,
        "signers": [each.signer for each in checked.signatures],
    }
    print_fields(fields)
    if imported.certificate is not None:
        _show_certificate(imported.certificate)
    print()
    for each in imported.findings:
        print(_line(each, arguments.language))
    print(f"{len(imported.findings)} findings")


def _show_certificate(certificate: CalibrationCertificate) -> None:
    plain: dict[str, Any] = msgspec.to_builtins(certificate)
    print()
    print_fields({**plain, "results": len(certificate.results)})
    for result in certificate.results:
        print()
        _show_result(result)


def _show_result(result: CalibrationResult) -> None:
    print(f"{result.kind_of_quantity}: {result.result} against {result.argument}")
    low, high = result.measuring_interval
    print(f"{result.condition}, {low:g} to {high:g} {result.argument_unit}")
    if result.points:
        unit = result.unit if result.result == "value" else "1"
        columns = (f"at {result.argument_unit}", f"value {unit}", "U", "k")
        rows = [(p.at, p.value, p.expanded_uncertainty, p.coverage_factor) for p in result.points]
        print_table(columns, [[f"{number:.10g}" for number in row] for row in rows])
    if result.function is not None:
        print(f"{result.function.form}: {list(result.function.coefficients)}")


def _line(found: Finding, language: str) -> str:
    text = found.zh if language == "zh" else found.en
    return f"{found.code} {found.path}: {text}" if found.path else f"{found.code}: {text}"


def export_dcc(arguments: argparse.Namespace) -> int:
    """Exit code of `export`.

    Raises:
        CalibrationError: the certificate cannot be read, or a DCC cannot say what it says.
    """
    (path,) = arguments.paths
    file = read_file(path)
    certificate = parse_certificate(file.data, file.name)
    schemas = None if arguments.schema is None else read_schemas(arguments.schema)
    written = export_certificate(certificate, _release(), schemas)
    write_new(arguments.dcc, written.decode("utf-8"))
    record = {
        "written": str(arguments.dcc),
        "sha256": hashlib.sha256(written).hexdigest(),
        "schema_checked": schemas is not None,
        "signature": "unsigned",
        "left_out": list(kept_back(certificate)),
    }
    if arguments.json:
        print_json(record)
    else:
        print_fields(record)
    return OK


def _release() -> str:
    """The release of this software, as it was installed."""
    try:
        return f"v{version('carbonmeter')}"
    except PackageNotFoundError:  # run from its source
        return "v0"
