"""What a run of registers could mean: every format, every word order, side by side (pure).

A device whose document is lost, or not believed, is found out by comparing numbers with its
display. Most readings of the same bytes are absurd; those that are not are marked, with the
reason. A mark is a hint and no proof: about one in five float32 readings of random bytes passes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from device_profiles.formats import CODECS, FormatName, NotAvailable, Number, is_integer
from device_profiles.register_errors import DigitsError
from device_profiles.registers import WordOrder, decode_bytes, reorder, wire_bytes

FORMATS: Final[tuple[FormatName, ...]] = tuple(
    name for name in get_args(FormatName) if name != "bit"
)
"""All formats of registers, as they are tried where none are named."""

Why: TypeAlias = Literal[
    "fits", "any", "zero", "pattern", "not_a_number", "infinite", "digits", "tiny", "huge"
]
WHYS: Final[Mapping[Why, tuple[str, str]]] = MappingProxyType(
    {
        "fits": ("of a size that instruments show", "大小在仪表常见范围内"),
        "any": ("any 16 bits are a number", "任意 16 位都是数"),
        "zero": ("all bits are 0, which tells no formats apart", "全为 0，无法区分格式"),
        "pattern": ("a pattern that stands for 'no value'", "表示“无值”的位型"),
        "not_a_number": ("not a number", "非数（NaN）"),
        "infinite": ("infinite", "无穷大"),
        "digits": ("a digit above 9, or a register above 9999", "数字大于 9，或寄存器大于 9999"),
        "tiny": ("closer to 0 than instruments show", "绝对值过小"),
        "huge": ("larger than instruments show", "绝对值过大"),
    }
)
"""Why a number is plausible ("fits", "any") or not (all others), in English and Chinese."""

LEAST, MOST = 1e-6, 1e9
"""The sizes of a plausible float: from a small flow in m3/s to a large register in Wh."""
MOST_OF_WIDTH: Final[Mapping[int, int]] = MappingProxyType(
    {1: 10**5, 2: 10**8, 3: 10**12, 4: 10**15}
)
"""A plausible integer is smaller, by registers: eight digits in two, fifteen in four."""

_PLAUSIBLE = frozenset({"fits", "any"})
_ORDERS: Final[tuple[WordOrder, ...]] = ("ABCD", "CDAB", "BADC", "DCBA")
_ORDERS_OF_ONE: Final[tuple[WordOrder, ...]] = ("ABCD", "BADC")
_ANY = frozenset({"int16", "uint16", "signmag16", "acc16"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One reading of some registers.

    Attributes:
        register: The first of them, from 0 on in the run.
        format: A name of `device_profiles.formats`.
        order: Word order; one register has only ABCD and BADC.
        number: What they would mean, or why nothing.
        why: What speaks for it or against it, a key of `WHYS`.
    """

    register: int
    format: FormatName
    order: WordOrder
    number: Number | NotAvailable
    why: Why

    @property
    def plausible(self) -> bool:
        """Whether an instrument may show such a number."""
        return self.why in _PLAUSIBLE


def guesses(words: Sequence[int], formats: Sequence[FormatName] = FORMATS) -> Iterator[Guess]:
    """Every reading of a run of registers, by first register, format and word order.

    Args:
        words: Contents in the order of their addresses, 0 to 65535 each.
        formats: Those to try.

    Raises:
        WordRangeError: A word is no integer from 0 to 65535.
    """
    run = wire_bytes(words)
    for register in range(len(words)):
        for name in formats:
            end = 2 * (register + CODECS[name].word_count)
            if end <= len(run):
                yield from _readings(register, name, run[2 * register : end])


def _readings(register: int, name: FormatName, raw: bytes) -> Iterator[Guess]:
    for order in _ORDERS_OF_ONE if len(raw) == 2 else _ORDERS:
        number = _number(raw, name, order)
        yield Guess(
            register=register,
            format=name,
            order=order,
            number=number,
            why=_why(reorder(raw, order), name, number),
        )


def _number(raw: bytes, name: FormatName, order: WordOrder) -> Number | NotAvailable:
    try:
        return decode_bytes(raw, name, order)
    except DigitsError:
        return NotAvailable(reason="digits")


def _why(raw: bytes, name: FormatName, number: Number | NotAvailable) -> Why:
    if not any(raw):
        return "zero"
    if isinstance(number, NotAvailable):
        return _why_not(number)
    if not is_integer(name):
        size = abs(number)
        return "tiny" if size < LEAST else "huge" if size > MOST else "fits"
    if _is_pattern(raw):
        return "pattern"
    if name in _ANY:
        return "any"
    return "fits" if abs(number) < MOST_OF_WIDTH[len(raw) // 2] else "huge"


def _why_not(number: NotAvailable) -> Why:
    match number.reason:
        case "not_a_number" | "infinite" | "digits":
            return number.reason
        case _:
            return "pattern"


def _is_pattern(raw: bytes) -> bool:
    """Whether an integer is all ones, or the least or the greatest signed one."""
    rest = raw[1:]
    if raw[0] == 0x80:
        return not any(rest)
    return raw[0] in {0x7F, 0xFF} and rest.count(0xFF) == len(rest)
