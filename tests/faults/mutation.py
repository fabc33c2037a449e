"""Ways in which the bytes of files come to be others than were written."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

PAGE_BYTES: Final = 4096
HEADER_BYTES: Final = 100
Mutation = Callable[[Path, random.Random], None]


def flip(path: Path, chance: random.Random) -> None:
    """One to four bits, one time in five within the header."""
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 2, 4))):
        end = min(HEADER_BYTES, len(data)) if chance.random() < 0.2 else len(data)
        data[chance.randrange(end)] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))


def zero_page(path: Path, chance: random.Random) -> None:
    """4,096 bytes at a page's place."""
    data = bytearray(path.read_bytes())
    start = chance.randrange(-(-len(data) // PAGE_BYTES)) * PAGE_BYTES
    data[start : start + PAGE_BYTES] = bytes(len(data[start : start + PAGE_BYTES]))
    path.write_bytes(bytes(data))


def truncate(path: Path, chance: random.Random) -> None:
    """Anywhere, or between two pages."""
    data = path.read_bytes()
    size = chance.randrange(len(data))
    path.write_bytes(data[: size - size % PAGE_BYTES if chance.random() < 0.5 else size])


def junk(path: Path, chance: random.Random) -> None:
    """Noise in the place of everything, of the same size or another."""
    size = path.stat().st_size if chance.random() < 0.5 else chance.randrange(1, 70_000)
    path.write_bytes(chance.randbytes(size))


def noise(path: Path, chance: random.Random) -> None:
    """Noise over some bytes in the middle."""
    data = bytearray(path.read_bytes())
    start, size = chance.randrange(len(data)), chance.randint(1, 600)
    data[start : start + size] = chance.randbytes(len(data[start : start + size]))
    path.write_bytes(bytes(data))


def remove(path: Path, _chance: random.Random) -> None:
    """All of it."""
    path.unlink()


def mutated(
    folder: Path, ways: Mapping[str, tuple[Mutation, ...]], chance: random.Random
) -> tuple[str, str]:
    """Changes one file of a folder, in one of the ways for its name; the file and the way.

    A file that is not there, or empty, is none of those it may be.
    """
    there = [n for n in ways if (folder / n).exists() and (folder / n).stat().st_size]
    name = chance.choice(there)
    way = chance.choice(ways[name])
    way(folder / name, chance)
    return name, way.__name__
