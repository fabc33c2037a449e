"""Profiles from files: the only module of this room, besides `cli`, that reads any."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from device_profiles.errors import FileError, UnknownIdError
from device_profiles.model import DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.parse import MAX_BYTES, parse_profile
from device_profiles.phrase import Words

ROOM: Final = Path(__file__).parent
CATALOGUE: Final = ROOM / "catalogue"
SCHEMA: Final = ROOM / "profile-v1.schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProfile:
    """A profile together with the bytes it came from.

    Args:
        profile: the checked profile.
        sha256: SHA-256 of `content`, 64 lower-case hex digits; results cite it.
        content: the exact bytes of the file; they are logged before the first result.
    """

    profile: DeviceProfile
    sha256: str
    content: bytes


def catalogue() -> tuple[str, ...]:
    """The ids of all shipped profiles, in alphabetical order."""
    return tuple(sorted(path.stem for path in CATALOGUE.rglob("*.toml")))


def load_profile(profile: str | Path) -> LoadedProfile:
    """A profile by its id in the catalogue, or from a file.

    Args:
        profile: an id; or a path: a `Path`, or text that ends in `.toml`.

    Raises:
        UnknownIdError: no shipped profile has this id; the message names the nearest.
        FileError: the file cannot be read.
        ProfileError: the first finding of the file; further ones are its notes.
    """
    named = isinstance(profile, str) and not profile.endswith(".toml")
    path = path_of(str(profile)) if named else Path(profile)
    content = read_limited(path)
    parsed = parse_profile(content, path.name if named else str(path))
    digest = hashlib.sha256(content).hexdigest()
    return LoadedProfile(profile=parsed, sha256=digest, content=content)


def path_of(profile_id: str) -> Path:
    """The file of a shipped profile.

    Raises:
        UnknownIdError: no shipped profile has this id; the message names the nearest.
    """
    files = {path.stem: path for path in CATALOGUE.rglob("*.toml")}
    if profile_id not in files:
        limit = f"{len(files)} profiles"
        guess = nearest(profile_id, files)
        raise UnknownIdError("catalogue", key=profile_id[:80], limit=limit, nearest=guess)
    return files[profile_id]


def read_limited(path: Path) -> bytes:
    """The bytes of a file; of one that is too large, one byte more than is allowed.

    Raises:
        FileError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or str(wrong)
        limit = Words("a readable file", "可读文件")
        raise FileError(str(path), key="file", why=why, limit=limit) from wrong
