"""The options of `carbonmeter cems hours`, read without what the rules need."""

import argparse
from pathlib import Path

EPILOG = (
    "exit code: 0; 1 where an operating hour has no compliance value or no best estimate; "
    "2 for wrong usage; 78 for a file or a number that cannot be used"
)


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    told = argparse.ArgumentParser(
        prog="carbonmeter cems hours",
        description="hours of a series: valid or not, what stands for those that are not",
        epilog=EPILOG,
    )
    told.add_argument("path", metavar="DATA.csv", type=Path, help="time, value, state, operating")
    told.add_argument("--rules", required=True, help="part75, hj75, mrr, meters, or PACK.toml")
    told.add_argument("--json", action="store_true", help="one JSON document on stdout")
    told.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    _add_series(told)
    _add_period(told)
    _add_knowledge(told)
    return told


def _add_series(told: argparse.ArgumentParser) -> None:
    told.add_argument("--quantity", help="as the rules name it; default: their first")
    told.add_argument("--unit", help="UCUM, of the values; needed where the rules name none")
    told.add_argument("--series", help="its name; default: that of the file")
    told.add_argument(
        "--kind",
        choices=("rate", "concentration", "amount"),
        help="default: amount with meters, concentration with %%, else rate",
    )
    told.add_argument(
        "--interval", metavar="S", type=int, default=3600, help="of a record: 3600, or 60 ..."
    )


def _add_period(told: argparse.ArgumentParser) -> None:
    told.add_argument("--from", dest="start", metavar="T", help="first hour; before it: history")
    told.add_argument("--certified", metavar="T", help="when quality-assured data began")
    told.add_argument(
        "--calibration", metavar="T", action="append", default=[], help="a passed one; repeatable"
    )
    told.add_argument("--closed", action="store_true", help="the period is over: values are final")
    told.add_argument("--issue", metavar="N", type=int, default=1, help="number of this issue")
    told.add_argument("--supersedes", metavar="DIGEST", help="of the issue before")


def _add_knowledge(told: argparse.ArgumentParser) -> None:
    told.add_argument("--standing", metavar="CSV", type=Path, help="time, standing: by hour")
    told.add_argument("--maximum-potential", metavar="X", type=float, help="of the site")
    told.add_argument(
        "--influence",
        metavar="ID=U",
        action="append",
        default=[],
        help="relative standard uncertainty common to all hours, as inst:17/class=0.02",
    )
    told.add_argument(
        "--estimator",
        choices=("interpolation", "same_hours"),
        default="interpolation",
        help="of the best estimate of a gap",
    )
