"""Everything that one frame says, as plain fields for people and machines."""

from device_profiles.formats import NotAvailable
from device_profiles.mbus.coded import Coded
from device_profiles.mbus.frame import Acknowledgement, LongFrame, ShortFrame, decode
from device_profiles.mbus.header import MEDIA, Header
from device_profiles.mbus.record import Record
from device_profiles.mbus.selection import SELECT, selection_of
from device_profiles.mbus.variable import telegram_of


def told(frame: bytes) -> dict[str, object]:
    """What `frame` says; all values can be written as JSON.

    Raises:
        WireError: it is no sound frame, or a response that cannot or must not be read.
    """
    read = decode(frame)
    if isinstance(read, Acknowledgement):
        return {"frame": "acknowledgement"}
    if isinstance(read, ShortFrame):
        return {"frame": "short", **_control(read), "frame_count_bit": read.frame_count_bit}
    return {"frame": "long" if read.data else "control", **_control(read), **_content(read)}


def _control(frame: ShortFrame | LongFrame) -> dict[str, object]:
    return {"control": frame.control, "kind": frame.kind, "address": frame.address}


def _content(frame: LongFrame) -> dict[str, object]:
    information = {"control_information": f"{frame.information:02X}"}
    if frame.kind == "RSP_UD":
        telegram = telegram_of(frame)
        return {
            **information,
            "header": _header(telegram.header),
            "records": [_record(record) for record in telegram.records],
            "manufacturer_data": telegram.manufacturer_data.hex().upper(),
            "more_follows": telegram.more_follows,
        }
    selected = selection_of(frame.data) if frame.information == SELECT else None
    if selected is None:
        return {**information, "data": frame.data.hex().upper()}
    fields = ("identification", "manufacturer", "version", "medium")
    return {**information, "selects": {name: getattr(selected, name) for name in fields}}


def _header(header: Header) -> dict[str, object]:
    return {
        "identification": header.identification,
        "manufacturer": header.manufacturer,
        "version": header.version,
        "medium": header.medium,
        "medium_name": MEDIA.get(header.medium, f"{header.medium:02X}"),
        "access": header.access,
        "status": header.status,
        "status_words": list(header.status_words),
        "signature": header.signature,
    }


def _record(record: Record) -> dict[str, object]:
    return {
        "raw": record.raw.hex().upper(),
        "head": record.head.hex().upper(),
        "function": record.which.function,
        "storage": record.which.storage,
        "tariff": record.which.tariff,
        "subunit": record.which.subunit,
        "quantity": record.what.quantity,
        "unit": record.what.unit,
        "exponent": record.what.exponent,
        "modifiers": list(record.what.modifiers),
        "record_error": record.what.record_error,
        "grade": record.what.grade,
        "coded": _plain(record.coded),
        "value": _plain(record.value),
    }


def _plain(value: Coded) -> object:
    """Integers stay exact; bytes are told in hex, and what is not available by its reason."""
    if isinstance(value, bytes):
        return value.hex().upper()
    return {"not_available": value.reason} if isinstance(value, NotAvailable) else value
