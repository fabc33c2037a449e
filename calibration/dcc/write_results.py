"""Calibration results as elements of a DCC 3.3 with D-SI 2.2.

A result is a table: what is measured, the unit of the indication, the points as columns, the
function with the covariance of its coefficients. docs/reference/dcc.md describes it.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import scipy
from lxml.etree import _Element as Element

from calibration.certificate import CalibrationResult, Point
from calibration.dcc.columns import minus
from calibration.dcc.compose import fixed, listed, number, put, put_si, put_text, put_words
from calibration.dcc.document import path_of
from calibration.dcc.errors import DccExportError
from calibration.dcc.units import dsi_unit, product
from calibration.function import CURVES, CalibrationFunction

PROBABILITY: Final = 0.95
"""Of the coverage region that a function's covariance is written with."""
_STATUS: Final = {"as_found": "beforeAdjustment", "as_left": "afterAdjustment"}


def put_result(parent: Element, result: CalibrationResult) -> None:
    """A calibration result as a new last child.

    Raises:
        DccExportError, DccUnitError: it holds something that a DCC cannot say.
    """
    element = put(parent, "result", refType="carbonmeter_result")
    put_text(element, "name", f"{result.kind_of_quantity} {result.condition}")
    table = put(put(element, "data"), "list")
    words = f"{result.kind_of_quantity} {result.result} {result.argument} {result.channel}"
    put(_quantity(table, "carbonmeter_measurand"), "charsXMLList", words.rstrip())
    _put_real(table, "carbonmeter_indicationUnit", 1.0, dsi_unit(result.unit))
    if result.points:
        _put_points(table, result)
    if result.repeatability:
        _put_real(table, "carbonmeter_repeatability", result.repeatability, dsi_unit(result.unit))
    if result.function is not None:
        _put_function(table, result, result.function)
    _put_conditions(table, result)
    _put_range(table, result.measuring_interval, dsi_unit(result.argument_unit))


def _quantity(parent: Element, ref_type: str) -> Element:
    return put(parent, "quantity", refType=ref_type)


def _put_real(parent: Element, ref_type: str, value: float, unit: str) -> None:
    element = put_si(_quantity(parent, ref_type), "real")
    put_si(element, "value", number(value))
    put_si(element, "unit", unit)


def _put_list(parent: Element, ref_type: str, values: Iterable[float], unit: str) -> Element:
    element = put_si(_quantity(parent, ref_type), "realListXMLList")
    put_si(element, "valueXMLList", " ".join(number(value) for value in values))
    put_si(element, "unitXMLList", unit)
    return element


def _put_points(table: Element, result: CalibrationResult) -> None:
    """The points as columns; U and k stand at the error, which is indication - reference."""
    at, unit = [each.at for each in result.points], dsi_unit(result.argument_unit)
    values = [each.value for each in result.points]
    if result.result == "relative_error":
        name = "carbonmeter_load" if result.argument == "load" else "basic_measuredValue"
        _put_list(table, name, at, unit)
        stated = _put_list(table, "carbonmeter_relativeError", values, dsi_unit("1"))
    else:
        _put_list(table, "basic_measuredValue", at, unit)
        _put_list(table, "basic_referenceValue", values, unit)
        errors = map(minus, at, values)
        stated = _put_list(table, "basic_measurementError", errors, unit)
    _put_uncertainty(stated, result.points)


def _put_uncertainty(element: Element, points: Sequence[Point]) -> None:
    factors = [each.coverage_factor for each in points]
    if min(factors) < 1.0:
        found = number(min(factors))
        raise DccExportError(path_of(element), name="coverageFactor", found=found, limit=">= 1")
    holder = put_si(element, "measurementUncertaintyUnivariateXMLList")
    stated = put_si(holder, "expandedMUXMLList")
    expanded = listed(number(each.expanded_uncertainty) for each in points)
    put_si(stated, "valueExpandedMUXMLList", expanded)
    put_si(stated, "coverageFactorXMLList", listed(map(fixed, factors)))
    put_si(stated, "coverageProbabilityXMLList", listed(map(_normal_probability, factors)))
    put_si(stated, "distributionXMLList", "normal")


def _normal_probability(coverage_factor: float) -> str:
    """The share of a normal distribution within +- k standard deviations."""
    return f"{math.erf(coverage_factor / math.sqrt(2.0)):.4f}"


def _put_function(table: Element, result: CalibrationResult, function: CalibrationFunction) -> None:
    inner = put(table, "list", refType="carbonmeter_function")
    argument = dsi_unit(result.argument_unit)
    units = _coefficient_units(result, function)
    put(_quantity(inner, "carbonmeter_form"), "charsXMLList", function.form)
    _put_coefficients(inner, function, units)
    if function.form == "polynomial":
        _put_real(inner, "carbonmeter_centre", function.centre, argument)
    if function.form == "piecewise_linear":
        _put_list(inner, "carbonmeter_knots", function.knots, argument)
    if function.degrees_of_freedom is not None:
        _put_real(inner, "carbonmeter_degreesOfFreedom", function.degrees_of_freedom, r"\one")
    _put_range(inner, function.measuring_interval, argument)


def _coefficient_units(result: CalibrationResult, function: CalibrationFunction) -> list[str]:
    """Units of the coefficients: of the value, over powers of the argument in a polynomial.

    A power and an exponential are of the argument's number, so that b1 has the value's unit too.
    """
    value = dsi_unit(result.unit if result.result == "value" else "1")
    argument = dsi_unit(result.argument_unit)
    count = len(function.coefficients)
    if function.form == "polynomial":
        return [product((value, 1), (argument, -k)) for k in range(count)]
    return [value, value, dsi_unit("1")] if function.form in CURVES else [value] * count


def _put_coefficients(parent: Element, function: CalibrationFunction, units: Sequence[str]) -> None:
    """The coefficients with the coverage region that their covariance gives."""
    element = put_si(_quantity(parent, "carbonmeter_coefficients"), "realListXMLList")
    put_si(element, "valueXMLList", " ".join(map(number, function.coefficients)))
    put_si(element, "unitXMLList", listed(units))
    holder = put_si(element, "measurementUncertaintyMultivariateXMLList")
    region = put_si(holder, "ellipsoidalRegionMUXMLList")
    matrix = put_si(region, "covarianceMatrixXMLList")
    for k, column in enumerate(zip(*function.covariance, strict=True)):
        cells = put_si(put_si(matrix, "columnXMLList"), "covarianceXMLList")
        put_si(cells, "valueXMLList", " ".join(map(number, column)))
        put_si(cells, "unitXMLList", listed(product((units[k], 1), (each, 1)) for each in units))
    put_si(region, "coverageFactorXMLList", f"{_region_factor(function):.4f}")
    put_si(region, "coverageProbabilityXMLList", fixed(PROBABILITY))
    put_si(region, "distributionXMLList", "normal" if _is_normal(function) else "t")


def _is_normal(function: CalibrationFunction) -> bool:
    return function.degrees_of_freedom is None


def _region_factor(function: CalibrationFunction) -> float:
    """The factor of an ellipsoidal region of that probability, by chi-squared or F (JCGM 102)."""
    size, nu = len(function.coefficients), function.degrees_of_freedom
    if nu is None:
        return math.sqrt(float(scipy.special.chdtri(size, 1.0 - PROBABILITY)))
    return math.sqrt(size * float(scipy.special.fdtri(size, nu, PROBABILITY)))


def _put_conditions(table: Element, result: CalibrationResult) -> None:
    holder = put(table, "influenceConditions")
    element = put(holder, "influenceCondition", refType="carbonmeter_conditions")
    put_words(element, "name", "Conditions")
    put(element, "status", _STATUS[result.condition])
    put_text(put(element, "data"), "text", result.conditions)


def _put_range(parent: Element, interval: tuple[float, float], unit: str) -> None:
    holder = put(parent, "measurementMetaData")
    data = put(put(holder, "metaData", refType="basic_validityRange"), "data")
    _put_real(data, "basic_validityRangeMin", interval[0], unit)
    _put_real(data, "basic_validityRangeMax", interval[1], unit)
