"""The command `replay`: a recorded year through agent, broker and collector."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

OK, CONFIGURATION, UNAVAILABLE = 0, 78, 69
UNITS: Final = {"s": 1, "min": 60, "h": 3600}
TYPICAL: Final = """\
typical:
  meter       class 0.5 S (IEC 62053-22); relative error drawn with a standard deviation of
              0.15 %, changing by 0.002 % per 100 kW of load; register in steps of 0.01 kWh
  CT          class 0.2 (IEC 61869-2): ratio error drawn evenly within +-0.2 %, not corrected
  laboratory  standard with 0.02 % relative standard uncertainty; 5 loads, 5 repeats each,
              repeatability 0.02 %
  drift       0.03 % a year (standard deviation), declared as such
ideal:
  no error, no drift, no scatter; only the register's steps of 0.01 kWh remain"""


def replay(argv: Sequence[str]) -> int:
    """Exit status of `replay FILE.csv --column NAME --interval 15min`."""
    arguments = _parser().parse_args(argv)
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from carbonmeter.replay_run import run  # noqa: PLC0415
    from evidence.errors import CodedError  # noqa: PLC0415

    try:
        rows = run(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return CONFIGURATION
    except TimeoutError:
        print("E_REPLAY_DELIVERY no receipt came for what was sent", file=sys.stderr)
        return UNAVAILABLE
    print(json.dumps(rows, ensure_ascii=False, indent=1) if arguments.json else _table(rows))
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter replay",
        description="a recorded meter through agent, broker and collector, on a stepped clock",
        epilog=TYPICAL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="a CSV file; .csv.gz is unpacked")
    parser.add_argument("--column", required=True, help="energies of the intervals, kWh")
    parser.add_argument("--interval", required=True, type=_interval_ns, help="such as 15min or 1h")
    parser.add_argument("--zone", default="UTC", help="IANA time zone of the stamps")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    parser.add_argument("--instrument", choices=("ideal", "typical"), default="typical")
    parser.add_argument("--json", action="store_true", help="rows of activity data as JSON")
    return parser


def _interval_ns(text: str) -> int:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    seconds = int(number) * UNITS[text[len(number) :]]
    if not 0 < seconds <= 3600 or 3600 % seconds:
        raise ValueError
    return seconds * 1_000_000_000


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows for people: value and U to two significant digits of U, and the truth."""
    from carbonmeter.demo_table import stated  # noqa: PLC0415 - keeps --help fast

    lines = [f"{'period':<18} {'value ± U (95 %)':>24} {'truth':>14} {'complete':>9}  basis"]
    lines += [
        f"{row['kind']:<6} {row['period']['start'][:10]:<11} {stated(row):>24} "
        f"{row['truth']:>14.2f} {row['completeness']['ratio']:>9.1%}  {row['u_basis']}"
        for row in rows
    ]
    return "\n".join(lines)
