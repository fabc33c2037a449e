"""The closed lists of models, constants and factors; the only file here that reads any."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec

from calibration.formula.grammar import parse_expression
from calibration.formula.tree import names
from calibration.model.catalogue import ConstantSet, Factor, InputQuantity, MeasurementModel
from calibration.model.errors import (
    ConstantsUnknownError,
    FactorUnknownError,
    ModelUnknownError,
)
from calibration.model.stated import Stated
from calibration.toml import table_of

_FILES: Final = ("part75", "hj75", "mrr", "activity", "instruments")


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal[1]
    source: str
    constants: tuple[ConstantSet, ...]
    quantities: tuple[InputQuantity, ...]
    models: tuple[dict[str, Any], ...]


class _Factors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal[1]
    factors: tuple[Factor, ...]


class _Pedigree(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal[1]
    status: Literal["K"]
    source: str
    variances: dict[str, tuple[float, float, float, float, float]]


@cache
def models() -> tuple[MeasurementModel, ...]:
    """All models, as the package's data files list them."""
    return tuple(_model(table, each) for each in _tables() for table in each.models)


@cache
def constant_sets() -> tuple[ConstantSet, ...]:
    """All sets of constants."""
    return tuple(found for each in _tables() for found in each.constants)


@cache
def factors() -> tuple[Factor, ...]:
    """All tables of factors."""
    return msgspec.convert(_read("factors"), _Factors).factors


def model_named(name: str, where: str = "model") -> MeasurementModel:
    """The model of a name.

    Raises:
        ModelUnknownError: there is none.
    """
    for each in models():
        if each.id == name:
            return each
    raise ModelUnknownError(where, found=name[:80], limit=", ".join(each.id for each in models()))


def constants_named(name: str, where: str = "constants") -> ConstantSet:
    """The set of constants of a name.

    Raises:
        ConstantsUnknownError: there is none.
    """
    for each in constant_sets():
        if each.id == name:
            return each
    limit = ", ".join(each.id for each in constant_sets())
    raise ConstantsUnknownError(where, found=name[:80], limit=limit)


def factor_named(name: str, quantity: str) -> Stated:
    """A table's value of an input, without an uncertainty: whoever uses it states one.

    Raises:
        FactorUnknownError: there is no such table, or it does not have the input.
    """
    for each in factors():
        if each.id == name and quantity in each.values:
            return Stated(value=each.values[quantity], unit=each.unit)
    known = [each.id for each in factors() if quantity in each.values]
    raise FactorUnknownError(quantity, found=name[:80], name=quantity, limit=", ".join(known))


@cache
def pedigree_variances() -> Mapping[str, tuple[float, ...]]:
    """Additional variances of the logarithm by indicator, for scores 1 to 5."""
    return msgspec.convert(_read("pedigree"), _Pedigree).variances


@cache
def _tables() -> tuple[_File, ...]:
    return tuple(msgspec.convert(_read(name), _File) for name in _FILES)


def _read(name: str) -> dict[str, Any]:
    return table_of((files("calibration.model") / "data" / f"{name}.toml").read_bytes())


def _model(table: dict[str, Any], file: _File) -> MeasurementModel:
    """A model with its inputs in place of their names, and the constants that its formula names."""
    known = {each.name: each for each in file.quantities}
    inputs = tuple(known[name] for name in table["inputs"])
    named = names(parse_expression(table["formula"])) if "formula" in table else frozenset()
    constants = tuple(sorted(named - {each.name for each in inputs}))
    return msgspec.convert(
        {**table, "inputs": inputs, "constant_names": constants}, MeasurementModel
    )
