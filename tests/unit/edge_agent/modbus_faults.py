"""Ways in which Modbus TCP devices and gateways misbehave, each as a server's answer."""

import asyncio
import struct
from functools import partial
from typing import cast

from tests.unit.edge_agent.modbus_server import Behaviour, Served, framed, right, right_pdu


def _with_head(served: Served, *, transaction: int, protocol: int = 0, unit: int = -1) -> bytes:
    head = struct.pack(">HH", transaction, protocol)
    frame = right(served)
    return head + frame[4:6] + bytes([served.unit if unit < 0 else unit]) + frame[7:]


async def silence(served: Served) -> None:
    """Says nothing."""


async def late(served: Served) -> None:
    """Answers rightly, after the client's time-out, on the connection of the request."""
    served.later(0.05, lambda: served.send(right(served)))


async def late_on_newest(served: Served) -> None:
    """As small stacks with one global socket do: the late answer goes to whoever is connected."""
    newest = served.server
    served.later(0.05, lambda: cast("asyncio.StreamWriter", newest.newest).write(right(served)))


async def late_without_transaction(served: Served) -> None:
    """The pattern that pymodbus takes for the answer to the next request."""
    frame = _with_head(served, transaction=0)
    served.later(0.05, lambda: served.send(frame))


async def transaction_zero(served: Served) -> None:
    served.send(_with_head(served, transaction=0))


async def transaction_foreign(served: Served) -> None:
    served.send(_with_head(served, transaction=served.transaction ^ 0x0100))


async def unit_foreign(served: Served) -> None:
    served.send(_with_head(served, transaction=served.transaction, unit=served.unit ^ 7))


async def protocol_foreign(served: Served) -> None:
    served.send(_with_head(served, transaction=served.transaction, protocol=1))


async def function_foreign(served: Served) -> None:
    served.send(framed(served, bytes([served.function ^ 7]) + right_pdu(served)[1:]))


async def function_unknown(served: Served) -> None:
    served.send(framed(served, b"\x55" + right_pdu(served)[1:]))


async def too_few(served: Served) -> None:
    pdu = right_pdu(served)
    served.send(framed(served, pdu[:1] + bytes([pdu[1] - 2]) + pdu[2:-2]))


async def too_many(served: Served) -> None:
    pdu = right_pdu(served)
    served.send(framed(served, pdu[:1] + bytes([pdu[1] + 2]) + pdu[2:] + b"\0\0"))


async def byte_count_lies(served: Served) -> None:
    pdu = right_pdu(served)
    served.send(framed(served, pdu[:1] + bytes([pdu[1] - 2]) + pdu[2:]))


async def length_lies(served: Served) -> None:
    frame = right(served)
    served.send(frame[:4] + b"\0\x02" + frame[6:])


async def length_huge(served: Served) -> None:
    frame = right(served)
    served.send(frame[:4] + b"\xff\xff" + frame[6:])


async def garbage(served: Served) -> None:
    served.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def flood(served: Served) -> None:
    served.send(b"\xa5" * 70_000)


async def trickle(served: Served) -> None:
    frame = right(served)
    for place in range(len(frame)):
        served.later(0.02 * place, partial(served.send, frame[place : place + 1]))


async def closed(served: Served) -> None:
    served.writer.close()


async def reset(served: Served) -> None:
    served.writer.transport.abort()


async def half_then_closed(served: Served) -> None:
    served.send(right(served)[:10])
    served.writer.close()


async def twice_at_once(served: Served) -> None:
    """The right answer, and the same again: not refused, but the connection is not trusted."""
    served.send(right(served) * 2)


async def twice_soon(served: Served) -> None:
    served.send(right(served))
    served.later(0.002, lambda: served.send(right(served)))


async def in_two_segments(served: Served) -> None:
    frame = right(served)
    served.send(frame[:8])
    served.later(0.005, lambda: served.send(frame[8:]))


def refusing(code: int) -> Behaviour:
    """Answers with an exception code."""

    async def refuse(served: Served) -> None:
        served.send(framed(served, bytes([served.function | 0x80, code])))

    return refuse


async def exception_padded(served: Served) -> None:
    """An exception with more bytes behind it than its length says."""
    served.send(framed(served, bytes([served.function | 0x80, 2])) + b"\0\0\0")


async def exception_with_wrong_length(served: Served) -> None:
    frame = framed(served, bytes([served.function | 0x80, 2]))
    served.send(frame[:4] + b"\0\x04" + frame[6:] + b"\0")


VALUES: tuple[Behaviour, ...] = (twice_at_once, twice_soon, in_two_segments)
"""Odd, but the answer is right."""

FAULTS: tuple[Behaviour, ...] = (
    silence, late, late_on_newest, late_without_transaction, transaction_zero,
    transaction_foreign, unit_foreign, protocol_foreign, function_foreign, function_unknown,
    too_few, too_many, byte_count_lies, length_lies, length_huge, garbage, flood, trickle, closed,
    reset, half_then_closed, exception_padded, exception_with_wrong_length,
    refusing(1), refusing(2), refusing(4), refusing(6), refusing(11),
)  # fmt: skip
