"""Faults at run time: a line of JSON says which faults an instrument has from now on.

{"serial": "SIM-1", "faults": [{"kind": "silence"}]}
{"serial": "SIM-1", "faults": []}
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from evidence.errors import Words
from simulators.errors import ControlError, FaultPlaceError
from simulators.fault import AnyFault
from simulators.place import Place

MOST_BYTES: Final = 65_536


class Strike(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The faults that an instrument has from now on, in place of those it had."""

    serial: str
    faults: tuple[AnyFault, ...]


def strike(line: bytes, places: Mapping[str, Place]) -> str:
    """Does what a line says, and returns the serial number of the instrument.

    Args:
        line: one JSON object, see above.
        places: by serial number.

    Raises:
        ControlError: the line is none, or names no instrument of the plant.
    """
    try:
        told = msgspec.json.decode(line, type=Strike)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise ControlError("standard input", what=str(wrong)[:200]) from None
    if told.serial not in places:
        known = ", ".join(places)
        raise ControlError(
            "standard input",
            what=Words(
                f"no instrument '{told.serial}' among {known}",
                f"{known} 中没有仪表 '{told.serial}'",
            ),
        )
    try:
        places[told.serial].strike(told.faults)
    except FaultPlaceError as wrong:
        raise ControlError("standard input", what=wrong.say("en")) from None
    return told.serial


class Listener:
    """Hears lines on a file, as they are written there, for as long as it is open.

    Args:
        file: its descriptor.
        heard: takes each line.
    """

    def __init__(self, file: int, heard: Callable[[bytes], None]) -> None:
        self._file, self._heard, self._rest = file, heard, b""

    def start(self) -> None:
        """Begins to listen; files that cannot be waited for, as ordinary ones, are left alone."""
        try:
            asyncio.get_running_loop().add_reader(self._file, self._read)
        except OSError:
            return

    def _read(self) -> None:
        data = self._heard_now()
        if not data:
            asyncio.get_running_loop().remove_reader(self._file)
            return
        *lines, self._rest = (self._rest + data)[-MOST_BYTES:].split(b"\n")
        for line in lines:
            if line.strip():
                self._heard(line)

    def _heard_now(self) -> bytes:
        """What was written; nothing at the end, and where the terminal is another program's."""
        try:
            if os.isatty(self._file) and os.tcgetpgrp(self._file) != os.getpgrp():
                return b""  # to read it would stop this process
            return os.read(self._file, 4096)
        except OSError:
            return b""
