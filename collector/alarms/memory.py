"""What is open and what waits to be told, in the file `alarms.json` of the state folder."""

import os
from pathlib import Path
from typing import Final, Literal

import msgspec

from collector.alarms.course import Notice, Open
from collector.alarms.errors import AlarmStateError

FILE: Final = "alarms.json"
MAX_BYTES: Final = 16 * 1024 * 1024


class Memory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is open, and what waits for each receiver."""

    carbonmeter: Literal["alarms/1"] = "alarms/1"
    open: tuple[Open, ...] = ()
    waiting: dict[str, tuple[Notice, ...]] = {}


def read_memory(state_dir: Path) -> Memory:
    """What was open when the collector was last there; nothing if it never was.

    Raises:
        AlarmStateError: The file cannot be read.
    """
    path = state_dir / FILE
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(MAX_BYTES), type=Memory)
    except FileNotFoundError:
        return Memory()
    except OSError as problem:
        raise AlarmStateError(str(path), what=problem.strerror or "?") from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise AlarmStateError(str(path), what=str(problem)) from problem


def write_memory(state_dir: Path, memory: Memory) -> None:
    """Replaces the file in one step.

    Raises:
        AlarmStateError: It cannot be written; the old one stands.
    """
    path = state_dir / FILE
    fresh = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(memory))
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
    except OSError as problem:
        raise AlarmStateError(str(path), what=problem.strerror or "?") from problem
