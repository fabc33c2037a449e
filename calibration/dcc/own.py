"""Results that this software wrote itself: functions, loads, repeatability, exactly as they were.

docs/reference/dcc.md describes what these refTypes mean; points and functions come back
to the last bit.
"""

from collections.abc import Sequence
from typing import get_args

from calibration.certificate import CalibrationResult, Point
from calibration.dcc.columns import Column, column_of, expanded, with_role
from calibration.dcc.content import Quantity, Table
from calibration.dcc.errors import DccLengthError, DccMissingError
from calibration.dcc.findings import Finding
from calibration.dcc.reftypes import roles_of
from calibration.dcc.surroundings import conditions_text, range_code, states, validity_range
from calibration.dcc.transcript import Result
from calibration.dcc.wording import said
from calibration.function import CalibrationFunction, FormName
from calibration.measurand import KindOfQuantity


def is_own(result: Result) -> bool:
    """Whether a result is one that this software wrote."""
    return "own_result" in roles_of(result.ref_types) and bool(result.data.tables)


def own_result(result: Result) -> CalibrationResult:
    """The calibration result that was written as this one.

    Raises:
        DccMissingError: it is not complete.
        CalibrationError: its numbers make no calibration result.
    """
    table = result.data.tables[0]
    kind, relation, argument, channel = _measurand(table)
    code = range_code(table.statements)
    interval = None if code is None else validity_range([table.statements], code)
    unit = _column(table.quantities, "indication_unit")
    if code is None or interval is None or unit is None:
        raise DccMissingError(table.path, name="basic_validityRange, carbonmeter_indicationUnit")
    repeatability = _column(table.quantities, "repeatability")
    function = [each for each in table.tables if "function" in roles_of(each.ref_types)]
    return CalibrationResult(
        kind_of_quantity=kind,
        unit=unit.code,
        result="value" if relation == "value" else "relative_error",
        argument="load" if argument == "load" else "indication",
        argument_unit=code,
        measuring_interval=interval,
        condition=next(iter(states([table.conditions])), "as_left"),
        points=_points(table.quantities),
        function=_function(function[0]) if function else None,
        repeatability=0.0 if repeatability is None else repeatability.values[0],
        conditions=conditions_text(table.conditions, ()),
        channel=channel,
    )


def _measurand(table: Table) -> tuple[KindOfQuantity, str, str, str]:
    """Kind of quantity, what the values are, what they stand against, and of which channel."""
    words = _words(table, "measurand")
    if len(words) not in (3, 4) or words[0] not in set(KindOfQuantity):
        raise DccMissingError(table.path, name="carbonmeter_measurand")
    return KindOfQuantity(words[0]), words[1], words[2], "".join(words[3:])


def _points(quantities: Sequence[Quantity]) -> tuple[Point, ...]:
    """The points: arguments, values, and U with k as they stand at the error."""
    columns = [each for each in map(column_of, quantities) if isinstance(each, Column)]
    at = with_role(columns, "measured") or with_role(columns, "load")
    errors = with_role(columns, "error") or with_role(columns, "relative_error")
    values = with_role(columns, "reference") or with_role(columns, "relative_error")
    if not (at and errors and values):
        return ()
    stated = expanded(errors[0], errors[0].code)
    count = len(at[0].values)
    for name, found in (("value", values[0].values), ("U", stated)):
        if len(found) != count:
            raise DccLengthError(errors[0].path, name=name, found=len(found), limit=count)
    rows = zip(at[0].values, values[0].values, stated, strict=True)
    return tuple(
        Point(at=x, value=y, expanded_uncertainty=U, coverage_factor=k) for x, y, (U, k) in rows
    )


def _function(table: Table) -> CalibrationFunction:
    form = _form(table)
    coefficients = _numbers(table, "coefficients")
    region = next(
        (
            rendering.region
            for each in table.quantities
            if "coefficients" in roles_of(each.ref_types)
            for rendering in each.renderings
        ),
        None,
    )
    ends = [
        number
        for each in table.statements
        for quantity in each.data.quantities
        for rendering in quantity.renderings
        for number in rendering.values
    ]
    if region is None or len(ends) != 2:
        raise DccMissingError(table.path, name="covarianceMatrixXMLList, basic_validityRange")
    return CalibrationFunction(
        form=form,
        coefficients=coefficients,
        covariance=region.covariance,
        measuring_interval=(ends[0], ends[1]),
        centre=(*_numbers(table, "centre"), 0.0)[0],
        knots=_numbers(table, "knots"),
        degrees_of_freedom=next(iter(_numbers(table, "degrees_of_freedom")), None),
    )


def _form(table: Table) -> FormName:
    words = _words(table, "form")
    for known in get_args(FormName):
        if words == (known,):
            found: FormName = known
            return found
    raise DccMissingError(table.path, name="carbonmeter_form")


def _words(table: Table, role: str) -> tuple[str, ...]:
    """The words of a quantity that holds words."""
    for each in table.quantities:
        if role in roles_of(each.ref_types):
            return tuple(said(each.texts).split())
    return ()


def _numbers(table: Table, role: str) -> tuple[float, ...]:
    """The numbers of the quantity with a role, as they stand; none where there is none."""
    for each in table.quantities:
        if role in roles_of(each.ref_types) and each.renderings:
            return each.renderings[0].values
    return ()


def _column(quantities: Sequence[Quantity], role: str) -> Column | None:
    for each in quantities:
        if role in roles_of(each.ref_types):
            column = column_of(each)
            return None if isinstance(column, Finding) else column
    return None
