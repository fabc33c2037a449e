"""What a witness keeps: a folder of its own, a key of its own, one run at a time for each log."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence.bundle.errors import BundleFileError
from evidence.errors import EvidenceError, Words
from evidence.load import read_signing_key, write_signing_key
from evidence.log.key import Algorithm, SigningKey, generate


class BusyError(EvidenceError):
    """Another run follows the same log: two of them could cosign two histories."""

    code = "E_WITNESS_BUSY"
    en = "another run of this witness follows the log ({what}); wait until it has ended"
    zh = "另一个见证进程正在跟踪该日志（{what}）；请等待其结束"


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Holds a log for one run: from what is remembered until what is remembered next.

    Raises:
        BusyError: Another run holds it.
        BundleFileError: The folder cannot be used.
    """
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as cause:
        raise BundleFileError(str(folder), what=Words(str(cause), str(cause))) from cause
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise BusyError(str(path), what=Words(str(cause), str(cause))) from cause
        yield


def remembered(path: Path) -> bytes | None:
    """The file that remembers a log; None before the first head.

    Raises:
        BundleFileError: It cannot be read.
    """
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause


def write(path: Path, data: bytes) -> None:
    """Replaces a file in one step, durably.

    Raises:
        BundleFileError: It cannot be written.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause


def witness_key(path: Path) -> SigningKey:
    """The witness's own key, made the first time; its public line is printed then.

    Raises:
        KeyMaterialError: It cannot be read or made.
    """
    if not path.exists():
        made = generate(path.stem, os.urandom(32), Algorithm.COSIGNATURE_V1)
        write_signing_key(path, made)
        line = made.verifier.to_text()
        sys.stderr.write(f"pin this line as a witness in the policy: {line}\n")
    return read_signing_key(path)


def token_in(path: Path | None) -> str:
    """The token of the collector's API in a file; empty without one.

    Raises:
        BundleFileError: It cannot be read.
    """
    try:
        return "" if path is None else path.read_text("ascii").strip()
    except (OSError, ValueError) as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause
