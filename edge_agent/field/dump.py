"""A dump of registers: all that a unit told at one time, and what it refused; its file (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from device_profiles.plan import ReadRequest
from device_profiles.scalars import FunctionCode
from edge_agent.field.errors import DumpFormError, FieldFileError
from edge_agent.field.registers import Registers

MOST_BYTES: Final = 16 * 1024 * 1024
_Word = Annotated[int, Meta(ge=0, le=65_535)]


class Stretch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Registers without a hole, as they were told: four hex digits each; bits are 0 or 1."""

    function: FunctionCode
    first: _Word
    words: tuple[Annotated[str, Meta(pattern="^[0-9A-F]{1,4}$")], ...]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Registers that were not told, and why."""

    function: FunctionCode
    first: _Word
    last: _Word
    code: str
    reason: str


class Dump(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit told at one time.

    Attributes:
        schema, kind: Of the file.
        at: When the first register was asked for, UTC.
        target, unit: Who was asked.
        ranges: What was asked for.
        registers, refused: What came of it.
    """

    schema: Literal[1] = 1
    kind: Literal["registers"] = "registers"
    at: str
    target: str
    unit: int
    ranges: tuple[ReadRequest, ...]
    registers: tuple[Stretch, ...]
    refused: tuple[Refusal, ...]

    @property
    def words(self) -> Mapping[tuple[int, int], int]:
        """Contents by function and address."""
        return {
            (stretch.function, stretch.first + place): int(word, 16)
            for stretch in self.registers
            for place, word in enumerate(stretch.words)
        }


def dump_of(found: Iterable[Registers], *, at: str, target: str, unit: int, language: str) -> Dump:
    """The dump of what came of some runs."""
    runs = tuple(found)
    return Dump(
        at=at,
        target=target,
        unit=unit,
        ranges=tuple(each.run for each in runs),
        registers=tuple(stretch for each in runs for stretch in _stretches(each)),
        refused=tuple(refusal for each in runs for refusal in _refusals(each, language)),
    )


def _stretches(found: Registers) -> Iterator[Stretch]:
    width = 4 if found.run.function > 2 else 1
    for first, words in found.runs():
        told = tuple(f"{word:0{width}X}" for word in words)
        yield Stretch(function=found.run.function, first=first, words=told)


def _refusals(found: Registers, language: str) -> Iterator[Refusal]:
    for first, last, wrong in found.refusals():
        yield Refusal(
            function=found.run.function,
            first=first,
            last=last,
            code=wrong.code,
            reason=wrong.say(language),
        )


def read_dump(path: Path) -> Dump:
    """The dump in a file.

    Raises:
        FieldFileError: It cannot be read.
        DumpFormError: It is none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise FieldFileError(str(path), found=wrong.strerror or type(wrong).__name__) from None
    if len(content) > MOST_BYTES:
        raise DumpFormError(str(path), found=f"> {MOST_BYTES} bytes")
    try:
        return msgspec.json.decode(content, type=Dump)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise DumpFormError(str(path), found=str(wrong)[:200]) from None


def write_dump(dump: Dump, path: Path) -> None:
    """Writes a dump; one that is there is replaced.

    Raises:
        FieldFileError: It cannot be written.
    """
    content = msgspec.json.format(msgspec.json.encode(dump), indent=1)
    try:
        path.write_bytes(content + b"\n")
    except OSError as wrong:
        raise FieldFileError(str(path), found=wrong.strerror or type(wrong).__name__) from None
