"""The closed list of measurement models that a budget file may name (pure but for its own data)."""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from calibration.propagation.errors import ModelUnknownError
from calibration.toml import table_of

_FILE: Final = "models.toml"


class NamedModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measurement model.

    Args:
        name: by which a budget file names it.
        formula: of the quantities' names; see `formula.grammar`.
        quantities: their units.
        gives: what it gives, and its unit.
        source: where it stands.
        status: "D" follows from definitions, "K" recalled and to be confirmed.
    """

    name: str
    formula: str
    quantities: dict[str, str]
    gives: str
    source: str
    status: Literal["D", "K"]


class _Models(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal[1]
    models: tuple[NamedModel, ...]


@cache
def named_models() -> tuple[NamedModel, ...]:
    """All models, as the package's data file lists them."""
    data = files("calibration.propagation").joinpath(_FILE).read_bytes()
    return msgspec.convert(table_of(data), _Models).models


def named_model(name: str, where: str) -> NamedModel:
    """The model of a name.

    Raises:
        ModelUnknownError: there is none.
    """
    for each in named_models():
        if each.name == name:
            return each
    limit = ", ".join(each.name for each in named_models())
    raise ModelUnknownError(where, found=name[:80], limit=limit)
