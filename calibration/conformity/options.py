"""The options of `carbonmeter calibration conformity`; read without what the rules need."""

import argparse
from pathlib import Path
from typing import Any


def add_conformity(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser(
        "conformity",
        parents=[shared],
        help="statements of conformity by a decision rule, and their risks",
        epilog="negative numbers with an exponent or a unit take an equals sign: --guard-band=-1U",
    )
    told.add_argument(
        "paths", metavar="POINTS.toml|POINTS.csv", nargs="*", type=Path, help="in place of --value"
    )
    _add_value(told)
    _add_rule(told)


def _add_value(told: argparse.ArgumentParser) -> None:
    told.add_argument("--value", type=float, help="measured")
    told.add_argument("--standard-uncertainty", metavar="u", type=float, help="of the value")
    told.add_argument(
        "--expanded-uncertainty", metavar="U", type=float, help="in place of u, with its k"
    )
    told.add_argument(
        "--coverage-factor", metavar="k", type=float, help="of U; beside u it is 2 by default"
    )
    told.add_argument(
        "--dof", metavar="nu", type=float, help="degrees of freedom of u: Student's t"
    )
    told.add_argument("--lower", type=float, help="limit of the true value")
    told.add_argument("--upper", type=float, help="limit of the true value")


def _add_rule(told: argparse.ArgumentParser) -> None:
    told.add_argument(
        "--rule",
        choices=("simple", "guarded", "jjf1094"),
        help="default: the file's, else guarded with --guard-band, else simple",
    )
    told.add_argument(
        "--guard-band",
        metavar="w",
        help="a length, as 0.08; a multiple of U, as 1U; or from a consumer's risk: "
        "specific:0.05 on the acceptance limit, global:0.001 of the process",
    )
    told.add_argument("--prior-mean", type=float, help="of the process the items come from")
    told.add_argument("--prior-standard-deviation", type=float, help="of the same")
