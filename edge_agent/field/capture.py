"""A capture while it is written: what goes over the lines, as it goes, in a file of JSON lines."""

from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from device_profiles.traffic import About, Passage
from edge_agent.field.errors import FieldFileError
from evidence.clock import Clock, utc_text


class Capture:
    """A file that is told all that goes over lines; a `Tap`.

    Args:
        path: Of the file; one that is there is written anew.
        clock: Stamps.

    Raises:
        FieldFileError: On entering and on leaving, if the file cannot be written.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._wrong: OSError | None = None
        self.pieces = 0

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("wb", buffering=0)
        except OSError as wrong:
            raise self._unusable(wrong) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if self._wrong is not None and wrong is None:
            raise self._unusable(self._wrong)

    def __call__(self, about: About, direction: Literal["sent", "received"], data: bytes) -> None:
        """Writes one piece; a disk that fails ends the capture, and is told at the end."""
        if self._wrong is not None:
            return
        passage = Passage(
            at=utc_text(self._clock.now_ns()),
            line=about.line,
            device=about.device,
            protocol=about.protocol,
            direction=direction,
            bytes=data.hex(" ").upper(),
        )
        try:
            self._file.write(msgspec.json.encode(passage) + b"\n")
        except OSError as wrong:
            self._wrong = wrong
        self.pieces += 1

    def _unusable(self, wrong: OSError) -> FieldFileError:
        return FieldFileError(str(self._path), found=wrong.strerror or type(wrong).__name__)
