"""All that is told of a stack over a time, written into a folder."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.scenario import Scenario
from simulators.stack.cylinder import cylinders
from simulators.stack.documents import stack_documents
from simulators.stack.gas_check import GasCheck, Injection, gas_checks, injections
from simulators.stack.minutes import days
from simulators.stack.reference import (
    ParallelRun,
    Traverse,
    parallel_runs,
    running_from_ns,
    traverse,
)
from simulators.stack.table import (
    check_rows,
    injection_rows,
    minute_header,
    minute_rows,
    run_rows,
    traverse_rows,
)
from simulators.stack.truth import Stack
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN

CAMPAIGN_NS: Final = 90 * MIN_PER_DAY * NS_PER_MIN
CAMPAIGN_MIN: Final = 9 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaigns:
    """What came with the reference method: a campaign every 90 days, when the stack runs."""

    runs: tuple[ParallelRun, ...]
    traverses: tuple[Traverse, ...]
    injections: tuple[Injection, ...]


def campaigns(stack: Stack, from_ns: int, to_ns: int) -> Campaigns:
    """The campaigns that begin between two instants, the first one as early as may be."""
    begun = [
        running_from_ns(stack, at_ns, CAMPAIGN_MIN) for at_ns in range(from_ns, to_ns, CAMPAIGN_NS)
    ]
    begun = [each for each in begun if each + CAMPAIGN_MIN * NS_PER_MIN <= to_ns]
    checked = [name for name, spec in stack.spec.sensors.items() if spec.cycle.every_h]
    return Campaigns(
        runs=tuple(run for each in begun for run in parallel_runs(stack, each)),
        traverses=tuple(traverse(stack, each) for each in begun),
        injections=tuple(
            one for each in begun for name in checked for one in injections(stack, name, each)
        ),
    )


def write_stack(
    scenario: Scenario, stack: Stack, from_ns: int, to_ns: int, folder: Path
) -> tuple[Path, ...]:
    """The files written into `folder`, which is made if need be.

    minutes.csv, checks.csv, parallel.csv, injections.csv, traverses.csv and certificates/*.toml.

    Raises:
        OSError: the folder cannot be written.
        SimulationRangeError: the stack does not run.
    """
    (folder / "certificates").mkdir(parents=True, exist_ok=True)
    checks = _write_minutes(stack, from_ns, to_ns, folder / "minutes.csv")
    found = campaigns(stack, from_ns, to_ns)
    tables = {
        "checks.csv": check_rows(checks),
        "parallel.csv": run_rows(found.runs),
        "injections.csv": injection_rows(found.injections),
        "traverses.csv": traverse_rows(found.traverses),
    }
    used = cylinders(stack, from_ns, to_ns)
    issued = stack_documents(stack, scenario.laboratory, used, found.traverses, scenario.factory)
    for name, rows in tables.items():
        _write(folder / name, rows)
    for name, text in issued.items():
        _write(folder / "certificates" / name, [text.rstrip("\n")])
    written = ["minutes.csv", *tables, *(f"certificates/{name}" for name in issued)]
    return tuple(folder / name for name in written)


def _write_minutes(stack: Stack, from_ns: int, to_ns: int, path: Path) -> list[GasCheck]:
    """The automatic checks of the time, whose minutes are written."""
    checks: list[GasCheck] = []
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(minute_header() + "\n")
        for day in days(stack, from_ns, to_ns):
            file.writelines(row + "\n" for row in minute_rows(day))
            checks += gas_checks(stack, day)
    return checks


def _write(path: Path, rows: Iterable[str]) -> None:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8", newline="\n")
