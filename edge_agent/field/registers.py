"""A run of registers, whatever of it a device refuses: blocks are halved around what is illegal.

Halves begin at powers of two from the beginning of the run: so values of two and of four
registers stay whole on a device that refuses to have them cut.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from device_profiles.modbus.pdu import READ_LIMITS, unpacked
from device_profiles.plan import ReadRequest
from edge_agent.errors import (
    AgentError,
    DeviceAnswerError,
    ModbusExceptionError,
    UnreachableError,
)
from edge_agent.field.look import Progress
from edge_agent.field.reached import Unit

_ILLEGAL_FUNCTION: Final = 1
_ATTEMPTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """What came of a run.

    Attributes:
        run: As it was asked for.
        words: Contents by address; bits are 0 or 1.
        refused: Why there is none, by address.
    """

    run: ReadRequest
    words: Mapping[int, int]
    refused: Mapping[int, AgentError]

    def runs(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The first address and the contents of each stretch without a hole."""
        stretch: list[int] = []
        for address in range(self.run.address, self.run.end + 1):
            if address in self.words:
                stretch.append(self.words[address])
            elif stretch:
                yield address - len(stretch), tuple(stretch)
                stretch = []

    def refusals(self) -> Iterator[tuple[int, int, AgentError]]:
        """First and last address, and the reason, of each stretch that was refused alike."""
        first: int | None = None
        for address in range(self.run.address, self.run.end):
            wrong = self.refused.get(address)
            if wrong is None:
                continue
            first = address if first is None else first
            following = self.refused.get(address + 1)
            if following is None or following.code != wrong.code:
                yield first, address, wrong
                first = None


async def read_run(unit: Unit, run: ReadRequest, most: int, progress: Progress) -> Registers:
    """All registers of a run that the unit tells.

    Args:
        unit: Who is asked.
        run: Of any length.
        most: Registers of one question, at most.
        progress: Is told what is being done.

    Raises:
        UnreachableError: Nothing came, before anything else did.
    """
    words: dict[int, int] = {}
    refused: dict[int, AgentError] = {}
    todo = deque(_blocks(run, most))
    while todo:
        block = todo.popleft()
        answer = await _answer(unit, block)
        if isinstance(answer, bytes):
            contents = unpacked(block.function, block.count, answer)
            words |= zip(range(block.address, block.end), contents, strict=True)
        elif isinstance(answer, UnreachableError) and not words and not refused:
            raise answer
        elif _ends(answer):
            for rest in (block, *todo):
                refused |= dict.fromkeys(range(rest.address, rest.end), answer)
            break
        elif block.count > 1 and isinstance(answer, ModbusExceptionError):
            todo.extendleft(reversed(_halves(block)))
        else:
            refused |= dict.fromkeys(range(block.address, block.end), answer)
        progress(f"FC{run.function:02} {block.address}..{block.end - 1}")
    return Registers(run=run, words=words, refused=refused)


def _ends(answer: AgentError) -> bool:
    """Whether no other block of the run would be answered either."""
    if isinstance(answer, ModbusExceptionError):
        return answer.exception_code == _ILLEGAL_FUNCTION
    return isinstance(answer, UnreachableError)


async def _answer(unit: Unit, block: ReadRequest) -> bytes | AgentError:
    """The answer; what is no clear one is asked for once more."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await unit.read(block)
        except ModbusExceptionError as refusal:
            return refusal
        except (UnreachableError, DeviceAnswerError) as wrong:
            if attempt == _ATTEMPTS or wrong.skips_line:
                return wrong
    raise AssertionError


def _blocks(run: ReadRequest, most: int) -> Iterator[ReadRequest]:
    size = min(most, READ_LIMITS[run.function])
    size = 1 << (size.bit_length() - 1) if run.count > size else size
    for first in range(run.address, run.end, size):
        yield replace(run, address=first, count=min(size, run.end - first))


def _halves(block: ReadRequest) -> tuple[ReadRequest, ReadRequest]:
    """The block in two; the first is the greatest power of two that leaves something over."""
    left = 1 << ((block.count - 1).bit_length() - 1)
    return (
        replace(block, count=left),
        replace(block, address=block.address + left, count=block.count - left),
    )
