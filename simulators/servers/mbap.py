"""Modbus TCP framing without input or output: bytes to requests, replies to bytes.

Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3: transaction
identifier, protocol identifier 0, length of what follows, unit identifier; all big-endian.
"""

import struct
from dataclasses import dataclass

from simulators.errors import FrameError

HEADER_BYTES = 7
LONGEST_PDU = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it was framed."""

    transaction_id: int
    unit_id: int
    pdu: bytes


def split(received: bytes) -> tuple[list[Request], bytes]:
    """The whole requests at the head of `received`, and the bytes after them.

    Raises:
        FrameError: a protocol identifier other than 0, or a length outside 2 to 254.
    """
    requests: list[Request] = []
    start = 0
    while len(received) - start >= HEADER_BYTES:
        length = _checked_length(received, start)
        end = start + HEADER_BYTES - 1 + length
        if len(received) < end:
            break
        requests.append(_request(received[start:end]))
        start = end
    return requests, received[start:]


def frame(transaction_id: int, unit_id: int, pdu: bytes) -> bytes:
    """One reply as it is sent: header and PDU of at most 253 bytes."""
    return struct.pack(">HHHB", transaction_id, 0, len(pdu) + 1, unit_id) + pdu


def _checked_length(received: bytes, start: int) -> int:
    protocol_id, length = struct.unpack_from(">HH", received, start + 2)
    if protocol_id != 0 or not 2 <= length <= LONGEST_PDU + 1:
        raise FrameError(
            "modbus request",
            what=f"protocol identifier {protocol_id}, length {length}",
            limit="protocol identifier 0 and a length of 2 to 254",
        )
    return int(length)


def _request(frame_bytes: bytes) -> Request:
    transaction_id, _, _, unit_id = struct.unpack_from(">HHHB", frame_bytes)
    return Request(transaction_id=transaction_id, unit_id=unit_id, pdu=frame_bytes[HEADER_BYTES:])
