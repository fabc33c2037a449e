"""Key files: the only place in this room that touches the disk."""

import contextlib
import os
import stat
from pathlib import Path

from evidence.errors import KeyExistsError, KeyFileError, KeyModeError, Words
from evidence.log.key import SigningKey, Verifier, parse_signing_key, parse_verifier

_MAX_KEY_FILE_BYTES = 4096
_OTHERS = 0o077
_OWNER_ONLY = 0o600


def read_signing_key(path: Path) -> SigningKey:
    """The secret key in the file at `path`, which only its owner may read.

    Raises:
        KeyModeError: Group or others have any right on the file.
        KeyFileError: It is missing, unreadable, not a regular file or over 4096 bytes.
        KeyTextError: It does not hold one signing key.
        KeyAlgorithmError: The key is of another kind.
    """
    try:
        text = _read_private(path)
    except OSError as problem:
        raise _unusable(path, problem) from None
    except UnicodeDecodeError:
        what = Words("it is not UTF-8", "不是 UTF-8")
        raise KeyFileError(str(path), what=what) from None
    return parse_signing_key(text.removesuffix("\n"), str(path))


def _read_private(path: Path) -> str:
    # Mode and content come from one descriptor, so the file cannot be swapped in between;
    # O_NONBLOCK so that a named pipe cannot hold us.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        _require_private(path, os.fstat(descriptor))
        return os.read(descriptor, _MAX_KEY_FILE_BYTES).decode()
    finally:
        os.close(descriptor)


def _require_private(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MAX_KEY_FILE_BYTES:
        what = Words(
            "it is not a regular file of at most 4096 bytes", "不是 4096 字节以内的普通文件"
        )
        raise KeyFileError(str(path), what=what)
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OTHERS:
        raise KeyModeError(str(path), mode=mode, path=path)


def write_signing_key(path: Path, key: SigningKey) -> None:
    """Writes a new key file with mode 0600 and waits until it is on the disk.

    Raises:
        KeyExistsError: Something is at `path` already; it is left as it is.
        KeyFileError: The file cannot be written; nothing is left behind.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, _OWNER_ONLY)
    except FileExistsError:
        raise KeyExistsError(str(path)) from None
    except OSError as problem:
        raise _unusable(path, problem) from None
    try:
        _write_durably(descriptor, key)
        _sync_directory(path.parent)
    except OSError as problem:
        with contextlib.suppress(OSError):
            path.unlink()
        raise _unusable(path, problem) from None


def _write_durably(descriptor: int, key: SigningKey) -> None:
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, _OWNER_ONLY)  # the umask may have taken the owner's rights
        file.write(key.to_text().encode() + b"\n")
        file.flush()
        os.fsync(descriptor)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, problem: OSError) -> KeyFileError:
    reason = problem.strerror or type(problem).__name__
    return KeyFileError(str(path), what=Words(reason, reason))


def read_verifier(text: str, where: str = "verifier line") -> Verifier:
    """The public key of a pinned line, as an operator pastes it: outer blanks are dropped.

    Raises:
        KeyTextError: The line is not `name+hash8+base64`, or it is a secret key.
        KeyAlgorithmError: The key is neither Ed25519 nor cosignature/v1.
    """
    return parse_verifier(text.strip(), where)
