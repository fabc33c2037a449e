"""What went over a line, as whoever asked saw it: one JSON line for each piece of it (pure).

    {"schema":1,"at":"2026-03-31T08:00:00.1Z","line":"/dev/ttyUSB0","device":"meter-1",
     "protocol":"dlt645","direction":"sent","bytes":"68 AA AA AA AA AA AA 68 13 00 DF 16"}

Pieces are as the line gave them: one frame can come in several, and noise is there too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from device_profiles.conversation import FrameCut
from device_profiles.errors import ProfileError
from device_profiles.phrase import Words

MOST_BYTES: Final = 256 * 1024 * 1024
"""The largest capture that is read."""
_HEX: Final = r"^([0-9A-F]{2}( [0-9A-F]{2})*)?$"
_LEAST_QUESTION: Final = 8
"""Bytes of the shortest question of Modbus on a line whose answer's length it tells."""
_Short = Annotated[str, Meta(max_length=400)]


class TrafficError(ProfileError):
    """A line of a capture is none."""

    code = "E_TRAFFIC"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "give the file as `--capture` wrote it"
    remedy_zh = "请使用 `--capture` 写出的原始文件"


class Passage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes that went over a line in one direction.

    Attributes:
        schema: Version of this form.
        at: When whoever asked had handed them over, or had them; UTC, RFC 3339.
        line: Host and port, or path.
        device: Whom they concern.
        protocol: A name of `device_profiles.decode.PROTOCOLS`.
        direction: As whoever asks sees it.
        bytes: In hex, capital, in pairs.
    """

    schema: Literal[1] = 1
    at: _Short
    line: _Short
    device: _Short = ""
    protocol: _Short
    direction: Literal["sent", "received"]
    bytes: Annotated[str, Meta(pattern=_HEX, max_length=400_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom bytes on a line concern.

    Attributes:
        line, device, protocol: As of `Passage`.
    """

    line: str
    device: str
    protocol: str


Tap: TypeAlias = Callable[[About, Literal["sent", "received"], bytes], None]
"""Is told every piece that goes over a line, as it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and all that came before the next one on the same line.

    Attributes:
        at: When it was sent.
        about: Whom it concerned.
        asked: Empty for what came before the first question.
        answered: Empty where nothing came.
    """

    at: str
    about: About
    asked: bytes
    answered: bytes


def read_passages(content: bytes, where: str) -> tuple[Passage, ...]:
    """The pieces in a capture, in their order; blank lines are left out.

    Raises:
        TrafficError: A line is not of this form; it is named by its number.
    """
    if len(content) > MOST_BYTES:
        what, what_zh = "the file is too large", "文件过大"
        raise TrafficError(where, what=what, what_zh=what_zh, limit=f"{MOST_BYTES} bytes")
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            found.append(_passage(line, f"{where}:{number}"))
    return tuple(found)


def exchanges(passages: Iterable[Passage]) -> dict[str, list[Exchange]]:
    """The questions with their answers, by line, in their order."""
    found: dict[str, list[Exchange]] = {}
    for passage in passages:
        turns = found.setdefault(passage.line, [])
        piece = bytes.fromhex(passage.bytes)
        if passage.direction == "sent":
            turns.append(_turn(passage, piece, b""))
        elif turns:
            last = turns[-1]
            turns[-1] = Exchange(
                at=last.at, about=last.about, asked=last.asked, answered=last.answered + piece
            )
        else:
            turns.append(_turn(passage, b"", piece))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cutter:
    """Where the cut of a protocol's answers is.

    Attributes:
        module, name: Of the cut; of what makes it from a question where `framing` is given.
        framing: Module that says whether a question is sound.
    """

    module: str
    name: str
    framing: str = ""


_CUTTERS: Final[Mapping[str, _Cutter]] = MappingProxyType(
    {
        "modbus-tcp": _Cutter(module="device_profiles.modbus.tcp", name="cut"),
        "modbus-rtu": _Cutter(
            module="device_profiles.modbus.cuts",
            name="rtu_answer_cut",
            framing="device_profiles.modbus.rtu",
        ),
        "modbus-ascii": _Cutter(
            module="device_profiles.modbus.cuts",
            name="ascii_answer_cut",
            framing="device_profiles.modbus.ascii",
        ),
        "dlt645": _Cutter(module="device_profiles.dlt645.frame", name="cut_reply"),
        "cjt188": _Cutter(module="device_profiles.cjt188.frame", name="cut_reply"),
        "iec62056-21": _Cutter(module="device_profiles.iec62056.cut", name="cut"),
        "mbus": _Cutter(module="device_profiles.mbus.frame", name="cut"),
    }
)


def frames(exchange: Exchange) -> Iterator[bytes]:
    """The frames in what answered a question; what is left over stands last.

    Of a protocol whose cut is not known here, all that came is one.
    """
    rest, cut = exchange.answered, _cut(exchange)
    while rest and cut is not None and (whole := cut(rest)) is not None:
        yield whole.frame
        rest = whole.rest
    if rest:
        yield rest


def _cut(exchange: Exchange) -> FrameCut | None:
    cutter, asked = _CUTTERS.get(exchange.about.protocol), exchange.asked
    if cutter is None:
        return None
    found = getattr(import_module(cutter.module), cutter.name)
    if cutter.framing:
        is_sound = import_module(cutter.framing).is_whole(asked)
        if not is_sound or len(asked) < _LEAST_QUESTION:
            return None
        found = found(asked)
    cut: FrameCut = found
    return cut


def _turn(passage: Passage, asked: bytes, answered: bytes) -> Exchange:
    about = About(line=passage.line, device=passage.device, protocol=passage.protocol)
    return Exchange(at=passage.at, about=about, asked=asked, answered=answered)


def _passage(line: bytes, where: str) -> Passage:
    try:
        return msgspec.json.decode(line, type=Passage)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        what, what_zh = f"this is no line of a capture: {wrong}", f"这不是抓取记录的一行：{wrong}"
        raise TrafficError(
            where, what=what, what_zh=what_zh, limit=Words("one JSON object", "一个 JSON 对象")
        ) from None
