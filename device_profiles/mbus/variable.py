"""Telegrams of the variable data structure, both ways (EN 13757-3, CI 72, low byte first).

A device with more values than one telegram holds ends it with DIF 1F. What `ask.read` returns
is therefore whole frames, one after another: each carries its own length and checksum, so
`telegrams` reads all of them again from the bytes alone, and a stranger can check them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from device_profiles.mbus.frame import LongFrame, decode
from device_profiles.mbus.header import HEADER_BYTES, Header, decode_header, encode_header
from device_profiles.mbus.record import Record, read_record
from device_profiles.wire_errors import (
    WireForeignError,
    WireFormError,
    WireLengthError,
    WireRefusedError,
    WireValueError,
)

VARIABLE_DATA: Final = 0x72
_ERROR: Final = 0x70
_OWN, _OWN_AND_MORE, _FILLER, _SPECIAL = 0x0F, 0x1F, 0x2F, 0x0F
_ENCRYPTED: Final = frozenset({5, 7})
_REFUSALS: Final = {
    0x00: ("unspecified error", "未说明的错误"),
    0x01: ("the control information is not implemented", "未实现该控制信息"),
    0x02: ("the buffer is too long", "缓冲区过长"),
    0x03: ("too many records", "记录过多"),
    0x04: ("a record ends too early", "记录提前结束"),
    0x05: ("more than ten DIFE", "DIFE 超过十个"),
    0x06: ("more than ten VIFE", "VIFE 超过十个"),
    0x08: ("the application is busy", "应用程序忙"),
    0x09: ("too many readouts", "读取次数过多"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """One answer of a device.

    Attributes:
        header: who answers, and how it is.
        records: in the order in which they came; fillers are left out.
        manufacturer_data: what follows the records, for the manufacturer only.
        more_follows: True where the next telegram goes on.
    """

    header: Header
    records: tuple[Record, ...]
    manufacturer_data: bytes = b""
    more_follows: bool = False


def telegram_of(frame: LongFrame) -> Telegram:
    """The telegram in a frame.

    Raises:
        WireRefusedError: the device reports an error instead.
        WireForeignError: another structure than CI 72.
        WireValueError: the telegram is encrypted.
        WireLengthError: header, record or value ends too early.
        WireFormError: a special DIF or a variable length that nobody knows.
    """
    if frame.information == _ERROR:
        raise _refused(frame)
    if frame.information != VARIABLE_DATA:
        what, what_zh = "the CI field", "控制信息字段"
        found, expected = f"{frame.information:02X}", f"{VARIABLE_DATA:02X}"
        raise WireForeignError(
            "m-bus telegram",
            raw=frame.data,
            what=what,
            what_zh=what_zh,
            found=found,
            expected=expected,
        )
    header = decode_header(frame.data)
    _readable(header, frame.data)
    return _with_records(header, frame.data)


def user_data(telegram: Telegram) -> bytes:
    """The data of a frame with CI 72 that carries `telegram`.

    Raises:
        FitError: identification or manufacturer do not fit.
    """
    records = b"".join(record.raw for record in telegram.records)
    tail = b""
    if telegram.more_follows or telegram.manufacturer_data:
        kind = _OWN_AND_MORE if telegram.more_follows else _OWN
        tail = bytes((kind,)) + telegram.manufacturer_data
    return encode_header(telegram.header) + records + tail


def telegrams(answer: bytes) -> Iterator[Telegram]:
    """The telegrams of the frames that `answer` consists of, as `ask.read` returns them.

    Raises:
        WireError: a frame or a telegram is not sound; see `frame.decode`, `telegram_of`.
    """
    if not answer:
        raise WireLengthError("m-bus answer", raw=answer, found=0, limit=">= 1 frame")
    at = 0
    while at < len(answer):
        size = answer[at + 1] + 6 if at + 1 < len(answer) else 9
        frame = decode(answer[at : at + size])
        if not isinstance(frame, LongFrame):
            what, what_zh = "no frame with data", "不是带数据的帧"
            raise WireFormError("m-bus answer", raw=answer, what=what, what_zh=what_zh, limit="68")
        yield telegram_of(frame)
        at += size


def _with_records(header: Header, raw: bytes) -> Telegram:
    records: list[Record] = []
    at = HEADER_BYTES
    while at < len(raw):
        dif = raw[at]
        if dif in {_OWN, _OWN_AND_MORE}:
            more = dif == _OWN_AND_MORE
            own = raw[at + 1 :]
            return Telegram(
                header=header, records=tuple(records), manufacturer_data=own, more_follows=more
            )
        if dif == _FILLER:
            at += 1
            continue
        _no_other_special(dif, raw)
        record, at = read_record(raw, at)
        records.append(record)
    return Telegram(header=header, records=tuple(records))


def _no_other_special(dif: int, raw: bytes) -> None:
    if dif & _SPECIAL == _SPECIAL:
        what, what_zh = f"special DIF {dif:02X} is unknown", f"未知的特殊 DIF {dif:02X}"
        limit = "0F 1F 2F"
        raise WireFormError("m-bus telegram", raw=raw, what=what, what_zh=what_zh, limit=limit)


def _readable(header: Header, raw: bytes) -> None:
    """Refuses what is encrypted: read as it is, it would give values that nobody measured."""
    mode = header.signature >> 8 & 0x1F
    if mode in _ENCRYPTED:
        what, what_zh = f"the data are encrypted (mode {mode})", f"数据已加密（模式 {mode}）"
        raise WireValueError("m-bus telegram", raw=raw, what=what, what_zh=what_zh, limit="0")


def _refused(frame: LongFrame) -> WireRefusedError:
    code = frame.data[0] if frame.data else 0
    plain = (f"error {code:02X}", f"错误 {code:02X}")
    what, what_zh = _REFUSALS.get(code, plain)
    return WireRefusedError("m-bus telegram", raw=frame.data, what=what, what_zh=what_zh)
