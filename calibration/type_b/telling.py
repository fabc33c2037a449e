"""Numbers, notes and findings of a Type B evaluation in words (pure)."""

import math
from typing import Final

from calibration.type_b.limit import Note
from calibration.type_b.source import Source, Status

_NOTES: Final[dict[Note, dict[str, str]]] = {
    "larger_of_several": {
        "en": "larger_of_several: of several limits that apply, the larger one was taken",
        "zh": "larger_of_several：多个限值同时适用时，取较大者",
    },
    "joined_between_points": {
        "en": "joined_between_points: limits are printed at some points only; straight lines "
        "were drawn between them",
        "zh": "joined_between_points：标准仅在若干点给出限值；点与点之间用直线连接",
    },
    "arithmetic_sum": {
        "en": "arithmetic_sum: the limit is the plain sum of its parts' limits",
        "zh": "arithmetic_sum：限值为各部分限值的代数和",
    },
    "root_sum_square": {
        "en": "root_sum_square: the limit is the root of the sum of squares of its parts' limits",
        "zh": "root_sum_square：限值为各部分限值的方和根",
    },
}
_UNCONFIRMED: Final = {
    "en": "unconfirmed_figures: the figures of {source} are not confirmed; compare them with "
    "the document",
    "zh": "unconfirmed_figures：{source} 的数值未经核实；请与原文件核对",
}


def note_text(note: Note, language: str) -> str:
    """How a limit was reached, in `language` ("en" or "zh")."""
    return _NOTES[note]["zh" if language == "zh" else "en"]


def unconfirmed_text(source: str, language: str) -> str:
    """That a source's figures are not confirmed, in `language` ("en" or "zh")."""
    return _UNCONFIRMED["zh" if language == "zh" else "en"].format(source=source)


def shown(value: float, unit: str) -> str:
    """A number as data sheets print it: relative ones in per cent, angles in minutes."""
    if unit in {"1", "1/K"}:
        return f"{value * 100.0:.4g} %{unit[1:]}"
    if unit == "rad":
        return f"{math.degrees(value) * 60.0:.4g} '"
    return f"{value:.4g} {unit}"


def shown_status(source: Source) -> str:
    """K, S, or that another's words were seen and not the document's own."""
    restated = source.seen_as == "restatement" and source.status == Status.SEEN
    return f"{source.status.value}, restated" if restated else source.status.value
