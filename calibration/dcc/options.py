"""The options of `carbonmeter calibration import | export`; read without lxml and signxml."""

import argparse
from pathlib import Path
from typing import Any

from calibration.document.options import instant


def add_import(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `import` to the others."""
    command = commands.add_parser(
        "import", parents=[shared], help="a digital calibration certificate (DCC) of PTB's schema"
    )
    command.add_argument("paths", metavar="FILE.xml", nargs=1, type=Path)
    command.add_argument(
        "--recorded-at",
        type=instant,
        help="when the document came, such as 2026-01-09T08:00Z; left out, when the file was"
        " last written",
    )
    command.add_argument("--out", metavar="CERT.toml", type=Path, help="write the certificate")
    command.add_argument("--trust", metavar="DIR", type=Path, help="certificates of authorities")
    command.add_argument("--item", default="", help="serial number, where there are several items")
    command.add_argument("--kind", help="of quantity, where its unit leaves a choice")
    _add_schema(command)


def add_export(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `export` to the others."""
    command = commands.add_parser(
        "export", parents=[shared], help="a certificate as an unsigned DCC 3.3, a transcription"
    )
    command.add_argument("paths", metavar="CERTIFICATE.toml", nargs=1, type=Path)
    command.add_argument("--dcc", metavar="OUT.xml", required=True, type=Path)
    _add_schema(command)


def _add_schema(command: argparse.ArgumentParser) -> None:
    command.add_argument("--schema", metavar="DIR", type=Path, help="a folder of PTB's schemas")
