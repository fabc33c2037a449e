"""The front door: one command, the demonstration and the replay."""

from typing import Final

__version__: Final = "0.1.0"
