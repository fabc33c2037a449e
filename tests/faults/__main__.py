"""`python -m tests.faults`: plays campaigns to their full figures, and takes them up again."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Tally, fails_without, played
from tests.faults.progress import Done, read_done, write_done
from tests.faults.record import ROOT, keep_result, result_of, tree
from tests.faults.registry import campaign_at, campaigns

STATE: Final = ROOT / ".torture"
SCRATCH: Final = Path("/dev/shm")
CONTROL_SEEDS: Final = 20


def main(argv: Sequence[str] | None = None) -> int:
    """Plays what was asked for; 1 if something did not hold."""
    asked = _arguments().parse_args(argv)
    try:
        chosen = campaigns(asked.names)
    except LookupError as wrong:
        print(f"no such campaign: {wrong}", file=sys.stderr)
        return 2
    if asked.list:
        for each in chosen.values():
            print(f"{each.name:28} {each.figure:>9,} {each.counted}: {each.fault}")
        return 0
    held = [_to_the_end(place, each, asked.jobs) for place, each in chosen.items()]
    return 0 if all(held) else 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="campaigns; all where none is named")
    parser.add_argument("--list", action="store_true", help="show them and end")
    parser.add_argument("--jobs", type=int, default=1, help="rounds at a time (default 1)")
    return parser


def _to_the_end(place: str, campaign: Campaign, jobs: int) -> bool:
    done = read_done(STATE, campaign, tree())
    try:
        _play_controls(campaign, done)
        _play_rounds(place, campaign, done, jobs)
        campaign.closes(done.tally)
    except AssertionError as wrong:
        print(f"{campaign.name}: DID NOT HOLD\n{wrong}", file=sys.stderr)
        return False
    keep_result(result_of(campaign, done, datetime.now(UTC)))
    print(f"{campaign.name}: held, {done.tally}", file=sys.stderr)
    return True


def _play_controls(campaign: Campaign, done: Done) -> None:
    for control in campaign.controls:
        if control.defence in done.controls:
            continue
        folder = _scratch()
        found = fails_without(control, folder, range(CONTROL_SEEDS))
        done.controls[control.defence] = found[0][:200]
        write_done(STATE, campaign, done)
        shutil.rmtree(folder)


def _play_rounds(place: str, campaign: Campaign, done: Done, jobs: int) -> None:
    """Plays seeds in their order, several at a time, until the figure is reached."""
    with ProcessPoolExecutor(jobs) as pool:
        ahead: list[Future[tuple[Tally, float]]] = []
        for seed in _from(done.seed):
            ahead.append(pool.submit(_round, place, seed))
            if len(ahead) < jobs:
                continue
            done.add(*ahead.pop(0).result())
            write_done(STATE, campaign, done)
            _say(campaign, done)
            if done.tally.get(campaign.counted, 0) >= campaign.figure:
                return


def _from(seed: int) -> Iterator[int]:
    while True:
        yield seed
        seed += 1


def _round(place: str, seed: int) -> tuple[Tally, float]:
    """The tally of a round and the seconds it took; its folder stays only if it did not hold."""
    folder, start = _scratch(), time.monotonic()
    tally = played(campaign_at(place), seed, folder / "round")
    shutil.rmtree(folder)
    return tally, time.monotonic() - start


def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="faults-", dir=SCRATCH if SCRATCH.is_dir() else None))


def _say(campaign: Campaign, done: Done) -> None:
    count = done.tally.get(campaign.counted, 0)
    print(
        f"{campaign.name}: {count:,} of {campaign.figure:,} {campaign.counted}, "
        f"{done.seed:,} rounds in {done.seconds:,.0f} s",
        file=sys.stderr,
        end="\r" if sys.stderr.isatty() else "\n",
    )


if __name__ == "__main__":
    sys.exit(main())
