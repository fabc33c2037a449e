"""What a CJ/T 188 meter says in which fields: data, see `device_profiles.model` for the rest."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.cjt188.layout import Field, Layout
from device_profiles.cjt188.layouts import LAYOUTS
from device_profiles.cjt188.units import METER_UNITS
from device_profiles.errors import LimitError, ProfileError, SourceError
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.phrase import Words
from device_profiles.scalars import Name


class FieldSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The field of the payload that carries the number.

    Args:
        field: its name in the layout.
        unit_code: code of the unit that the meter sends, 0 to 255; None where the field has
            none. A reading under another code is no value: it would be off by powers of ten.
    """

    field: Name
    unit_code: Annotated[int, Meta(ge=0, le=255)] | None = None


class FieldChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that a field carries."""

    source: FieldSource


class Cjt188Traits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the meter is spoken to, and what its payload is made of.

    Args:
        type: T, e.g. 0x10 for cold water, 0x20 for heat.
        di: data identifier of the metering data, in the order in which it is sent.
        layout: a shipped layout of its payload.
        fields: the meter's own layout, where no shipped one fits.
    """

    type: Annotated[int, Meta(ge=0, le=255)]
    di: Literal["1F90", "901F"] = "1F90"
    layout: Literal["volume_then_unit", "heat_then_unit", "unit_then_heat"] | None = None
    fields: Annotated[tuple[Field, ...], Meta(max_length=64)] = ()


class Cjt188Profile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of CJ/T 188 meter."""

    protocol: Literal["cjt188"]
    cjt188: Cjt188Traits
    channels: Annotated[tuple[FieldChannel, ...], Meta(min_length=1, max_length=1000)]

    @property
    def layout(self) -> Layout:
        """The fields of the meter's payload."""
        if self.cjt188.fields:
            own = f"{self.id}, {self.sources[0].document}"
            return Layout(types=(self.cjt188.type,), fields=self.cjt188.fields, source=own)
        return LAYOUTS[self.cjt188.layout or "volume_then_unit"]

    def channel(self, name: str) -> FieldChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def field_findings(profile: Cjt188Profile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's fields, file `where`."""
    traits, fields = profile.cjt188, {field.name: field for field in profile.layout.fields}
    if bool(traits.fields) == (traits.layout is not None):
        what, what_zh = "one layout, shipped or own", "布局须为内置或自定义之一"
        yield SourceError(
            where,
            key="cjt188.layout",
            limit=Words("layout or fields", "layout 或 fields"),
            what=what,
            what_zh=what_zh,
        )
    for name, times in Counter(field.name for field in profile.layout.fields).items():
        if times > 1:
            yield LimitError(
                where,
                key=f"cjt188.fields[{name}].name",
                found=name,
                limit=Words("unique", "不重复"),
            )
    for channel in profile.channels:
        place = f"channels[{channel.name}].source"
        field = fields.get(channel.source.field)
        if field is None or field.form != "number":
            limit = ", ".join(each.name for each in fields.values() if each.form == "number")
            yield LimitError(where, key=f"{place}.field", found=channel.source.field, limit=limit)
        else:
            yield from _unit_findings(field, channel, where, place)


def _unit_findings(
    field: Field, channel: FieldChannel, where: str, place: str
) -> Iterator[ProfileError]:
    """The unit's code must be of the field's quantity, and say the unit of the channel."""
    code = channel.source.unit_code
    if field.unit_byte == "none":
        if code is not None:
            yield LimitError(
                where, key=f"{place}.unit_code", found=code, limit=Words("left out", "不填写")
            )
        return
    unit = METER_UNITS.get(-1 if code is None else code)
    if unit is None or unit.quantity != field.quantity:
        limit = ", ".join(
            f"0x{each:02X}"
            for each, known in METER_UNITS.items()
            if known.quantity == field.quantity
        )
        yield LimitError(where, key=f"{place}.unit_code", found=code, limit=limit)
