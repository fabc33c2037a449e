"""What a Modbus device says in which registers: data, see `device_profiles.model` for the rest.

`device_profiles.plan` turns it into reads and `device_profiles.readout` turns replies into
numbers.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import ProtocolError
from device_profiles.formats import FormatName
from device_profiles.identity_model import IdentityFields, Readbacks
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.registers import WordOrder
from device_profiles.scalars import Address, FunctionCode, Pattern
from device_profiles.status_model import StatusWords

REGISTERS_OF_A_READ: Final = 125
"""The most registers one request may ask for (Modbus FC03 and FC04); 16 bits stand for one."""


class Counts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The span of an analogue input: the counts at 0 and at 1 of the channel's scale."""

    low: int
    high: int


class RegisterSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one number lies and how it is coded.

    Args:
        address: 0-based frame address of its first register (or bit).
        format: a name of `device_profiles.formats`.
        function: 1 coils, 2 discrete inputs, 3 holding, 4 input registers; None: the profile's.
        word_order: None: the profile's.
        sentinels: register contents, as they travel, that mean "no value".
        scale_factor_address: a SunSpec sunssf register (a power of ten), read with the value.
        counts: the span of an analogue input; the number is then the fraction of the span.
    """

    address: Address
    format: FormatName
    function: FunctionCode | None = None
    word_order: WordOrder | None = None
    sentinels: Annotated[tuple[Pattern, ...], Meta(max_length=8)] = ()
    scale_factor_address: Address | None = None
    counts: Counts | None = None


class Term(RegisterSource, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One addend of a total that is spread over several numbers; `weight` multiplies it."""

    weight: float = 1.0


class RegisterChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that registers carry.

    Args:
        source: one register source, or the terms of a sum.
    """

    source: RegisterSource | Annotated[tuple[Term, ...], Meta(min_length=1, max_length=8)]

    @property
    def terms(self) -> tuple[RegisterSource, ...]:
        """The register sources whose weighted sum is the number, in the order of the profile."""
        return self.source if isinstance(self.source, tuple) else (self.source,)


class ModbusTraits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the device behaves on a Modbus line.

    Args:
        unit_id: factory setting, 0..255.
        function: function code of sources that name none.
        word_order: word order of sources that name none.
        max_registers: the most registers of one request, 1..125 (16 times as many bits).
        aligned_reads: the device refuses a read that begins or ends inside a value.
        gap_registers: how many registers that no channel declares may be read through.
        turnaround_ms: silence the device needs between a reply and the next request.
    """

    unit_id: Annotated[int, Meta(ge=0, le=255)] = 1
    function: FunctionCode = 3
    word_order: WordOrder = "ABCD"
    max_registers: Annotated[int, Meta(ge=1, le=REGISTERS_OF_A_READ)] = REGISTERS_OF_A_READ
    aligned_reads: bool = False
    gap_registers: Annotated[int, Meta(ge=0, le=REGISTERS_OF_A_READ)] = 0
    turnaround_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0


class ModbusProfile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of Modbus device.

    Args:
        modbus: how it behaves on a line.
        status: what the device says about its own state.
        identity: how it says which device it is.
        readback: settings it shows that the readings depend on.
    """

    protocol: Literal["modbus"]
    modbus: ModbusTraits
    status: StatusWords = ()
    identity: IdentityFields = ()
    readback: Readbacks = ()
    channels: Annotated[tuple[RegisterChannel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> RegisterChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def modbus_of(profile: DeviceProfile) -> ModbusProfile:
    """The profile, as one of a Modbus device.

    Raises:
        ProtocolError: it is of another protocol.
    """
    if isinstance(profile, ModbusProfile):
        return profile
    raise ProtocolError(profile.id, key="protocol", found=profile.protocol, limit="modbus")


def weight_of(source: RegisterSource) -> float:
    """The factor of `source` in its channel's sum; 1 for a source that stands alone."""
    return source.weight if isinstance(source, Term) else 1.0
