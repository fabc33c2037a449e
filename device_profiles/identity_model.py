"""How a device says which one it is and how it is set (data)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.scalars import Name, Text
from device_profiles.word_source import SettingSource, StatusSource, TextSource

Subject = Literal["maker", "model", "serial", "probe_serial", "revision", "marker"]
"""What is identified; a marker is a constant that only this kind of map has."""


class IdentityField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing the device says about who it is. One of object_id, text and number says where.

    Args:
        what: maker, model, serial (of the transmitter), probe_serial (of the probe behind it,
            which can be exchanged alone), revision or marker.
        object_id: id of a device identification object (function 43/14), 0 to 255.
        text: registers that hold text.
        number: registers that hold a whole number.
        expects: beginnings of the text, one of which a device of this profile has.
        equals: numbers, one of which a device of this profile has.
        cites: key of the source; None: the profile's first.
        note: what a reader should know.
    """

    what: Subject
    object_id: Annotated[int, Meta(ge=0, le=255)] | None = None
    text: TextSource | None = None
    number: StatusSource | None = None
    expects: Annotated[tuple[Text, ...], Meta(max_length=32)] = ()
    equals: Annotated[tuple[int, ...], Meta(max_length=32)] = ()
    cites: Name | None = None
    note: Text | None = None


class Readback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A setting that the device shows in its registers and that the readings depend on.

    The setting is (number · `scale`), or number over number where `over` is given.

    Args:
        name: unique among the profile's settings.
        number: where it lies.
        over: what it is divided by, such as a secondary rating.
        scale: not 0.
        parameter: the parameter whose site value it must equal. Either this or `equals`.
        equals: what it must equal for the channels to mean what the profile says.
        cites: key of the source; None: the profile's first.
        note: what a reader should know.
    """

    name: Name
    number: SettingSource
    over: SettingSource | None = None
    scale: float = 1.0
    parameter: Name | None = None
    equals: Annotated[tuple[float, ...], Meta(max_length=32)] = ()
    cites: Name | None = None
    note: Text | None = None


class Accuracy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a document says about the device's accuracy; words, never a number to compute with.

    Args:
        statement: class or permissible error as the document states it.
        standard: the standard it names.
        channels: of which channels; none named: of all.
        cites: key of the source; None: the profile's first.
    """

    statement: Text
    standard: Text | None = None
    channels: Annotated[tuple[Name, ...], Meta(max_length=1000)] = ()
    cites: Name | None = None


IdentityFields = Annotated[tuple[IdentityField, ...], Meta(max_length=16)]
Readbacks = Annotated[tuple[Readback, ...], Meta(max_length=64)]
Accuracies = Annotated[tuple[Accuracy, ...], Meta(max_length=16)]
