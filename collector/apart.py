"""Foreign bytes read by a module of ours in a process of its own, with limits of its own."""

import subprocess
import sys
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
MOST_WAIT_S: Final = 60.0
"""On a busy machine the child waits for its seconds of processor time."""


def read_apart(module: str, asked: msgspec.Struct, data: bytes, answer: type[T]) -> T | None:
    """What a module answers on stdout; None where it took more than its limits, or ended otherwise.

    Args:
        module: that is run; it reads a line of JSON, then the bytes.
        asked: what that line says.
        data: of a document.
        answer: what it answers with, in JSON.
    """
    line = msgspec.json.encode(asked) + b"\n"
    command = [sys.executable, "-m", module]
    try:
        ran = subprocess.run(  # noqa: S603 - our own module, and no word of the document
            command, input=line + data, capture_output=True, timeout=MOST_WAIT_S, check=True
        )
        return msgspec.json.decode(ran.stdout, type=answer)
    except (subprocess.SubprocessError, msgspec.DecodeError, OSError):
        return None
