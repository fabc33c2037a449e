"""The results of full campaigns, and the page that shows them."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from tests.faults.campaign import Campaign
from tests.faults.progress import Done

ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = ROOT / "docs" / "reference" / "faults.json"
PAGE: Final = ROOT / "docs" / "reference" / "faults.md"
PRODUCT: Final = (
    "calibration",
    "carbonmeter",
    "collector",
    "device_profiles",
    "edge_agent",
    "evidence",
    "simulators",
)
_HEAD: Final = """\
# Faults that were made, and what held

Each campaign makes one fault of the matrix over and over, decided by seeds, on the real agent,
collector and broker or on the parts concerned. Its oracle knows what the agents committed, for
the meters' values say which meter and which answer they are: nothing may be lost, doubled,
swapped or altered. Each control takes one defence away, and the same oracle must find something
wrong. `make check` plays a few rounds of most campaigns and of controls; `make torture` plays all
to the full figure, takes up where it was interrupted, and writes this page.

To play one: `python -m tests.faults NAME`; to see their names: `python -m tests.faults --list`.
"""
_COLUMNS: Final = "| campaign | rows | fault | held | figure | tally | controls found | played |"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that was played to its end."""

    name: str
    rows: tuple[int, ...]
    fault: str
    holds: str
    figure: int
    counted: str
    tally: dict[str, int]
    controls: dict[str, str]
    minutes: float
    commit: str
    date: str
    machine: str


def result_of(campaign: Campaign, done: Done, now: datetime) -> Result:
    """What is recorded of a campaign."""
    return Result(
        name=campaign.name,
        rows=campaign.rows,
        fault=campaign.fault,
        holds=campaign.holds,
        figure=campaign.figure,
        counted=campaign.counted,
        tally=done.tally,
        controls=done.controls,
        minutes=round(done.seconds / 60, 1),
        commit=commit(),
        date=now.astimezone(UTC).date().isoformat(),
        machine=machine(),
    )


def read_results() -> dict[str, Result]:
    """The recorded results by name."""
    if not RESULTS.exists():
        return {}
    found = msgspec.json.decode(RESULTS.read_bytes(), type=list[Result])
    return {each.name: each for each in found}


def keep_result(result: Result) -> None:
    """Puts a result in the place of the former one, and writes the page anew."""
    results = read_results() | {result.name: result}
    ordered = sorted(results.values(), key=lambda each: (each.rows, each.name))
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(ordered)) + b"\n")
    PAGE.write_text(page(ordered))


def page(results: Iterable[Result]) -> str:
    """The page, in Markdown."""
    line = "|" + "---|" * (_COLUMNS.count("|") - 1)
    return "\n".join([_HEAD, _COLUMNS, line, *(_row(each) for each in results)]) + "\n"


def _row(result: Result) -> str:
    tally = ", ".join(_told(result.tally))
    cells = (
        f"`{result.name}`",
        ", ".join(map(str, result.rows)),
        result.fault,
        result.holds,
        f"{result.figure:,} {result.counted}",
        tally,
        ", ".join(result.controls),
        f"{result.commit}, {result.date}, {result.minutes} min, {result.machine}",
    )
    return "| " + " | ".join(cells) + " |"


def _told(tally: dict[str, int]) -> Iterator[str]:
    """What is counted, by name; of names such as `let in: GET /a` how many, least, most."""
    alike: dict[str, list[int]] = {}
    for name, count in sorted(tally.items()):
        if ": " in name:
            alike.setdefault(name.partition(": ")[0], []).append(count)
        else:
            yield f"{name} {count:,}"
    for kind, counts in alike.items():
        yield f"{kind} {len(counts)}, each {min(counts):,} to {max(counts):,} times"


def commit() -> str:
    """The commit that was played, and whether the product's files differ from it."""
    named = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", *PRODUCT, "tests")
    return f"{named} with changes" if changed else named


def _git(*words: str) -> str:
    return subprocess.check_output(["git", *words], cwd=ROOT, text=True).strip()


def machine() -> str:
    """Cores, system and interpreter, in words."""
    kept = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{os.cpu_count()} cores, {kept}, Python {platform.python_version()}"


def tree() -> str:
    """SHA-256 over the product's source files."""
    whole = hashlib.sha256()
    for path in _sources():
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def _sources() -> Iterator[Path]:
    for package in PRODUCT:
        yield from sorted((ROOT / package).rglob("*.py"))
