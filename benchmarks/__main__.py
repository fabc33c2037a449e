"""`python -m benchmarks [NAME ...] [--json] [--write]`: measures, and compares with the budgets."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import msgspec

from benchmarks.figures import Figure, skipped
from benchmarks.machine import Machine, this_machine
from benchmarks.processes import UnavailableError
from benchmarks.report import Result, read_results, text_table, write_page, write_results

BENCHMARKS = {
    "modbus_guard": "1, 2: a read through the line's guard",
    "whole_agent": "3, 4, 5: the agent as it runs, against other gateways",
    "overload": "6: demand at 2.5 times the capacity",
    "footprint": "7, 8: memory, start, --help",
    "batch_size": "9: a batch of 1,000 readings on the wire",
    "signatures": "10: hash, sign and verify a batch",
    "spool_cycle": "11: insert, read and acknowledge in the spool",
    "calibration_pass": "12: calibration with uncertainty",
    "monte_carlo": "13: propagation of distributions",
    "collector_append": "14: verify, decode and append in the collector; what judging takes",
    "line_protocol": "15: lines for InfluxDB, against influxdb-client",
    "lake": "16: a month's sums from the lake, against DuckDB and SQLite",
    "opcua_reads": "17: OPC UA reads of 100 and 500 nodes a call",
    "bundle_verify": "18: `evidence verify`, with every figure computed again",
    "statements": "19: a month's activity data of one channel and of a thousand",
    "pages": "20: pages with 200 agents, 10,000 channels and a year behind them",
    "first_paint": "20: when a browser shows first content of these pages",
}


def main(argv: Sequence[str]) -> int:
    """Exit code: 0; 1 if a gate was failed; 2 usage."""
    arguments = _parser().parse_args(argv)
    machine, results = this_machine(), []
    for name in arguments.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        results.append(Result(benchmark=name, machine=machine, figures=_figures(name)))
    _show(results, machine, as_json=arguments.json)
    if arguments.write:
        write_results(results)
        write_page(read_results().values())
    failed = any(each.verdict == "GATE" for result in results for each in result.figures)
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<18}{words}" for name, words in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"rows of the budgets:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="all where none is named")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument(
        "--write", action="store_true", help="keep the results: results.json and README.md"
    )
    return parser


def _figures(name: str) -> tuple[Figure, ...]:
    if name not in BENCHMARKS:
        raise SystemExit(f"no benchmark '{name}'; see python -m benchmarks --help")
    try:
        return tuple(import_module(f"benchmarks.{name}").measure())
    except UnavailableError as wrong:
        print(f"{name} is skipped: {wrong}", file=sys.stderr, flush=True)
        row = int(BENCHMARKS[name].partition(",")[0].partition(":")[0])
        return (skipped(row, name, str(wrong)),)


def _show(results: list[Result], machine: Machine, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(results).decode())
        return
    print(text_table([figure for result in results for figure in result.figures]))
    print(machine.said())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
