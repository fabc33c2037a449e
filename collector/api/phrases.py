"""What a schema finds wrong with a parameter, in two languages. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from collector.api.patterns import SAID
from evidence.errors import Words

_PHRASES: Final = {
    "missing": Words("it is missing", "缺少该参数"),
    "extra_forbidden": Words("there is no such parameter", "没有该参数"),
    "int_parsing": Words("a whole number is needed", "需要整数"),
    "int_parsing_size": Words("the number has too many digits", "数字位数过多"),
    "int_from_float": Words("a whole number is needed", "需要整数"),
    "greater_than_equal": Words("it must be at least {ge}", "不得小于 {ge}"),
    "less_than_equal": Words("it must be at most {le}", "不得大于 {le}"),
    "literal_error": Words("it must be {expected}", "必须为 {expected}"),
    "enum": Words("it must be {expected}", "必须为 {expected}"),
    "string_pattern_mismatch": Words("it does not match {pattern}", "不符合 {pattern}"),
    "string_too_long": Words(
        "it has more than {max_length} characters", "超过 {max_length} 个字符"
    ),
    "string_too_short": Words("it has under {min_length} characters", "少于 {min_length} 个字符"),
    "given_twice": Words("it is given more than once", "重复给出"),
}
_NOT_HERE: Final = {
    "boundary": Words(
        "a saved boundary is not taken here, only its channels one by one; lists, exports, sums, "
        "ratios and corroborations take it",
        "此处不接受已保存的边界，请逐一给出其通道；列表、导出、求和、比值与佐证接受边界",
    )
}
"""Parameters that other addresses have."""
_OTHER: Final = Words("it cannot be used", "无法使用")


def unknown_parameter(name: str) -> Words:
    """Why there is no parameter of this name."""
    return _NOT_HERE.get(name, _PHRASES["extra_forbidden"])


def phrase(kind: str, context: Mapping[str, Any]) -> Words:
    """What is wrong, by the schema's name for it; `context` holds the limits."""
    words = SAID.get(context.get("pattern", "")) or _PHRASES.get(kind, _OTHER)
    return Words(words.en.format(**context), words.zh.format(**context))
