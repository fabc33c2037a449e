"""From channels to the cheapest legal reads (pure).

A read is legal when it asks for at most `max_registers`, holds every value it
touches whole, and passes over at most `gap_registers` registers in a row that no
channel of the profile declares. Every read begins and ends with a value, so it is
legal for devices with aligned reads too.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from device_profiles.cost import FEWEST, LineCost
from device_profiles.formats import word_count
from device_profiles.model import DeviceProfile
from device_profiles.register_model import (
    ModbusProfile,
    ModbusTraits,
    RegisterChannel,
    RegisterSource,
    modbus_of,
)
from device_profiles.scalars import FunctionCode

FRAME_CHARACTERS: Final = 13
"""Of a question (8) and of its answer without data (5), in RTU; ASCII and TCP differ by factors
that fall on all reads alike."""

_Best = tuple[float, int, int]


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One read: `count` registers (bits, for functions 1 and 2) from frame address `address`.

    It names no unit id, so that one plan serves every device of a type.
    """

    function: FunctionCode
    address: int
    count: int

    @property
    def end(self) -> int:
        """The first address after the read."""
        return self.address + self.count

    def covers(self, other: "ReadRequest") -> bool:
        """True where every register of `other` is in this read."""
        same = self.function == other.function
        return same and self.address <= other.address and other.end <= self.end


def function_of(source: RegisterSource, traits: ModbusTraits) -> FunctionCode:
    """The function code that reads `source`."""
    return traits.function if source.function is None else source.function


def spans_of(source: RegisterSource) -> tuple[tuple[int, int], ...]:
    """The (first, end) addresses of a source: its value, then its scale factor if it has one."""
    value = (source.address, source.address + word_count(source.format))
    factor = source.scale_factor_address
    return (value,) if factor is None else (value, (factor, factor + 1))


def extent(channel: RegisterChannel, traits: ModbusTraits) -> ReadRequest:
    """The smallest read that holds all terms of `channel` (and their scale factors)."""
    spans = [span for term in channel.terms for span in spans_of(term)]
    first = min(start for start, _ in spans)
    count = max(end for _, end in spans) - first
    return ReadRequest(function=function_of(channel.terms[0], traits), address=first, count=count)


def plan_reads(
    device: DeviceProfile, channels: Collection[str] | None = None, cost: LineCost = FEWEST
) -> tuple[ReadRequest, ...]:
    """The cheapest legal reads that bring `channels`, in order of function and address.

    Args:
        device: a Modbus profile without findings.
        channels: names; None means all.
        cost: of a question on the line. Where characters cost nothing it gives the fewest
            reads; on a slow line two reads can be cheaper than one through a wide gap.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ProtocolError: it is no Modbus profile.
    """
    profile = modbus_of(device)
    names = [channel.name for channel in profile.channels] if channels is None else channels
    wanted = {extent(profile.channel(name), profile.modbus) for name in names}
    return cheapest_reads(wanted, profile.modbus, declared_registers(profile), cost)


def limit_of(function: FunctionCode, traits: ModbusTraits) -> int:
    """The most registers, or bits, one read may ask for."""
    return traits.max_registers * (16 if function in {1, 2} else 1)


def longest_gap(read: ReadRequest, declared: Collection[tuple[int, int]]) -> int:
    """The longest run of registers in `read` that no channel declares.

    Args:
        read: a read.
        declared: (function, address) of every register that some channel declares.
    """
    longest = run = 0
    for address in range(read.address, read.end):
        run = 0 if (read.function, address) in declared else run + 1
        longest = max(longest, run)
    return longest


def declared_registers(profile: ModbusProfile) -> frozenset[tuple[int, int]]:
    """Every (function, address) that some channel of the profile reads."""
    return frozenset(
        (function_of(term, profile.modbus), address)
        for channel in profile.channels
        for term in channel.terms
        for start, end in spans_of(term)
        for address in range(start, end)
    )


def cheapest_reads(
    values: Collection[ReadRequest],
    traits: ModbusTraits,
    declared: Collection[tuple[int, int]],
    cost: LineCost = FEWEST,
) -> tuple[ReadRequest, ...]:
    """The legal reads that hold each of `values` whole at the least cost; of equals, the shortest.

    Args:
        values: the smallest read of each value, legal by itself.
        traits: of the device.
        declared: (function, address) of every register that some channel declares.
        cost: of a question on the line.
    """
    wanted = sorted(set(values))
    # best[k]: cost and registers of the first k values; minus the place where the last read begins,
    # so that of equals the earlier reads are the longer ones.
    best: list[_Best] = [(0.0, 0, 0)] + [(float("inf"), 0, 0)] * len(wanted)
    for first in range(len(wanted)):
        spent, registers, _ = best[first]
        for end, read in _reads_from(wanted, first, traits, declared):
            price = spent + cost.of(FRAME_CHARACTERS + _data_characters(read))
            best[end] = min(best[end], (price, registers + read.count, -first))
    return tuple(_traced(wanted, best))


def _reads_from(
    wanted: Sequence[ReadRequest],
    first: int,
    traits: ModbusTraits,
    declared: Collection[tuple[int, int]],
) -> Iterator[tuple[int, ReadRequest]]:
    """Each legal read that begins with value `first`, and the values that it goes to."""
    begin, end = wanted[first].address, wanted[first].address
    for place in range(first, len(wanted)):
        value = wanted[place]
        if value.function != wanted[first].function:
            return
        undeclared = ((value.function, at) not in declared for at in range(end, value.address))
        if value.address > end and _longest_run(undeclared) > traits.gap_registers:
            return
        end = max(end, value.end)
        if end - begin > limit_of(value.function, traits):
            return
        yield (
            place + 1,
            ReadRequest(function=value.function, address=begin, count=end - begin),
        )


def _longest_run(marks: Iterator[bool]) -> int:
    longest = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        longest = max(longest, run)
    return longest


def _data_characters(read: ReadRequest) -> float:
    return read.count / 8 if read.function in {1, 2} else 2 * read.count


def _traced(wanted: Sequence[ReadRequest], best: Sequence[_Best]) -> Iterator[ReadRequest]:
    """The reads of the best cover, from the first."""
    cuts, end = [], len(wanted)
    while end:
        cuts.append((-best[end][2], end))
        end = -best[end][2]
    for begin, end in reversed(cuts):
        values = wanted[begin:end]
        last = max(value.end for value in values)
        first = values[0]
        yield ReadRequest(
            function=first.function, address=first.address, count=last - first.address
        )
