"""What is asked of a device of which nothing is known, and what was seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from device_profiles.formats import FormatName

Progress = Callable[[str], None]
"""Takes one line about what is being done, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to ask.

    Attributes:
        address: Of the device; empty where it is not known.
        function: Of registers, 1 to 4.
        first: Address of the first register.
        count: Number of registers, 1 or more.
        most: Registers of one question, at most.
        formats: In which registers are shown.
        everything: Whether readings are shown that no instrument would show.
        language: Of texts, en or zh.
        progress: Is told what is being done.
    """

    address: str = ""
    function: int = 3
    first: int = 0
    count: int = 40
    most: int = 125
    formats: tuple[FormatName, ...] = ("uint16", "int16", "uint32", "int32", "float32")
    everything: bool = False
    language: str = "en"
    progress: Progress = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen.

    Attributes:
        content: For machines: what JSON can hold.
        shown: For people, as `device_profiles.decoded_table` shows it; None: as for machines.
        address: Under which the device answered.
        words: Names and phrases of it in Chinese.
        is_finding: Whether something asked for did not come.
    """

    content: Mapping[str, object]
    shown: Mapping[str, object] | None = None
    address: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    is_finding: bool = False
