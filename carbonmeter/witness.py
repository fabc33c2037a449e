"""`carbonmeter evidence witness`: takes the latest head of a log, compares it, cosigns it.

The only part of the evidence commands that asks a network. What it remembers is in a folder of
its own, one file a log; a head that forks the log is kept beside it, and is never cosigned.
"""

import argparse
import fcntl
import os
import sys
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from carbonmeter.witness_asking import AnswerError, answered
from evidence.bundle.errors import BundleFileError
from evidence.clock import SystemClock
from evidence.errors import CodedError, EvidenceError, Words
from evidence.load import read_signing_key, write_signing_key
from evidence.log.checkpoint import origin
from evidence.log.key import Algorithm, Keyring, SigningKey, generate, keyring, parse_verifier
from evidence.log.witness import (
    ForkError,
    Remembered,
    cosigned,
    decode_remembered,
    opened,
    require_going_on,
)
from evidence.printable import printable

OK, FORK, UNREADABLE, UNAVAILABLE = 0, 1, 2, 69


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A head as a collector shows it."""

    checkpoint: str
    proof: tuple[str, ...] | None = None


class BusyError(EvidenceError):
    """Another run follows the same log: two of them could cosign two histories."""

    code = "E_WITNESS_BUSY"
    en = "another run of this witness follows the log ({what}); wait until it has ended"
    zh = "另一个见证进程正在跟踪该日志（{what}）；请等待其结束"


def witness_command(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter evidence witness`.

    0 the head goes on and is cosigned, 1 a fork, 2 what cannot be read, 69 the collector cannot
    be asked, or another run follows the same log.
    """
    arguments = _parser().parse_args(argv)
    try:
        path = _witnessed(arguments)
    except CodedError as wrong:
        print(*(printable(wrong.say(each)) for each in ("en", "zh")), sep="\n", file=sys.stderr)
        if isinstance(wrong, AnswerError | BusyError):
            return UNAVAILABLE
        return FORK if isinstance(wrong, ForkError) else UNREADABLE
    print(path)
    return OK


def _witnessed(arguments: argparse.Namespace) -> Path:
    """The file of the cosigned note, once the head was found to go on."""
    agent, _, epoch = arguments.log.partition("/")
    named = origin(agent, epoch)
    known = keyring([parse_verifier(arguments.agent_key, "--agent-key")])
    with _alone(arguments.state, f"{agent}-{epoch}.lock"):
        kept, before = _kept(arguments.state, f"{agent}-{epoch}.json")
        shown = _ask(arguments, agent, epoch, _size(before, known, named))
        after = _compared(before, shown, known, named, kept, arguments.key)
        _write(kept, msgspec.json.encode(after))
        note = kept.with_suffix(".note")
        _write(note, after.cosigned.encode())
    return note


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Holds a log for one run: from what is remembered until what is remembered next."""
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


def _size(before: Remembered | None, known: Keyring, named: str) -> int:
    return 0 if before is None else opened(before.checkpoint, known, named).size


def _compared(
    before: Remembered | None, shown: Shown, known: Keyring, named: str, kept: Path, key: Path
) -> Remembered:
    head = opened(shown.checkpoint, known, named)
    if before is not None:
        proof = None if shown.proof is None else tuple(map(_hash, shown.proof))
        fork = kept.with_suffix(f".fork-{head.size}.note")
        try:
            require_going_on(opened(before.checkpoint, known, named), head, proof, str(fork))
        except ForkError:
            _write(fork, shown.checkpoint.encode())
            raise
    return cosigned(shown.checkpoint, head, _key(key), SystemClock().now_ns())


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as cause:
        what = Words("a hash is not hexadecimal", "某哈希不是十六进制")
        raise AnswerError("proof", what=what) from cause


def _key(path: Path) -> SigningKey:
    """The witness's own key, made the first time; its public line is printed then."""
    if not path.exists():
        made = generate(path.stem, os.urandom(32), Algorithm.COSIGNATURE_V1)
        write_signing_key(path, made)
        print("pin this line as a witness in the policy:", made.verifier.to_text(), file=sys.stderr)
    return read_signing_key(path)


def _ask(arguments: argparse.Namespace, agent: str, epoch: str, since: int) -> Shown:
    query = {"agent": agent, "epoch": epoch, **({"since": since} if since else {})}
    address = f"{arguments.source.rstrip('/')}/api/v1/heads?{urllib.parse.urlencode(query)}"
    data = answered(address, _token(arguments.token_file), SystemClock())
    try:
        return msgspec.json.decode(data, type=Shown)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise AnswerError(address, what=Words(str(cause), str(cause))) from cause


def _token(path: Path | None) -> str:
    try:
        return "" if path is None else path.read_text("ascii").strip()
    except (OSError, ValueError) as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause


def _kept(folder: Path, name: str) -> tuple[Path, Remembered | None]:
    """The file that remembers a log, and what it holds; None before the first head."""
    path = folder / name
    try:
        data = path.read_bytes() if path.exists() else None
    except OSError as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause
    return path, None if data is None else decode_remembered(data, str(path))


def _write(path: Path, data: bytes) -> None:
    """Replaces a file in one step, durably."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as cause:
        raise BundleFileError(str(path), what=Words(str(cause), str(cause))) from cause


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter evidence witness",
        description="take the latest head of a log, compare it with the one seen before, cosign it",
    )
    parser.add_argument("--from", dest="source", required=True, metavar="URL", help="a collector")
    parser.add_argument("--log", required=True, metavar="AGENT/EPOCH", help="whose log, which one")
    parser.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="what is remembered"
    )
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="your own key")
    parser.add_argument("--agent-key", required=True, metavar="LINE", help="as it was printed")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="for the collector's API")
    return parser
