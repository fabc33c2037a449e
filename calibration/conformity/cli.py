"""The command `carbonmeter calibration conformity`."""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from calibration.conformity.assessment import Assessment, Policy, RuleName
from calibration.conformity.guard import GuardBand, parse_guard_band
from calibration.conformity.load import jjf_1094, read_sheet
from calibration.conformity.points import Point, Sheet, assess_all
from calibration.conformity.requirement import Interval
from calibration.conformity.risk import Prior
from calibration.conformity.rule import Outcome
from calibration.printing import print_fields, print_json, print_table

OK, FINDING, USAGE = 0, 1, 2
COLUMNS: Final = ("point", "value", "U", "k", "limits", "accepted", "p_c", "risk", "outcome")
SAID: Final[Mapping[Outcome, Mapping[str, str]]] = {
    Outcome.PASS: {
        "en": "pass: the value lies within the limits of acceptance",
        "zh": "合格：测得值在接受限之内",
    },
    Outcome.FAIL: {
        "en": "fail: the value is rejected by the rule",
        "zh": "不合格：按判定规则拒收",
    },
    Outcome.UNDETERMINED: {
        "en": "undetermined: measure with a smaller uncertainty before deciding",
        "zh": "待定：请减小测量不确定度后再判定",
    },
}


def tell_conformity(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 every point passes, 1 one does not, 2 usage.

    Raises:
        ConformityError: a file, a number or the rule does not do.
    """
    wrong = _misused(arguments)
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return USAGE
    sheet = read_sheet(arguments.paths[0]) if arguments.paths else _stated(arguments)
    policy = _policy(arguments, sheet)
    found = assess_all(sheet.points, policy, jjf_1094())
    counts = Counter(each.decision.outcome for each in found)
    if arguments.json:
        print_json(_record(found, policy, counts))
    elif arguments.paths:
        _show_all(found, counts, arguments.language)
    else:
        _show_one(found[0], arguments.language)
    return OK if counts[Outcome.PASS] == len(found) else FINDING


def _misused(arguments: argparse.Namespace) -> str:
    """What does not go together on the command line; nothing where all does."""
    of_a_value = (
        "value",
        "standard_uncertainty",
        "expanded_uncertainty",
        "coverage_factor",
        "dof",
        "lower",
        "upper",
    )
    given = [name for name in of_a_value if getattr(arguments, name) is not None]
    if len(arguments.paths) > 1:
        return "give one file"
    if arguments.paths and given:
        return f"a file states its own points: leave out --{given[0].replace('_', '-')}"
    if not arguments.paths and arguments.value is None:
        return "give a file of points, or --value with its uncertainty and its limits"
    if (arguments.prior_mean is None) is not (arguments.prior_standard_deviation is None):
        return "give --prior-mean and --prior-standard-deviation together"
    return ""


def _stated(arguments: argparse.Namespace) -> Sheet:
    """The one point of the command line."""
    point = Point(
        value=arguments.value,
        standard_uncertainty=arguments.standard_uncertainty,
        expanded_uncertainty=arguments.expanded_uncertainty,
        coverage_factor=arguments.coverage_factor,
        degrees_of_freedom=arguments.dof,
        lower=arguments.lower,
        upper=arguments.upper,
    )
    return Sheet(points=(point,))


def _policy(arguments: argparse.Namespace, sheet: Sheet) -> Policy:
    """The rule; what the command line says goes over what the file says."""
    stated = arguments.guard_band
    if stated is None and arguments.rule in {None, "guarded"}:
        stated = sheet.guard_band
    rule = arguments.rule or ("guarded" if arguments.guard_band is not None else sheet.rule)
    prior = sheet.prior
    if arguments.prior_mean is not None:
        spread = arguments.prior_standard_deviation
        prior = Prior(mean=arguments.prior_mean, standard_deviation=spread)
    default: RuleName = "simple" if stated is None else "guarded"
    return Policy(rule=rule or default, guard_band=_guard_band(stated), prior=prior)


def _guard_band(stated: str | float | None) -> GuardBand | None:
    return None if stated is None else parse_guard_band(str(stated))


def _record(
    found: Sequence[Assessment], policy: Policy, counts: Mapping[Outcome, int]
) -> dict[str, Any]:
    return {
        "policy": msgspec.to_builtins(policy),
        "outcomes": {each.value: counts[each] for each in Outcome},
        "points": [msgspec.to_builtins(each) for each in found],
    }


def _show_one(told: Assessment, language: str) -> None:
    found, decision, specific = told.measured, told.decision, told.specific
    fields: dict[str, object] = {
        "value": _short(found.value),
        "U (k)": f"{found.expanded_uncertainty:.4g} ({found.coverage_factor:.4g})",
        "limits": _limits(told.requirement),
        "rule": f"{decision.rule} ({decision.source})",
        "status of the source": decision.source_status,
        "guard band": _short(decision.guard_band),
        "accepted": _limits(decision.acceptance),
        "conformance probability": _short(specific.conformance_probability),
        "specific consumer's risk": _short(specific.consumer_risk),
        "specific producer's risk": _short(specific.producer_risk),
        "capability index C_m": _short(told.capability_index),
        "test uncertainty ratio": _short(told.test_uncertainty_ratio),
    }
    if told.specific_with_prior is not None and told.global_risks is not None:
        fields |= {
            "conformance probability with prior": _short(
                told.specific_with_prior.conformance_probability
            ),
            "global consumer's risk": _short(told.global_risks.consumer),
            "global producer's risk": _short(told.global_risks.producer),
        }
    print_fields({name: each for name, each in fields.items() if each is not None})
    print(f"\n{SAID[decision.outcome][language]}")


def _show_all(found: Sequence[Assessment], counts: Mapping[Outcome, int], language: str) -> None:
    print_table(COLUMNS, [_row(each) for each in found])
    print()
    for outcome in Outcome:
        if counts[outcome]:
            print(f"{counts[outcome]} {SAID[outcome][language]}")


def _row(told: Assessment) -> tuple[str, ...]:
    specific, decision = told.specific, told.decision
    risks = (specific.consumer_risk, specific.producer_risk)
    risk = next((f"{each:.3g}" for each in risks if each is not None), "-")
    return (
        told.name,
        f"{told.measured.value:.10g}",
        f"{told.measured.expanded_uncertainty:.4g}",
        f"{told.measured.coverage_factor:.4g}",
        _limits(told.requirement),
        _limits(decision.acceptance),
        f"{specific.conformance_probability:.6g}",
        risk,
        decision.outcome.value,
    )


def _limits(interval: Interval) -> str:
    if interval.is_empty:
        return "no value"
    ends = ("" if end is None else f"{end:.10g}" for end in (interval.lower, interval.upper))
    return " .. ".join(ends).strip()


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.10g}")
