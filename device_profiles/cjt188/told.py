"""What one CJ/T 188 frame says, as plain data for people and machines (pure)."""

from typing import Final

from device_profiles.cjt188.frame import FUNCTIONS, READ, SHAPE, TYPES, Frame, decode
from device_profiles.cjt188.layout import Reading, read_layout
from device_profiles.cjt188.layouts import LAYOUTS, fitting_layouts
from device_profiles.cjt188.units import METER_UNITS
from device_profiles.formats import NotAvailable
from device_profiles.wire_errors import WireLengthError

_HEAD: Final = 3
_METERING_DATA: Final = frozenset({0x1F, 0x90})


def told(frame: bytes) -> dict[str, object]:
    """Everything that one whole frame says, in values that JSON has.

    Keys: protocol, kind (request, reply, error), meter_type (code and meaning), address, control,
    function, data in hex; of requests and normal replies also di (as it travelled) and sequence;
    of replies with metering data layout and values: one entry a field with name, value, unit,
    unit_code, unit_status and unconfirmed, or value None and not_available. Where no shipped
    layout fits, or more than one, layout is None and payload stands in hex.

    Raises:
        WireError: no sound frame, a reply too short for DI and SER, or a number without digits.
    """
    found = decode(frame)
    return {
        "protocol": "cjt188",
        "kind": _kind(found),
        "meter_type": _type(found.meter_type),
        "address": found.address,
        "control": f"{found.control:02X}",
        "function": FUNCTIONS.get(found.function, "unknown"),
        "data": found.data.hex(" ").upper(),
        **_content(found),
    }


def _type(code: int) -> dict[str, object]:
    meaning, meaning_zh = TYPES.get(code, ("unknown", "未知"))
    return {"code": f"{code:02X}", "meaning": meaning, "meaning_zh": meaning_zh}


def _kind(frame: Frame) -> str:
    if not frame.is_from_meter:
        return "request"
    return "error" if frame.is_abnormal else "reply"


def _content(frame: Frame) -> dict[str, object]:
    if frame.is_abnormal or frame.function not in FUNCTIONS:
        return {}
    head, payload = frame.data[:_HEAD], frame.data[_HEAD:]
    if len(head) < _HEAD:
        limit = f"at least {_HEAD} bytes of data"
        raise WireLengthError(SHAPE.protocol, raw=frame.data, found=len(head), limit=limit)
    said: dict[str, object] = {"di": head[:2].hex(" ").upper(), "sequence": head[2]}
    if frame.is_from_meter and frame.function == READ and set(head[:2]) == _METERING_DATA:
        said.update(_values(frame.meter_type, payload))
    return said


def _values(meter_type: int, payload: bytes) -> dict[str, object]:
    names = fitting_layouts(meter_type, payload)
    if len(names) != 1:
        return {"layout": None, "fitting": list(names), "payload": payload.hex(" ").upper()}
    readings = read_layout(LAYOUTS[names[0]], payload)
    return {"layout": names[0], "values": [_value(reading) for reading in readings]}


def _value(reading: Reading) -> dict[str, object]:
    about: dict[str, object] = {"name": reading.field.name}
    if reading.unit_code is not None:
        about["unit_code"] = f"{reading.unit_code:02X}"
        about["unit_status"] = METER_UNITS[reading.unit_code].status
    if reading.unit is not None:
        about["unit"] = reading.unit
    if reading.field.unconfirmed:
        about["unconfirmed"] = reading.field.unconfirmed
    if isinstance(reading.value, NotAvailable):
        return {**about, "value": None, "not_available": reading.value.reason}
    return {**about, "value": reading.value}
