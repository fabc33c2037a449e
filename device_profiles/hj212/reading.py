"""A channel's own bytes in the content of CP, and what they indicate.

They are DataTime and the factor's item as they came: enough to read number and data flag again,
and to compare the logger's time with the stamp of whoever received it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Final

import msgspec

from device_profiles.formats import NotAvailable, Number
from device_profiles.hj212.content import Content, DataFlag, Factor, read_content
from device_profiles.hj212.load import data_flags
from device_profiles.hj212.profile import FactorSource
from device_profiles.hj212.segment_findings import MOST_CONTENT
from device_profiles.indicated import Decoding, Impaired, Indicated, Interpretation
from device_profiles.status_model import Condition


class Upload(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The data that a command brings; no MN, so that one plan serves every logger of a kind."""

    cn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPick:
    """One channel in an upload: its place, where its number stands, what its bytes indicate."""

    place: int
    source: FactorSource
    interpret: Interpretation


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorReader:
    """Channels by the upload that brings them."""

    picks: Mapping[Upload, tuple[FactorPick, ...]]

    def held(self, request: Upload) -> tuple[int, ...]:
        """The places of the channels that `request` brings."""
        return tuple(pick.place for pick in self.picks.get(request, ()))

    def places(self, request: Upload, content: bytes) -> Iterator[tuple[int, bytes, Indicated]]:
        """What those channels indicate; a factor that is not there is not available."""
        said = read_content(content)
        for pick in self.picks.get(request, ()):
            raw = own_bytes(pick.source, said)
            yield pick.place, raw, pick.interpret(raw) if raw else NotAvailable()


def own_bytes(source: FactorSource, said: Content) -> bytes:
    """DataTime and the factor's items; empty where the factor is not there."""
    items = [factor.raw for factor in _factors(source, said)]
    if not items:
        return b""
    stamp = [] if said.data_time is None else [b"DataTime=" + _ascii(said.data_time)]
    return b";".join((*stamp, *items))


def decoding_of(source: FactorSource) -> Decoding:
    """What makes number and condition of the bytes of `own_bytes`, any number of times."""
    return partial(_decoded, source)


def _decoded(source: FactorSource, raw: bytes) -> Number | NotAvailable | Impaired:
    if len(raw) > MOST_CONTENT:  # no item of the standard is so long
        return NotAvailable(reason="digits")
    factors = _factors(source, read_content(raw))
    number = _number(source.field, factors)
    condition = _condition(factors)
    return number if condition is None else Impaired(number=number, condition=condition)


def _factors(source: FactorSource, said: Content) -> tuple[Factor, ...]:
    """What stands under the first code that is there."""
    for code in source.codes:
        found = tuple(factor for factor in said.factors if factor.code == code)
        if found:
            return found
    return ()


def _number(field: str, factors: tuple[Factor, ...]) -> Number | NotAvailable:
    """The number; foreign where it stands there twice and differs, or is none."""
    values = [each.values[field] for each in factors if field in each.values]
    if not values:
        return NotAvailable()
    if len({value.text for value in values}) > 1:
        return NotAvailable(reason="digits")
    number = values[0].number
    return NotAvailable(reason="digits") if isinstance(number, NotAvailable) else number


def _condition(factors: tuple[Factor, ...]) -> Condition | None:
    """What the data flag says; items of one factor that contradict each other say nothing known."""
    flags = {each.flag for each in factors if each.values or each.flag is not DataFlag.UNKNOWN}
    if len(flags) != 1:
        return Condition.UNLISTED if factors else None
    return _conditions().get(flags.pop(), Condition.UNLISTED)


@cache
def _conditions() -> Mapping[DataFlag, Condition | None]:
    return MappingProxyType(
        {DataFlag(letter): entry.condition for letter, entry in data_flags().items()}
    )


_SHOWN: Final = 14


def _ascii(text: str) -> bytes:
    """A DataTime as it came; one that is no time is cut where a time would end."""
    return text[:_SHOWN].encode("ascii", "replace").translate(None, b";,=&")
