"""A boiler's quarter, minute by minute through agent, broker and collector, and what it says."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from carbonmeter.demo_stack import NAMEPLATE, copy_profiles, stack_devices
from carbonmeter.progress import say
from carbonmeter.quarter_papers import arriving, decided_at, write_papers
from carbonmeter.quarter_row import QuarterRow
from carbonmeter.quarter_ruled import ruled_of
from carbonmeter.stepped_collector import HOUR_NS, Sender, activity, by_the_rules, months, shares
from carbonmeter.stepped_run import SteppedSite, run_through
from evidence.errors import CodedError
from simulators.instant import instant_ns
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.serve import lines_of
from simulators.stack.truth import Stack, co2_t

AGENT, SITE, STACK = "quarter-agent", "works", "boiler"
CHANNEL: Final = f"{SITE}/{STACK}/co2"
ZONE: Final = ZoneInfo("Asia/Shanghai")
PERIOD_s: Final = 60
PERIOD_NS: Final = PERIOD_s * 1_000_000_000
POLLS_A_BATCH: Final = 60
CLASSES: Final = {**NAMEPLATE, "co2": 0.02}
"""Relative maximum errors by the plates; they count where nothing is confirmed."""
ROOM_BYTES: Final = 2_000_000_000
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - folders of it are made by tempfile


class QuarterDaysError(CodedError):
    """There is nothing to be run between these days."""

    code = "E_DEMO_DAYS"
    en = "--from {first} --until {last}: the days must follow each other, none before {least}"
    zh = "--from {first} --until {last}：日期须先后有序，且不早于 {least}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Local days from the first one to just before the last one."""

    first: date
    last: date

    @property
    def start_ns(self) -> int:
        """When the first day begins, UTC."""
        return _midnight_ns(self.first)

    @property
    def end_ns(self) -> int:
        """When the last one begins, UTC."""
        return _midnight_ns(self.last)


def run(days: Days) -> list[QuarterRow]:
    """The months of the days, then all of them.

    Raises:
        CodedError: days at which nothing can be run, or something on the way cannot be used.
        TimeoutError: what was sent is not receipted.
    """
    with tempfile.TemporaryDirectory(prefix="carbonmeter-quarter-", dir=_scratch()) as name:
        return run_in(Path(name), days)


def run_in(folder: Path, days: Days) -> list[QuarterRow]:
    """As `run`; the ledger and everything else stay in `folder`."""
    with as_file(files("simulators") / "scenarios" / "quarter.toml") as scenario:
        plant = load_plant(scenario)
        _require(days, plant)
        copy_profiles(folder, scenario, plant)
    say(f"a boiler's stack, a minute at a time, from {days.first} until {days.last}")
    papers = write_papers(folder, SITE, STACK, plant, days.end_ns)
    asyncio.run(run_through(_site(plant, papers, days), folder))
    say("all is received, receipted and judged")
    return list(_rows(plant, folder, days))


def _require(days: Days, plant: Plant) -> None:
    least = decided_at(plant).astimezone(ZONE).date()
    if not least <= days.first < days.last:
        raise QuarterDaysError("demo", first=days.first, last=days.last, least=least)


def _site(plant: Plant, papers: Path, days: Days) -> SteppedSite:
    (line,) = lines_of(plant, 0)
    return SteppedSite(
        agent=AGENT,
        site=SITE,
        line=line,
        papers=papers,
        devices=stack_devices(plant, line.id, PERIOD_s, CLASSES),
        instants_ns=range(days.start_ns, days.end_ns + 1, PERIOD_NS),
        polls_a_batch=POLLS_A_BATCH,
        arriving=arriving(STACK, plant, days.end_ns),
    )


def _rows(plant: Plant, folder: Path, days: Days) -> Iterator[QuarterRow]:
    whole = days.start_ns, days.end_ns
    periods = [*months(*whole, ZONE), whole]
    sender = Sender(agent=AGENT, site=SITE, key="")
    ruled = by_the_rules(folder, CHANNEL, periods, sender, days.end_ns)
    for number, (period, told) in enumerate(zip(periods, ruled, strict=True), start=1):
        kind = "month" if number < len(periods) else "quarter"
        yield msgspec.structs.replace(_row(kind, plant, folder, period), ruled=ruled_of(told))


def _row(kind: str, plant: Plant, folder: Path, period: tuple[int, int]) -> QuarterRow:
    datum = activity(folder, CHANNEL, period)
    start, end = (datetime.fromtimestamp(at // 1_000_000_000, ZONE).isoformat() for at in period)
    return QuarterRow(
        kind="month" if kind == "month" else "quarter",
        start=start,
        end=end,
        unit=datum.unit,
        value=datum.value,
        expanded_uncertainty=datum.expanded_uncertainty,
        true_of_measured=_true_of_measured(plant.stacks[STACK], folder, period),
        truth=co2_t(plant.stacks[STACK], *period),
        completeness=datum.completeness.ratio,
        u_basis=datum.u_basis,
        missing=datum.completeness.missing,
    )


def _true_of_measured(stack: Stack, folder: Path, period: tuple[int, int]) -> float:
    """What truly left in the share of each hour that is measured."""
    measured = shares(folder, CHANNEL, period).items()
    return sum(co2_t(stack, start, start + HOUR_NS) * share for start, share in measured)


def _midnight_ns(day: date) -> int:
    return instant_ns(datetime.combine(day, time(0), ZONE))


def _scratch() -> Path | None:
    """Memory, where there is room: a ledger that is thrown away need not wait for a disk."""
    if not os.access(SHARED_MEMORY, os.W_OK):
        return None
    return SHARED_MEMORY if shutil.disk_usage(SHARED_MEMORY).free > ROOM_BYTES else None
