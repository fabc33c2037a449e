"""A private file of things that have names: users, tokens. One writer at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from collector.private_file import PrivateFile
from collector.token_errors import TokenIssueError
from evidence.errors import Words


class Named(Protocol):
    """Something that has a name of its own."""

    @property
    def name(self) -> str:
        """By which it is known."""
        ...


T = TypeVar("T", bound=Named)


class NamedFile(Generic[T]):
    """A file of things with names.

    Args:
        path: Of the file.
        kind: What each of them is, for messages: "user".
        decode: What is in the file's bytes.
        encode: The file's bytes, as JSON.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        decode: Callable[[bytes], tuple[T, ...]],
        encode: Callable[[tuple[T, ...]], bytes],
    ) -> None:
        self._file, self._kind = PrivateFile(path), kind
        self._decode, self._encode = decode, encode

    def all(self) -> tuple[T, ...]:
        """All that are kept; none if there is no file.

        Raises:
            TokenFileError: The file cannot be read, is open to others, or is damaged.
        """
        data = self._file.read()
        if data is None:
            return ()
        try:
            return self._decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise self._file.damaged(problem) from problem

    def named(self, name: str) -> T:
        """The one of a name.

        Raises:
            TokenIssueError: There is none.
            TokenFileError: The file cannot be read.
        """
        kept = self.all()
        for each in kept:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in kept) or "-"
        raise TokenIssueError(
            self._kind,
            name="name",
            found=name[:64],
            limit=Words(f"one of: {known}", f"以下之一：{known}"),
        )

    def add(self, new: T) -> None:
        """Keeps one that is new.

        Raises:
            TokenIssueError: There is one of this name.
            TokenFileError: The file cannot be read or written.
        """
        with self._file.alone():
            kept = self.all()
            if any(each.name == new.name for each in kept):
                limit = Words(f"a name that no {self._kind} has", "尚未使用的名称")
                raise TokenIssueError(self._kind, name="name", found=new.name, limit=limit)
            self._write((*kept, new))

    def replace(self, new: T) -> None:
        """Keeps one in the place of that of its name.

        Raises:
            TokenIssueError: There is none of this name.
            TokenFileError: The file cannot be read or written.
        """
        with self._file.alone():
            before = self.named(new.name)
            self._write(tuple(new if each == before else each for each in self.all()))

    def remove(self, name: str) -> None:
        """Removes the one of a name.

        Raises:
            TokenIssueError: There is none of this name.
            TokenFileError: The file cannot be read or written.
        """
        with self._file.alone():
            gone = self.named(name)
            self._write(tuple(each for each in self.all() if each != gone))

    def _write(self, kept: tuple[T, ...]) -> None:
        self._file.write(msgspec.json.format(self._encode(kept)))
