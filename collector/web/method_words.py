"""What the method codes of hours under a plan mean: of the rules that the plan names, or ours."""

from collections.abc import Iterable

from collector.web.words import has, say
from evidence.statement.hours.load import PACKS, rule_pack


def method_words(rules: Iterable[str], method: str, language: str) -> str:
    """What a method code means; "" where nobody here knows it.

    Args:
        rules: Ids of the rules of the parts of a period; the first that has the code tells.
        method: Of hours.
        language: "en" or "zh".
    """
    ours = f"activity.method_{method}"
    if has(ours):
        return say(ours, language)
    for each in rules:
        code = rule_pack(each).pack.codes.get(method) if each in PACKS else None
        if code is not None:
            return code.zh if language == "zh" else code.en
    return ""
