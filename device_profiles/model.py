"""A device profile: what a device measures, in which registers, and where that is documented.

Everything here is data. `device_profiles.plan` turns it into reads and
`device_profiles.readout` turns replies into numbers.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import UnknownChannelError
from device_profiles.formats import FormatName
from device_profiles.identity_model import Accuracies, IdentityFields, Readbacks
from device_profiles.nearest import nearest
from device_profiles.registers import WordOrder
from device_profiles.scalars import (
    Address,
    FunctionCode,
    Identifier,
    Name,
    Pattern,
    Positive,
    Text,
    UnitCode,
)
from device_profiles.status_model import StatusWords

REGISTERS_OF_A_READ: Final = 125
"""The most registers one request may ask for (Modbus FC03 and FC04); 16 bits stand for one."""


class Title(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the device is, in one line per language."""

    en: Text
    zh: Text


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that the profile was transcribed from.

    Args:
        key: how channels cite it; the first source is cited by default.
        document: title or file, with edition or commit.
        page: page, section or path within it.
        grade: A vendor's page seen, B maintained open-source driver, C third-party list.
            What is known from memory only (D) is refused.
        note: what a reader should know about it.
    """

    key: Name
    document: Text
    page: Text
    grade: Literal["A", "B", "C"]
    note: Text | None = None


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A factor that the site knows and the registers do not contain, e.g. a CT ratio.

    Args:
        default: the value where the site says nothing; finite, > 0.
        unit: UCUM code, "1" for a ratio.
        meaning: what to look up, and where.
    """

    default: Positive = 1.0
    unit: UnitCode = "1"
    meaning: Text


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


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One quantity the device indicates: indication = (number · scale + offset) · parameters.

    Args:
        name: unique within the profile.
        kind_of_quantity: a name of the closed vocabulary of the calibration room.
        unit: UCUM code of the indication.
        accumulation: "register" counts since the device's start, "rate" is the value at
            an instant, "interval" the amount of an interval.
        source: one register source, or the terms of a sum.
        scale, offset: from the number to the channel's unit.
        multiply_by: names of parameters; CT and VT ratios are applied here and only here.
        resolution: step of the indication, in the channel's unit with all parameters 1.
        rollover: modulus at which a register starts again, in the same unit.
        plausible: (low, high) in the same unit; outside, the indication is out of range.
        required: a device that does not answer it is not the device of this profile.
        phase, subject: of what, where the kind of quantity does not say it.
        cites: key of the source; None: the profile's first.
        note: what a reader should know.
    """

    name: Name
    kind_of_quantity: Name
    unit: UnitCode
    accumulation: Literal["register", "rate", "interval"]
    source: RegisterSource | Annotated[tuple[Term, ...], Meta(min_length=1, max_length=8)]
    scale: float = 1.0
    offset: float = 0.0
    multiply_by: Annotated[tuple[Name, ...], Meta(max_length=4)] = ()
    resolution: Positive | None = None
    rollover: Positive | None = None
    plausible: tuple[float, float] | None = None
    required: bool = False
    phase: Literal["L1", "L2", "L3", "N", "L1-L2", "L2-L3", "L3-L1"] | None = None
    subject: Text | None = None
    cites: Name | None = None
    note: Text | None = None

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


class DeviceProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of device, transcribed from named documents.

    Args:
        schema: version of this layout.
        id: unique; the file of a shipped profile is `<id>.toml`.
        sources: at least one; the first is the default citation.
        parameters: factors only the site knows, by name.
        status: what the device says about its own state.
        identity: how it says which device it is.
        readback: settings it shows that the readings depend on.
        accuracy: what documents state about it.
        channels: at least one.
    """

    schema: Literal[1] = 1
    id: Identifier
    maker: Text
    model: Text
    protocol: Literal["modbus"]
    title: Title
    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=20)]
    parameters: dict[Name, Parameter] = {}
    modbus: ModbusTraits
    status: StatusWords = ()
    identity: IdentityFields = ()
    readback: Readbacks = ()
    accuracy: Accuracies = ()
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> Channel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        for channel in self.channels:
            if channel.name == name:
                return channel
        names = [channel.name for channel in self.channels]
        limit = f"{len(names)} channels"
        raise UnknownChannelError(self.id, key=name, limit=limit, nearest=nearest(name, names))

    def citation(self, channel: Channel) -> Source:
        """The source that `channel` was transcribed from."""
        cited = (source for source in self.sources if source.key == channel.cites)
        return next(cited, self.sources[0])


def weight_of(source: RegisterSource) -> float:
    """The factor of `source` in its channel's sum; 1 for a source that stands alone."""
    return source.weight if isinstance(source, Term) else 1.0
