"""Files of bundles, policies and witnessed heads."""

from contextlib import ExitStack
from pathlib import Path

from evidence.bundle.errors import BundleFileError
from evidence.bundle.logs import MAX_NOTE_BYTES
from evidence.bundle.policy import MAX_BYTES, NO_POLICY, Policy, parse_policy
from evidence.bundle.verify import Verified, verify
from evidence.errors import Words


def load_policy(path: Path | None) -> Policy:
    """The policy in a file; without one nothing is pinned.

    Raises:
        PolicyError, KeyMaterialError: it is none.
        BundleFileError: it cannot be read.
    """
    return NO_POLICY if path is None else parse_policy(_read(path, MAX_BYTES + 1), str(path))


def load_notes(paths: list[Path]) -> list[bytes]:
    """The notes in files.

    Raises:
        BundleFileError: one cannot be read.
    """
    return [_read(path, MAX_NOTE_BYTES + 1) for path in paths]


def verify_file(path: Path, policy: Policy, witnessed: list[bytes]) -> Verified:
    """What becomes of the bundle in a file.

    Raises:
        BundleError, CheckpointError, KeyMaterialError: it cannot be read as a bundle.
        BundleFileError: it cannot be read at all.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(path.open("rb"))
        except OSError as cause:
            raise _unusable(path, cause) from cause
        return verify(file, policy, witnessed)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as cause:
        raise _unusable(path, cause) from cause


def _unusable(path: Path, cause: OSError) -> BundleFileError:
    text = cause.strerror or type(cause).__name__
    return BundleFileError(str(path), what=Words(text, text))
