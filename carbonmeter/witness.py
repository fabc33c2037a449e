"""`carbonmeter evidence witness`: takes the latest head of a log, compares it, cosigns it.

Of an agent's log here, of a collector's journal in `carbonmeter.journal_witness`.

The only part of the evidence commands that asks a network. What it remembers is in a folder of
its own, one file a log; a head that forks the log is kept beside it, and is never cosigned.
"""

import argparse
import sys
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from carbonmeter.journal_witness import journal_witnessed
from carbonmeter.witness_asking import AnswerError, answered
from carbonmeter.witness_state import BusyError, alone, remembered, token_in, witness_key, write
from evidence.clock import SystemClock
from evidence.errors import CodedError, Words
from evidence.log.checkpoint import origin
from evidence.log.key import Keyring, keyring, parse_verifier
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


def witness_command(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter evidence witness`.

    0 the head goes on and is cosigned, 1 a fork, 2 what cannot be read, 69 the collector cannot
    be asked, or another run follows the same log.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    if bool(arguments.log) != bool(arguments.agent_key):
        parser.error("--log goes with --agent-key, --journal with --journal-key")
    try:
        path = _witnessed(arguments) if arguments.log else journal_witnessed(arguments)
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
    with alone(arguments.state, f"{agent}-{epoch}.lock"):
        kept, before = _kept(arguments.state, f"{agent}-{epoch}.json")
        shown = _ask(arguments, agent, epoch, _size(before, known, named))
        after = _compared(before, shown, known, named, kept, arguments.key)
        write(kept, msgspec.json.encode(after))
        note = kept.with_suffix(".note")
        write(note, after.cosigned.encode())
    return note


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
            write(fork, shown.checkpoint.encode())
            raise
    return cosigned(shown.checkpoint, head, witness_key(key), SystemClock().now_ns())


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as cause:
        what = Words("a hash is not hexadecimal", "某哈希不是十六进制")
        raise AnswerError("proof", what=what) from cause


def _ask(arguments: argparse.Namespace, agent: str, epoch: str, since: int) -> Shown:
    query = {"agent": agent, "epoch": epoch, **({"since": since} if since else {})}
    address = f"{arguments.source.rstrip('/')}/api/v1/heads?{urllib.parse.urlencode(query)}"
    data = answered(address, token_in(arguments.token_file), SystemClock())
    try:
        return msgspec.json.decode(data, type=Shown)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise AnswerError(address, what=Words(str(cause), str(cause))) from cause


def _kept(folder: Path, name: str) -> tuple[Path, Remembered | None]:
    """The file that remembers a log, and what it holds; None before the first head."""
    path = folder / name
    data = remembered(path)
    return path, None if data is None else decode_remembered(data, str(path))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter evidence witness",
        description="take the latest head of a log, compare it with the one seen before, cosign it",
    )
    parser.add_argument("--from", dest="source", required=True, metavar="URL", help="a collector")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--log", metavar="AGENT/EPOCH", help="an agent's log; needs --agent-key")
    which.add_argument(
        "--journal", metavar="COLLECTOR", help="its journal, and its ledger; needs --journal-key"
    )
    parser.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="what is remembered"
    )
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="your own key")
    pinned = parser.add_mutually_exclusive_group(required=True)
    pinned.add_argument("--agent-key", metavar="LINE", help="as `agent init` printed it")
    pinned.add_argument("--journal-key", metavar="LINE", help="as `collector init` printed it")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="for the collector's API")
    return parser
