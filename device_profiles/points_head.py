"""What is said about a device beside its list of points."""

from dataclasses import dataclass
from typing import Literal

from device_profiles.registers import WordOrder
from device_profiles.scalars import FunctionCode

Convention = Literal["printed", "frame"]
"""Whether addresses are a manual's numbers, or those of the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The device, the document, and what holds for rows that say nothing else.

    Attributes:
        convention: None where nobody said; plain numbers are then frame addresses, unless all
            of them look printed.
    """

    id: str
    maker: str
    model: str
    title_en: str
    title_zh: str
    document: str
    page: str
    grade: str
    unit_id: int
    function: FunctionCode
    word_order: WordOrder
    convention: Convention | None = None
