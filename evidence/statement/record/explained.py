"""Why a field is null: in each group, beside its fields (pure)."""

from collections.abc import Mapping
from typing import Literal, TypeVar

import msgspec
from msgspec.structs import replace

Reason = Literal[
    "not on record", "not declared", "not applicable", "unknown", "infinite", "withheld"
]
"""`not on record`: nothing here says it. `not declared`: only people can tell, and nobody did."""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What has fields that may be null.

    Args:
        absent: name of each field that is null, and why.
    """

    absent: Mapping[str, Reason] = {}


T = TypeVar("T", bound=Explained)


def explained(made: T, otherwise: Reason = "not on record", /, **reasons: Reason) -> T:
    """The same with a reason for each field that is null: the one given for it, or `otherwise`."""
    nulls = [name for name in made.__struct_fields__ if getattr(made, name) is None]
    return replace(made, absent={name: reasons.get(name, otherwise) for name in nulls})


def withheld(made: T, name: str) -> T:
    """The same without a field."""
    return replace(made, **{name: None}, absent={**made.absent, name: "withheld"})
