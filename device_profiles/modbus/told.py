"""What one Modbus frame says, as plain names and numbers, for people and for `--json`.

A frame does not say whether it is a request or an answer. Where it can be both, both are told.
"""

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from device_profiles.formats import FormatName, Number
from device_profiles.guesses import Guess, guesses
from device_profiles.modbus import ascii as colon
from device_profiles.modbus import rtu, tcp
from device_profiles.modbus.errors import EXCEPTION_NAMES
from device_profiles.modbus.identification import (
    OBJECT_NAMES,
    IdentificationAnswer,
    IdentificationRequest,
    ServerIdAnswer,
    ServerIdRequest,
    text_of,
)
from device_profiles.modbus.pdu import (
    EXCEPTION_FLAG,
    READ_LIMITS,
    Adu,
    Answer,
    ExceptionAnswer,
    Opaque,
    ReadAnswer,
    Request,
    answer_of,
    request_of,
    unpacked,
)
from device_profiles.plan import ReadRequest
from device_profiles.wire_errors import WireError

_FUNCTIONS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        1: ("read coils", "读线圈"),
        2: ("read discrete inputs", "读离散输入"),
        3: ("read holding registers", "读保持寄存器"),
        4: ("read input registers", "读输入寄存器"),
        5: ("write single coil", "写单个线圈"),
        6: ("write single register", "写单个寄存器"),
        8: ("diagnostics", "诊断"),
        15: ("write multiple coils", "写多个线圈"),
        16: ("write multiple registers", "写多个寄存器"),
        17: ("report server id", "报告服务器标识"),
        22: ("mask write register", "屏蔽写寄存器"),
        23: ("read and write registers", "读写多个寄存器"),
        43: ("encapsulated interface", "封装接口传输"),
    }
)
_NAMELESS = ("-", "-")
_PAIRS: Final[tuple[FormatName, ...]] = ("float32", "uint32")

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unit": "站号",
        "function": "功能码",
        "meaning": "含义",
        "transaction": "事务标识",
        "readings": "解读",
        "as": "类别",
        "request": "请求",
        "answer": "应答",
        "exception": "异常应答",
        "request or answer": "请求或应答",
        "address": "地址",
        "count": "数量",
        "code": "代码",
        "data": "数据",
        "bits": "位",
        "registers": "寄存器",
        "register": "寄存器",
        "hex": "十六进制",
        "pairs": "双寄存器",
        "format": "格式",
        "plausible": "合理",
        "category": "类别码",
        "first_object": "首个对象",
        "conformity": "一致性级别",
        "next_object": "下一对象",
        "objects": "对象",
        "id": "编号",
        "name": "名称",
        "text": "文本",
        **dict(_FUNCTIONS.values()),
        **dict(EXCEPTION_NAMES.values()),
        **dict(OBJECT_NAMES.values()),
    }
)
"""Names and phrases of `told` in Chinese."""


def told_rtu(frame: bytes) -> dict[str, object]:
    """What an RTU frame says.

    Raises:
        WireError: It is none.
    """
    return _told(rtu.unframe(frame, "modbus-rtu"), "modbus-rtu")


def told_ascii(frame: bytes) -> dict[str, object]:
    """What an ASCII frame says, from colon to LF.

    Raises:
        WireError: It is none.
    """
    return _told(colon.unframe(frame, "modbus-ascii"), "modbus-ascii")


def told_tcp(frame: bytes) -> dict[str, object]:
    """What a TCP frame or a UDP datagram says.

    Raises:
        WireError: It is none.
    """
    return _told(tcp.unframe(frame, "modbus-tcp"), "modbus-tcp")


def _told(adu: Adu, where: str) -> dict[str, object]:
    transaction = {} if adu.transaction is None else {"transaction": adu.transaction}
    function = adu.pdu[0] & ~EXCEPTION_FLAG
    return {
        **transaction,
        "unit": adu.unit,
        "function": function,
        "meaning": _FUNCTIONS.get(function, _NAMELESS)[0],
        "readings": _readings(adu.pdu, where),
    }


def _readings(pdu: bytes, where: str) -> list[dict[str, object]]:
    """The PDU as a request, as an answer, or as both; as neither only if it is carried."""
    request: Request | WireError
    answer: Answer | WireError
    try:
        request = request_of(pdu, where)
    except WireError as wrong:
        request = wrong
    try:
        answer = answer_of(pdu, where)
    except WireError as wrong:
        answer = wrong
    if isinstance(request, WireError) and isinstance(answer, WireError):
        raise request if pdu[0] in READ_LIMITS and len(pdu) == 5 else answer
    told = []
    if not isinstance(request, WireError | Opaque):
        told.append(_request(request))
    if not isinstance(answer, WireError | Opaque):
        told.append(_answer(answer))
    return told or [{"as": "request or answer", "data": _hex(pdu[1:])}]


def _request(request: Request) -> dict[str, object]:
    told: dict[str, object] = {"as": "request"}
    match request:
        case ReadRequest():
            return told | {"address": request.address, "count": request.count}
        case IdentificationRequest():
            return told | {"category": request.code, "first_object": request.first_object}
        case ServerIdRequest():
            return told
        case Opaque():
            return told | {"data": _hex(request.data)}


def _answer(answer: Answer) -> dict[str, object]:
    told: dict[str, object] = {"as": "answer"}
    match answer:
        case ExceptionAnswer():
            return _exception(answer)
        case ReadAnswer() if answer.function < 3:
            return told | {"bits": list(unpacked(1, 8 * len(answer.data), answer.data))}
        case ReadAnswer():
            return told | _registers(answer.data)
        case IdentificationAnswer():
            return told | _identification(answer)
        case ServerIdAnswer():
            return told | {"data": _hex(answer.data), "text": text_of(answer.data)}
        case Opaque():
            return told | {"data": _hex(answer.data)}


def _exception(answer: ExceptionAnswer) -> dict[str, object]:
    meaning = EXCEPTION_NAMES.get(answer.exception_code, _NAMELESS)[0]
    return {"as": "exception", "code": answer.exception_code, "meaning": meaning}


def _identification(answer: IdentificationAnswer) -> dict[str, object]:
    objects = [
        {
            "id": number,
            "name": OBJECT_NAMES.get(number, _NAMELESS)[0],
            "text": text_of(content),
            "hex": _hex(content),
        }
        for number, content in answer.objects
    ]
    return {
        "category": answer.code,
        "conformity": answer.conformity,
        "next_object": answer.next_object,
        "objects": objects,
    }


def _registers(data: bytes) -> dict[str, object]:
    words = unpacked(3, len(data) // 2, data)
    singles = [
        {
            "register": place,
            "hex": f"{word:04X}",
            "uint16": word,
            "int16": word - 0x10000 if word & 0x8000 else word,
        }
        for place, word in enumerate(words)
    ]
    found = list(guesses(words, _PAIRS))
    pairs = [_pair(found[place : place + 4]) for place in range(0, len(found), 4)]
    return {"registers": singles, **({"pairs": pairs} if pairs else {})}


def _pair(orders: Sequence[Guess]) -> dict[str, object]:
    """Two registers in one format: the number in each order, and which of them are plausible."""
    first = orders[0]
    return {
        "registers": f"{first.register}-{first.register + 1}",
        "format": first.format,
        **{guess.order: _shown(guess) for guess in orders},
        "plausible": [guess.order for guess in orders if guess.plausible],
    }


def _shown(guess: Guess) -> Number | None:
    """The number, of a float32 the shortest that is the same one; None where there is none."""
    if not isinstance(guess.number, float):
        return guess.number if isinstance(guess.number, int) else None
    bits = struct.pack(">f", guess.number)
    shorter = (float(f"{guess.number:.{digits}g}") for digits in range(6, 9))
    return next((each for each in shorter if _packs_as(each, bits)), float(f"{guess.number:.9g}"))


def _packs_as(number: float, bits: bytes) -> bool:
    """Whether the nearest float32 has these bits; rounding up may leave the format's range."""
    try:
        return struct.pack(">f", number) == bits
    except OverflowError:
        return False


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()
