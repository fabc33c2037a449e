"""A small file of digests of secrets: its owner's, replaced in one step, one writer at a time."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from collector.token_errors import TokenFileError
from evidence.errors import Words

MAX_FILE_BYTES: Final = 1024 * 1024
_OTHERS: Final = 0o077


class PrivateFile:
    """A file in the state folder; every error leaves as a `TokenFileError` that names it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """The file's bytes, at most 1 MiB of them; None if there is none.

        Raises:
            TokenFileError: It cannot be read, or others than its owner may.
        """
        try:
            return _read_private(self.path)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._unusable(problem) from problem

    def write(self, data: bytes) -> None:
        """Replaces the file; it is on the disk when this ends.

        Raises:
            TokenFileError: It cannot be written, or is over 1 MiB; the old one stands.
        """
        if len(data) > MAX_FILE_BYTES:
            what = Words("it would be over 1 MiB", "将超过 1 MiB")
            raise TokenFileError(str(self.path), what=what)
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            fresh.replace(self.path)
            _sync(self.path.parent)
        except OSError as problem:
            raise self._unusable(problem) from problem

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time, also between processes.

        Raises:
            TokenFileError: The lock cannot be made.
        """
        try:
            file = self.path.with_suffix(".lock").open("w")
        except OSError as problem:
            raise self._unusable(problem) from problem
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def damaged(self, problem: Exception) -> TokenFileError:
        """That the file's content cannot be used."""
        return TokenFileError(str(self.path), what=str(problem))

    def _unusable(self, problem: OSError) -> TokenFileError:
        reason = problem.strerror or type(problem).__name__
        return TokenFileError(str(self.path), what=Words(reason, reason))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_private(path: Path) -> bytes:
    """The file's bytes; mode and content come from one descriptor."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & _OTHERS:
            what = Words(
                f"its mode is {mode:04o}; run: chmod 600 {path}",
                f"其权限为 {mode:04o}；请执行：chmod 600 {path}",
            )
            raise TokenFileError(str(path), what=what)
        return file.read(MAX_FILE_BYTES)
