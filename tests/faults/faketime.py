"""Another process's wall clock, set while it runs; its monotonic clock is left alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLACES: Final = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


def library() -> Path | None:
    """libfaketime for programs with threads, or None if it is not installed."""
    for place in PLACES:
        for found in sorted(Path(place).glob("**/faketime/libfaketimeMT.so.1")):
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeTime:
    """The clock of processes that are started with `env`.

    Attributes:
        control: File that says what the clock is off by.
        preload: The library.
    """

    control: Path
    preload: Path

    @property
    def env(self) -> dict[str, str]:
        """What the process needs in its environment; the control file must be there."""
        return {
            "LD_PRELOAD": str(self.preload),
            "FAKETIME_TIMESTAMP_FILE": str(self.control),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set_off_by(self, offset_s: int) -> None:
        """Sets the clock to be off by whole seconds, at once."""
        fresh = self.control.with_suffix(".new")
        fresh.write_text(f"{offset_s:+d}\n")
        fresh.replace(self.control)
