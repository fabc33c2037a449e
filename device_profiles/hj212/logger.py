"""What a data logger sends: records of factors and equipment, divided where they are too long.

The standard allows 950 bytes of CP and 1024 of the data segment. With the fields before it the
second is reached first, so a part takes what both leave.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from device_profiles.formats import Number
from device_profiles.hj212.content import DETAILS, MEASURED, DataFlag
from device_profiles.hj212.errors import require
from device_profiles.hj212.load import commands, factors
from device_profiles.hj212.packet import MOST_SEGMENT
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.hj212.segment_findings import MOST_CONTENT
from device_profiles.hj212.site import Site, command
from device_profiles.hj212.times import is_request_number, is_time, next_request_number

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,12}", re.ASCII)
_WIDEST_PARTS: Final = len(b"PNUM=9999;PNO=9999;")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRecord:
    """What a logger says of one factor.

    Attributes:
        code: of table B.2 or another.
        values: by sub-field (Rtd, Avg, ZsAvg, Cou ...), in the order they are sent: a text is
            sent as it is; a float with the decimals of the table, or all it has where the table
            has none.
        flag: the data flag; UNKNOWN sends none.
        details: EFlag, SampleTime, Info, SN.
    """

    code: str
    values: Mapping[str, str | Number]
    flag: DataFlag = DataFlag.NORMAL
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRecord:
    """What a logger says of one piece of treatment equipment.

    Attributes:
        number: the xxx of SBxxx.
        state: RS, 0 off, 1 running, 2 calibrating, 3 in maintenance, 4 alarm, 5 blowing back.
        run_time_h: RT, hours of the day, 0..24.
    """

    number: int
    state: int | None = None
    run_time_h: float | None = None


Record = FactorRecord | EquipmentRecord


def upload(
    site: Site,
    cn: str,
    qn: str,
    data_time: str,
    records: Sequence[Record],
    *,
    answer_wanted: bool = True,
) -> tuple[Segment, ...]:
    """The data segments of one upload, in order; several where one cannot hold the records.

    Args:
        site: the logger that sends.
        cn: 2011, 2021, 2031, 2041, 2051, 2061 or another upload.
        qn: of the first part; each further part has the next millisecond (C.49).
        data_time: the instant of sampling, or the START of the interval, local time.
        records: what is sent, in order.
        answer_wanted: whether each part asks for a 9014.

    Raises:
        ComposeError: the standard has no form for it.
    """
    known = commands().get(cn)
    require(known is not None and known.up == "upload", "CN", cn, "an upload of table 9")
    require(is_request_number(qn), "QN", qn, "YYYYMMDDhhmmsszzz")
    require(is_time(data_time), "DataTime", data_time, "YYYYMMDDhhmmss")
    stamp = f"DataTime={data_time}".encode()
    whole = command(site, cn, qn, answer_wanted=answer_wanted)
    contents = _divided(stamp, [item(record) for record in records], _room(whole))
    if len(contents) == 1:
        return (replace(whole, content=contents[0]),)
    return _parts(whole, contents)


def restart(site: Site, qn: str, data_time: str, restarted: str) -> Segment:
    """2081: when the logger was started (C.24)."""
    require(is_time(data_time), "DataTime", data_time, "YYYYMMDDhhmmss")
    require(is_time(restarted), "RestartTime", restarted, "YYYYMMDDhhmmss")
    content = f"DataTime={data_time};RestartTime={restarted}"
    return command(site, "2081", qn, content.encode())


def response(request: Segment, content: bytes) -> Segment:
    """What a site sends in answer to a request for a setting: its CN and QN, Flag=4 (C.2, C.5).

    Raises:
        ComposeError: the standard has no form for it.
    """
    answered = replace(request, flag=4, content=content, others=(), findings=())
    write_segment(answered)
    return answered


def _parts(whole: Segment, contents: Sequence[bytes]) -> tuple[Segment, ...]:
    parts, qn = [], whole.qn or ""
    for number, content in enumerate(contents, start=1):
        part = replace(
            whole,
            qn=qn,
            flag=(whole.flag or 0) | 2,
            pnum=len(contents),
            pno=number,
            content=content,
        )
        write_segment(part)
        parts.append(part)
        qn = next_request_number(qn)
    return tuple(parts)


def _room(whole: Segment) -> int:
    """How many bytes of content a part has room for."""
    return min(MOST_CONTENT, MOST_SEGMENT - len(write_segment(whole)) - _WIDEST_PARTS)


def _divided(stamp: bytes, items: Sequence[bytes], room: int) -> list[bytes]:
    """Contents within `room`, each with the time, items whole and in order."""
    contents = [stamp]
    for item in items:
        longer = contents[-1] + b";" + item
        if len(longer) <= room:
            contents[-1] = longer
            continue
        alone = stamp + b";" + item
        limit = f"{room} bytes"
        require(len(alone) <= room, "CP", f"an item of {len(item)} bytes", limit)
        contents.append(alone)
    return contents


def item(record: Record) -> bytes:
    """One item of CP: what it says of one factor or piece of equipment.

    Raises:
        ComposeError: the standard has no form for it.
    """
    if isinstance(record, EquipmentRecord):
        return _equipment_item(record)
    require(_CODE.fullmatch(record.code) is not None, "factor", record.code, "letters and digits")
    texts = {name: _number(record.code, name, value) for name, value in record.values.items()}
    details = {name: _detail(name, text) for name, text in record.details.items()}
    flag = {} if record.flag is DataFlag.UNKNOWN else {"Flag": record.flag.value}
    pairs = {**texts, **flag, **details}
    require(bool(pairs), "factor", f"{record.code} without values", "one value or flag at least")
    return ",".join(f"{record.code}-{name}={text}" for name, text in pairs.items()).encode()


def _equipment_item(record: EquipmentRecord) -> bytes:
    state, hours = record.state, record.run_time_h
    require(0 <= record.number <= 999, "SB", record.number, "0..999")
    require(state is None or 0 <= state <= 9, "SB-RS", state, "0..9")
    require(hours is None or 0 <= hours <= 24, "SB-RT", hours, "0..24 h")
    shown = {"RS": state, "RT": None if hours is None else round(hours, 2)}
    pairs = [f"SB{record.number}-{name}={text}" for name, text in shown.items() if text is not None]
    require(bool(pairs), "SB", f"SB{record.number} without state or run time", "one of them")
    return ",".join(pairs).encode()


def _number(code: str, name: str, value: str | Number) -> str:
    require(name in MEASURED, "sub-field", name, ", ".join(MEASURED))
    if isinstance(value, str):
        require(_NUMBER.fullmatch(value) is not None, f"{code}-{name}", value, "a number N a.b")
        return value
    require(math.isfinite(value), f"{code}-{name}", value, "a finite number")
    entry = factors().get(code)
    if isinstance(value, int):
        return str(value)
    if entry is None or entry.decimals is None or name == "Cou":
        return f"{Decimal(repr(value)):f}"
    return f"{value:.{entry.decimals}f}"


def _detail(name: str, text: str) -> str:
    require(name in DETAILS, "sub-field", name, ", ".join(DETAILS))
    divides = not (text.startswith("//") and text.endswith("//")) and any(c in text for c in ";,")
    require(not divides and "&" not in text, name, text, "no ; , & but ; and , between //")
    return text
