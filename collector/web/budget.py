"""The rows of an uncertainty budget as people read them: names, numbers, units. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from calibration.inputs import RELATIVE, InputKind, InputQuantity, InputUnit
from calibration.report.content import BudgetRow
from calibration.unit_symbol import quotient, symbol
from collector.web.numbers import THIN, significant, small, uncertainty
from collector.web.words import say

PERCENT: Final = 100.0
_OF: Final = ("std", "crm", "span", "cert", "fresh", "read", "class", "drift", "temperature")
_SMALL: Final = 1e-5
_YEAR: Final = {"en": "a", "zh": "年"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgeted:
    """An input quantity; "" where nobody states a number.

    Attributes:
        name: What it is.
        code: Id of its influence.
        estimate, u: x_i and u(x_i), with their unit.
        sensitivity: c_i, by the units of the other columns.
        contribution: c_i·u(x_i), in the unit of the result that is shown.
        share: Of the variance, 0 to 1; of correlations of any sign. None where nobody says.
        evaluation, distribution: A or B, and one of `Distribution`; "" of what is no quantity.
        nu: Degrees of freedom; "" likewise.
    """

    name: str
    code: str
    estimate: str
    u: str
    sensitivity: str
    contribution: str
    share: float | None
    evaluation: str
    distribution: str
    nu: str


def budgeted(
    rows: Iterable[BudgetRow], language: str, *, scale: float, argument_unit: str
) -> list[Budgeted]:
    """The rows of a budget.

    Args:
        rows: In order.
        language: "en" or "zh".
        scale: By what the result's numbers are multiplied to be in the unit that is shown.
        argument_unit: UCUM code of the calibration function's argument.
    """
    return [_shown(each, language, scale, argument_unit) for each in rows]


def _shown(row: BudgetRow, language: str, scale: float, argument_unit: str) -> Budgeted:
    of = row.quantity
    return Budgeted(
        name=_name(of, language, symbol(argument_unit)),
        code=of.influence,
        estimate=_estimate(of, language),
        u=_with_unit(_two_digits(of.standard_uncertainty, _scale(of)), of.unit, language),
        sensitivity=_sensitivity(of.sensitivity, scale / _scale(of)),
        contribution=_two_digits(of.contribution, scale),
        share=row.share,
        evaluation=of.evaluation,
        distribution=of.distribution,
        nu=_nu(of),
    )


def _name(of: InputQuantity, language: str, argument_unit: str) -> str:
    if of.kind == InputKind.CORRECTION:
        return _name_of_correction(of, language)
    at = f"{significant(float(of.subject))}{THIN}{argument_unit}" if _is_at(of) else of.subject
    return say(f"budget.kind_{of.kind.value}", language, subject=at.rstrip(THIN))


def _is_at(of: InputQuantity) -> bool:
    return of.kind == InputKind.POINT


def _name_of_correction(of: InputQuantity, language: str) -> str:
    kind, _, name = of.influence.partition(":")
    what = name.rpartition("/")[2] if kind == "inst" else kind
    known = what if what in _OF else "factor"
    return say(f"budget.of_{known}", language)


def _scale(of: InputQuantity) -> float:
    """What is relative is shown in percent."""
    return PERCENT if of.unit is not None and of.unit.of == RELATIVE else 1.0


def _estimate(of: InputQuantity, language: str) -> str:
    if of.estimate is None:
        return ""
    value, u = of.estimate * _scale(of), (of.standard_uncertainty or 0.0) * _scale(of)
    return _with_unit(small(value, u) if value else "0", of.unit, language)


def _two_digits(number: float | None, scale: float) -> str:
    return "" if number is None else uncertainty(number * scale)


def _sensitivity(number: float | None, scale: float) -> str:
    if not number:
        return "" if number is None else "0"
    shown = number * scale
    return significant(shown, 4) if abs(shown) >= _SMALL else small(shown, abs(shown) / 10.0)


def _with_unit(number: str, unit: InputUnit | None, language: str) -> str:
    text = "" if unit is None else unit_text(unit, language)
    return f"{number}{THIN}{text}" if number and text else number


def unit_text(unit: InputUnit, language: str) -> str:
    """A quotient of units as people write it; what is relative is in percent."""
    of = "%" if unit.of == RELATIVE else symbol(unit.of)
    return quotient(of, _YEAR[language] if unit.per == "a" else symbol(unit.per), unit.power)


def _nu(of: InputQuantity) -> str:
    if not of.evaluation:
        return ""
    return "∞" if of.degrees_of_freedom is None else significant(of.degrees_of_freedom, 3)
