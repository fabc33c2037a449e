"""What the method codes of hours under a plan mean: of the rules that the plan names, or ours."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from evidence.errors import Words
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.monitoring.through import MEASURED, OF_INPUTS

OURS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        MEASURED: Words("all inputs were measured", "各输入均为实测"),
        OF_INPUTS: Words("an input was not measured", "有输入并非实测"),
    }
)
"""Codes of channels that are computed from others under plans."""


def method_words(rules: Iterable[str], method: str, language: str) -> str:
    """What a method code means; "" where nobody here knows it.

    Args:
        rules: Ids of the rules of the parts of a period; the first that has the code tells.
        method: Of hours.
        language: "en" or "zh".
    """
    found = OURS.get(method) or next(_of_packs(rules, method), None)
    if found is None:
        return ""
    return found.zh if language == "zh" else found.en


def _of_packs(rules: Iterable[str], method: str) -> Iterator[Words]:
    codes = (rule_pack(each).pack.codes.get(method) for each in rules if each in PACKS)
    return (Words(each.en, each.zh) for each in codes if each is not None)
