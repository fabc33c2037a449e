"""Which software makes results and statements; every batch and statement names it."""

from typing import Final

VERSION: Final = "0.1.0"
SOFTWARE: Final = f"carbonmeter/{VERSION}"
