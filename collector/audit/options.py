"""The options of `carbonmeter audit`, read without what the audit needs."""

import argparse
from pathlib import Path

EPILOG = (
    "exit code: 0 nothing was found; 1 something was; 2 wrong usage; 78 a configuration, a ledger "
    "or a paper that cannot be used"
)


def audit_parser() -> argparse.ArgumentParser:
    """What `carbonmeter audit` takes."""
    told = argparse.ArgumentParser(
        prog="carbonmeter audit",
        description="the auditor's fifteen checks of a channel in a period; `carbonmeter audit "
        "sample` draws what to look at",
        epilog=EPILOG,
    )
    _add_period(told)
    return told


def sample_parser() -> argparse.ArgumentParser:
    """What `carbonmeter audit sample` takes."""
    told = argparse.ArgumentParser(
        prog="carbonmeter audit sample",
        description="which certificates, settings, checks, hours and readings to look at; a second "
        "person who gives the same seed draws the same",
        epilog="exit code: 0; 2 wrong usage; 78 a configuration, a ledger or a paper that cannot "
        "be used",
    )
    told.add_argument("--seed", required=True, help="any text that was agreed on before")
    told.add_argument("--size", required=True, type=_count, help="how many to draw by lot")
    _add_period(told)
    return told


def _add_period(told: argparse.ArgumentParser) -> None:
    told.add_argument("--channel", required=True, help="measured or computed")
    told.add_argument("--start", required=True, help="RFC 3339, or a day")
    told.add_argument("--end", required=True, help="likewise, excluded")
    told.add_argument("--tz", default="Asia/Shanghai", help="whose days count (Asia/Shanghai)")
    told.add_argument("--json", action="store_true", help="one JSON document on stdout")
    told.add_argument("--language", choices=("en", "zh"), default="en", help="of words")
    told.add_argument(
        "--config", type=Path, default=Path("collector.toml"), metavar="FILE", help="collector.toml"
    )


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= 100_000:
        raise argparse.ArgumentTypeError("0 to 100000")
    return count
