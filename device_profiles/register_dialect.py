"""Modbus as profiles need it; on the line it is spoken by frames of their own."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Final

from device_profiles.cost import LineCost
from device_profiles.dialect import Dialect, Lies, Values
from device_profiles.errors import ProfileError
from device_profiles.formats import word_count
from device_profiles.item_errors import NoSuchItemError
from device_profiles.modbus.pdu import packed
from device_profiles.phrase import Words
from device_profiles.plan import ReadRequest, declared_registers, function_of, plan_reads
from device_profiles.readout import reader_of, register_decoding
from device_profiles.register_lint import register_findings
from device_profiles.register_model import ModbusProfile, RegisterSource, weight_of
from device_profiles.word_lint import word_findings
from device_profiles.write import write_words


def _findings(profile: ModbusProfile, where: str) -> Iterator[ProfileError]:
    yield from register_findings(profile, where)
    yield from word_findings(profile, where)


def _requests(profile: ModbusProfile, names: Sequence[str], cost: LineCost) -> tuple[Hashable, ...]:
    return plan_reads(profile, names, cost)


def _compose(
    profile: ModbusProfile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The data bytes of the answer to a read; registers that no value needs are 0."""
    if not isinstance(request, ReadRequest):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("a read", "读请求")
        )
    addresses = range(request.address, request.end)
    declared = declared_registers(profile)
    if not any((request.function, address) in declared for address in addresses):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("its registers", "其寄存器")
        )
    image = write_words(profile, values, parameters)
    words = [image.get((request.function, address), 0) for address in addresses]
    return packed(request.function, words)


def _where(profile: ModbusProfile, name: str) -> tuple[Lies, ...]:
    """Function and address in both notations, and the number format with its word order."""
    return tuple(_lies(profile, source) for source in profile.channel(name).terms)


def _lies(profile: ModbusProfile, source: RegisterSource) -> Lies:
    function, width = function_of(source, profile.modbus), word_count(source.format)
    return Lies(
        place=f"FC{function:02} {source.address} (0x{source.address:04X}) {width}r",
        coding=f"{source.format} {source.word_order or profile.modbus.word_order}",
        weight=weight_of(source),
    )


MODBUS: Final = Dialect(
    profile=ModbusProfile,
    findings=_findings,
    requests=_requests,
    reader=reader_of,
    decoding=register_decoding,
    compose=_compose,
    where=_where,
)
