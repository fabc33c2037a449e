"""From channels to the fewest legal reads (pure).

A read is legal when it asks for at most `max_registers`, holds every value it
touches whole, and passes over at most `gap_registers` registers in a row that no
channel of the profile declares. Every read begins and ends with a value, so it is
legal for devices with aligned reads too.
"""

from collections.abc import Collection

import msgspec

from device_profiles.formats import word_count
from device_profiles.model import (
    Channel,
    DeviceProfile,
    ModbusTraits,
    RegisterSource,
)
from device_profiles.scalars import FunctionCode


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


def extent(channel: Channel, traits: ModbusTraits) -> ReadRequest:
    """The smallest read that holds all terms of `channel` (and their scale factors)."""
    spans = [span for term in channel.terms for span in spans_of(term)]
    first = min(start for start, _ in spans)
    count = max(end for _, end in spans) - first
    return ReadRequest(function=function_of(channel.terms[0], traits), address=first, count=count)


def plan_reads(
    profile: DeviceProfile, channels: Collection[str] | None = None
) -> tuple[ReadRequest, ...]:
    """The fewest legal reads that bring `channels`, in order of function and address.

    Args:
        profile: a profile without findings.
        channels: names; None means all.

    Raises:
        UnknownChannelError: the profile has no such channel.
    """
    names = [channel.name for channel in profile.channels] if channels is None else channels
    wanted = {extent(profile.channel(name), profile.modbus) for name in names}
    return fewest_reads(wanted, profile.modbus, declared_registers(profile))


def fewest_reads(
    values: Collection[ReadRequest],
    traits: ModbusTraits,
    declared: Collection[tuple[int, int]],
) -> tuple[ReadRequest, ...]:
    """The fewest legal reads that bring `values`, in order of function and address.

    Args:
        values: the smallest read of each value.
        traits: of the device.
        declared: (function, address) of every register that may be read through.
    """
    wanted = sorted(set(values))
    reads: list[ReadRequest] = []
    while wanted:
        read = wanted[0]
        for item in wanted[1:]:
            joined = _hull(read, item)
            if joined is not None and _legal(joined, traits, declared):
                read = joined
        reads.append(read)
        wanted = [item for item in wanted if not read.covers(item)]
    return tuple(reads)


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


def declared_registers(profile: DeviceProfile) -> frozenset[tuple[int, int]]:
    """Every (function, address) that some channel of the profile reads."""
    return frozenset(
        (function_of(term, profile.modbus), address)
        for channel in profile.channels
        for term in channel.terms
        for start, end in spans_of(term)
        for address in range(start, end)
    )


def _hull(one: ReadRequest, other: ReadRequest) -> ReadRequest | None:
    if one.function != other.function:
        return None
    first = min(one.address, other.address)
    return ReadRequest(function=one.function, address=first, count=max(one.end, other.end) - first)


def _legal(read: ReadRequest, traits: ModbusTraits, declared: Collection[tuple[int, int]]) -> bool:
    if read.count > limit_of(read.function, traits):
        return False
    return longest_gap(read, declared) <= traits.gap_registers
