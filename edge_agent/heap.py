"""How the interpreter and the C library keep memory, for a process that runs for years."""

import ctypes
import gc
from contextlib import suppress
from typing import Final

_YOUNG: Final = 20_000
"""Objects that may be made between two searches for cycles."""
_LARGE_BYTES: Final = 128 * 1024
_M_TRIM_THRESHOLD: Final = -1  # malloc.h of glibc
_M_MMAP_THRESHOLD: Final = -3


def load_lean() -> None:
    """To be called before anything is loaded: no search for cycles while nothing is dropped.

    Blocks of 128 KiB and more go back to the system when they are freed. By itself, glibc
    keeps such blocks once it has seen one freed: a megabyte or two for each closed batch.
    """
    gc.disable()
    with suppress(AttributeError):  # a C library that does not do this has no such function
        set_option = ctypes.CDLL(None).mallopt
        set_option(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        set_option(_M_TRIM_THRESHOLD, _LARGE_BYTES)


def leave_alone_what_stays() -> None:
    """Spares the search for cycles what is loaded for good, and most of what is soon freed.

    Batches make thousands of small objects that no cycle holds; at Python's own threshold the
    search for some takes a twentieth of the agent's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)
    gc.enable()
