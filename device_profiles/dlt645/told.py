"""What one DL/T 645 frame says, as plain data for people and machines (pure)."""

from typing import Final

from device_profiles.dlt645.ask import address_in
from device_profiles.dlt645.edition import FUNCTIONS, READ_ADDRESS, Edition, refusals
from device_profiles.dlt645.frame import SHAPE, Frame, decode
from device_profiles.dlt645.item import Part, read_value
from device_profiles.dlt645.items import Item, item_of
from device_profiles.formats import NotAvailable
from device_profiles.wire_errors import WireLengthError

_ADDRESS_BYTES: Final = 6


def told(frame: bytes) -> dict[str, object]:
    """Everything that one whole frame says, in values that JSON has.

    Keys: protocol, edition (None: not told by the function), kind (request, reply, error),
    address, control, function, more_follow, data (as it travelled) and plain (33h taken off), in
    hex; of reads also di, item (meaning, grade, note; None: not in the table), sequence, and
    values: one entry a value with name, unit and value, or value None and not_available.
    Of an abnormal reply: errors, one entry a set bit.

    The values of a follow-on frame are not told: where its first one begins depends on the
    frames before it.

    Raises:
        WireError: no sound frame, or a known item that is not coded as its format says.
    """
    found = decode(frame)
    name, edition = FUNCTIONS.get(found.function, ("unknown", None))
    return {
        "protocol": "dlt645",
        "edition": edition.name if edition else None,
        "kind": _kind(found),
        "address": found.address,
        "control": f"{found.control:02X}",
        "function": name,
        "more_follow": found.more_follow,
        "data": found.data.hex(" ").upper(),
        "plain": found.plain.hex(" ").upper(),
        **_content(found, edition),
    }


def _kind(frame: Frame) -> str:
    if not frame.is_from_meter:
        return "request"
    return "error" if frame.is_abnormal else "reply"


def _content(frame: Frame, edition: Edition | None) -> dict[str, object]:
    if _kind(frame) == "error":
        return {"errors": _errors(frame, edition)}
    if edition and frame.function == edition.read:
        return _read(frame, edition)
    if edition and frame.function == edition.follow_on:
        return _follow_on(frame, edition)
    if frame.function == READ_ADDRESS and frame.is_from_meter:
        _need(frame, _ADDRESS_BYTES, _ADDRESS_BYTES)
        return {"told_address": address_in(frame.data)}
    return {}


def _errors(frame: Frame, edition: Edition | None) -> list[dict[str, object]]:
    _need(frame, 1, 1)
    return [
        {"bit": bit, "meaning": meaning, "meaning_zh": meaning_zh}
        for bit, meaning, meaning_zh in refusals(edition, frame.plain[0])
    ]


def _need(frame: Frame, least: int, most: int) -> None:
    if not least <= len(frame.data) <= most:
        found, limit = len(frame.data), f"{least}..{most} bytes of data"
        raise WireLengthError(SHAPE.protocol, raw=frame.data, found=found, limit=limit)


def _identified(frame: Frame, edition: Edition) -> tuple[int, Item | None, dict[str, object]]:
    _need(frame, edition.di_bytes, 255)
    di = int.from_bytes(frame.plain[: edition.di_bytes], "little")
    item = item_of(di, edition)
    about = (
        {
            "meaning": item.meaning,
            "meaning_zh": item.meaning_zh,
            "grade": item.grade,
            "note": item.note,
        }
        if item
        else None
    )
    return di, item, {"di": edition.di_text(di), "item": about}


def _read(frame: Frame, edition: Edition) -> dict[str, object]:
    _, item, identified = _identified(frame, edition)
    if not frame.is_from_meter or item is None:
        return identified
    plain = frame.plain[edition.di_bytes :]
    if frame.more_follow:  # the last element of this frame may be a piece of one
        plain = plain[: len(plain) - len(plain) % item.length]
    if frame.more_follow and not (plain and item.labels):
        return identified
    return {**identified, "values": _values(item, plain)}


def _follow_on(frame: Frame, edition: Edition) -> dict[str, object]:
    _need(frame, edition.di_bytes + 1, 255)
    _, _, identified = _identified(frame, edition)
    return {**identified, "sequence": frame.plain[-1]}


def _values(item: Item, plain: bytes) -> list[dict[str, object]]:
    labels = item.labels or ("",)
    count, rest = divmod(len(plain), item.length)
    if rest or not 1 <= count <= len(labels):
        limit = f"{item.length} bytes" + (f" times 1..{len(labels)}" if item.labels else "")
        raise WireLengthError(SHAPE.protocol, raw=plain, found=len(plain), limit=limit)
    told_values = []
    for label in labels[:count]:
        for part in item.parts:
            told_values.append(_value(label, part, plain[: part.length]))
            plain = plain[part.length :]
    return told_values


def _value(label: str, part: Part, plain: bytes) -> dict[str, object]:
    value = read_value(part, plain)
    name = " ".join(word for word in (label, part.name) if word)
    about: dict[str, object] = {"name": name} if name else {}
    if part.form == "number":
        about["unit"] = part.unit
    if isinstance(value, NotAvailable):
        return {**about, "value": None, "not_available": value.reason}
    if part.form == "bits":
        about["bits"] = [bit for bit in range(8 * part.length) if int(value) >> bit & 1]
    return {**about, "value": value}
