"""Everything that one message says, as plain fields for people and machines."""

from device_profiles.iec62056.frame import (
    SPEEDS_BIT_S,
    Acknowledged,
    Block,
    Command,
    Identification,
    Option,
    SignOn,
    decode,
)
from device_profiles.iec62056.readout import DataSet, ValueGroup, data_sets


def told(frame: bytes) -> dict[str, object]:
    """What `frame` says; all values can be written as JSON.

    Raises:
        WireError: it is no sound message, or its data are no data lines.
    """
    match decode(frame):
        case Command() as message:
            return {"message": "command", "code": message.code, "data_sets": _sets(message.data)}
        case Block() as message:
            return {"message": "block", "data_sets": _sets(message.data)}
        case SignOn() | Identification() | Option() as message:
            return _unchecked(message)
        case Acknowledged():
            return {"message": "acknowledged"}
    return {"message": "repeat"}


def _unchecked(message: SignOn | Identification | Option) -> dict[str, object]:
    match message:
        case SignOn():
            return {"message": "sign-on", "address": message.address}
        case Identification():
            return _identification(message)
    return _option(message)


def _identification(message: Identification) -> dict[str, object]:
    return {
        "message": "identification",
        "manufacturer": message.manufacturer,
        "baud": message.baud,
        "speed_bit_s": SPEEDS_BIT_S.get(message.baud, 0),
        "text": message.text,
        "offers_mode_e": message.offers_mode_e,
    }


def _option(message: Option) -> dict[str, object]:
    return {
        "message": "option",
        "protocol": message.protocol,
        "baud": message.baud,
        "speed_bit_s": SPEEDS_BIT_S.get(message.baud, 0),
        "mode": message.mode,
    }


def _sets(data: bytes) -> list[dict[str, object]]:
    return [_set(each) for each in data_sets(data)]


def _set(each: DataSet) -> dict[str, object]:
    code = each.code
    parts: dict[str, object] = {}
    if code is not None:
        parts = {
            "medium": code.medium,
            "channel": code.channel,
            "measured": code.measured,
            "period": code.period,
            "by_hand": code.by_hand,
        }
    groups = [_group(group) for group in each.groups]
    raw = each.raw.decode("ascii")
    return {"raw": raw, "identifier": each.identifier, "code": parts, "groups": groups}


def _group(group: ValueGroup) -> dict[str, object]:
    if isinstance(group.exact, str):
        return {"value": group.value, "unit": group.unit}
    exact = group.exact
    return {
        "value": group.value,
        "unit": group.unit,
        "significand": exact.significand,
        "exponent": exact.exponent,
        "number": exact.number,
    }
