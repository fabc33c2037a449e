"""A recorded meter through agent, broker and collector: its months, and its year."""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from carbonmeter.replay_plant import CHANNEL, PROFILE, ReplayPlant, RESOLUTION_kWh, replay_plant
from carbonmeter.stepped_collector import activity, full_hours, months
from carbonmeter.stepped_run import SteppedSite, run_through
from evidence.statement.datum import ActivityData
from simulators.replay_csv import CsvLayout
from simulators.serve import lines_of

AGENT, SITE, DEVICE = "replay-agent", "replay", "feeder"
POLLS_A_BATCH: Final = 24


def run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Rows of activity data, months first, then the year, with `kind` and `truth`.

    Raises:
        CodedError: the file, or something on the way, cannot be used.
        TimeoutError: what was sent is not receipted.
    """
    layout = CsvLayout(
        column=arguments.column, interval_ns=arguments.interval, zone=ZoneInfo(arguments.zone)
    )
    with tempfile.TemporaryDirectory(prefix="carbonmeter-replay-") as name:
        folder = Path(name)
        made = replay_plant(arguments.file, layout, arguments.seed, arguments.instrument, folder)
        asyncio.run(run_through(_site(made), folder))
        return _rows(made, folder)


def _site(made: ReplayPlant) -> SteppedSite:
    """The meter as an agent polls it."""
    return SteppedSite(
        agent=AGENT,
        site=SITE,
        line=lines_of(made.plant, 0)[0],
        papers=made.papers,
        devices=_device(made.interval_ns / 1e9),
        instants_ns=made.instants_ns,
        polls_a_batch=POLLS_A_BATCH,
    )


def _device(period_s: float) -> str:
    return f"""\
[[lines.devices]]
name = "{DEVICE}"
profile = "{PROFILE}"
serial = "REPLAY-0001"
period_s = {period_s}
channels = ["{CHANNEL}"]
resolution = {{ {CHANNEL} = {RESOLUTION_kWh} }}
rated_rate = {{ {CHANNEL} = 2000.0 }}
"""


def _rows(made: ReplayPlant, folder: Path) -> list[dict[str, Any]]:
    """Activity data of each month and of the whole, from the collector's windows."""
    channel = f"{SITE}/{DEVICE}/{CHANNEL}"
    start, end = full_hours(made.instants_ns[0], made.instants_ns[-1])
    periods = [("month", *each) for each in months(start, end)]
    found: list[dict[str, Any]] = []
    for kind, first, last in (*periods, ("year", start, end)):
        datum: ActivityData = activity(folder, channel, (first, last))
        row = msgspec.to_builtins(datum)
        found.append({"kind": kind, **row, "truth": made.truth.amount(first, last)})
    return found
