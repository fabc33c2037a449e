"""What refTypes mean: a closed map of words to roles (reftypes.toml); others are unknown."""

from collections.abc import Iterable, Mapping
from functools import cache

from calibration.dcc.load import read_table
from calibration.measurand import KindOfQuantity


def role_of(ref_type: str) -> str | None:
    """The role that a refType gives to what it marks; None where it is not known.

    Args:
        ref_type: one word; some, such as gp_table2, are known without their number.
    """
    plain, numbered = _roles()
    return plain.get(ref_type) or numbered.get(ref_type.rstrip("0123456789"))


def roles_of(ref_types: Iterable[str]) -> frozenset[str]:
    """The roles of several refTypes, those that are known."""
    return frozenset(role for each in ref_types if (role := role_of(each)) is not None)


def kind_of(quantity_type: str) -> KindOfQuantity | None:
    """The kind of quantity that one of QUDT's words means; None where it is not known."""
    found = _kinds().get(quantity_type)
    return None if found is None else KindOfQuantity(found)


@cache
def _kinds() -> Mapping[str, str]:
    rows = read_table("reftypes.toml")["quantity_kinds"]
    return {row["name"]: row["kind"] for row in rows}


@cache
def _roles() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The roles by word: of words as they are, and of those that may end in a number."""
    rows = read_table("reftypes.toml")["reftypes"]
    plain = {row["name"]: row["role"] for row in rows}
    return plain, {row["name"]: row["role"] for row in rows if row.get("numbered", False)}
