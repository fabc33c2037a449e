"""Which software this is: digests over its metrological code, and over its profiles apart.

After the pattern of WELMEC 7.2, extension S: the legally relevant part is separate and
can be identified. This is not a type-approved instrument and never replaces the legal
indication.
"""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from evidence.software import VERSION

GROUND_FLOOR: Final = ("calibration", "device_profiles", "evidence")


def identify() -> str:
    """Version and digests, a line each.

    Limits and rules that calibration holds as data count as code: they decide outcomes.
    """
    code = _digest(
        sorted([*_walk(GROUND_FLOOR, (".py", ".json")), *_walk(("calibration",), (".toml",))])
    )
    profiles = _digest(_walk(("device_profiles",), (".toml",)))
    return "\n".join(
        [
            f"carbonmeter {VERSION}",
            f"metrological code sha256:{code}",
            f"device profiles   sha256:{profiles}",
        ]
    )


def _walk(packages: Iterable[str], suffixes: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of these kinds, in order of their names."""
    found: list[tuple[str, bytes]] = []
    for package in packages:
        _collect(files(package), package, suffixes, found)
    yield from sorted(found)


def _collect(
    folder: Traversable, name: str, suffixes: tuple[str, ...], found: list[tuple[str, bytes]]
) -> None:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            _collect(entry, path, suffixes, found)
        elif entry.name.endswith(suffixes):
            found.append((path, entry.read_bytes()))


def _digest(entries: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over the names and digests of all files."""
    whole = hashlib.sha256()
    for name, data in entries:
        whole.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()
