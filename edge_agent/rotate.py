"""A new key for an agent: announced under the old one, in use once everything has its receipt.

The log under the old key ends with a record of the key that follows; the next epoch, signed
with that, begins with a record of the key and the log before it. So both keys have signed the
succession, each in its own log. A kill leaves the step before or the step after: the new epoch
and the note that the key is in use are one commit, and the files follow it.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_agent import records
from edge_agent.custody_errors import SpoolStorageError
from edge_agent.relog import Opening
from edge_agent.spool_schema import connect_file, is_of_the_disk, storage_error
from edge_agent.spool_shelf import is_told
from edge_agent.waiting import records_in
from evidence.load import read_signing_key, write_signing_key
from evidence.log.batch import RecordKind
from evidence.log.key import SigningKey, Verifier, generate

if TYPE_CHECKING:
    from edge_agent.agent import Agent
    from edge_agent.spool import Spool

LOG = logging.getLogger("carbonmeter.agent")
KEY: Final = "agent.key"
FOLLOWING: Final = "agent.key.next"
NS_PER_MS: Final = 1_000_000


def prepare(directory: Path, agent: str, entropy: Callable[[int], bytes]) -> tuple[Verifier, bool]:
    """The public half of the key that follows, and whether it was made just now (mode 0600).

    Raises:
        KeyMaterialError: the agent has no usable key yet, or none can be written.
    """
    read_signing_key(directory / KEY)
    path = directory / FOLLOWING
    if path.exists():
        return read_signing_key(path).verifier, False
    made = generate(agent, entropy(32))
    write_signing_key(path, made)
    return made.verifier, True


def keys_in(directory: Path) -> tuple[SigningKey, SigningKey | None]:
    """The agent's key, and the one that shall follow it, if any; finishes what a kill parted.

    Raises:
        KeyMaterialError: a key is missing, open to others, or not a key.
        SpoolStorageError: the disk failed.
    """
    path = directory / FOLLOWING
    if not path.exists():
        return read_signing_key(directory / KEY), None
    following = read_signing_key(path)
    if _is_in_use(directory / "spool.sqlite", following):
        adopt(directory)
        return following, None
    return read_signing_key(directory / KEY), following


def _is_in_use(database: Path, following: SigningKey) -> bool:
    """Whether the spool's log is signed by it already."""
    if not database.exists():
        return False
    try:
        with closing(connect_file(database)) as db:
            return is_told(db, _in_use(following))
    except sqlite3.Error as wrong:
        if is_of_the_disk(wrong):
            raise storage_error(str(database), wrong) from wrong
        return False  # a damaged spool begins a new log anyway, under the old key


def adopt(directory: Path) -> None:
    """Puts the key that follows in the place of the old one, whose secret is gone with it.

    Raises:
        SpoolStorageError: the disk failed; it is done at the next start.
    """
    try:
        with suppress(FileNotFoundError):  # done already
            (directory / FOLLOWING).replace(directory / KEY)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as wrong:
        raise SpoolStorageError(str(directory), found=wrong.strerror) from wrong


def _announced(following: SigningKey) -> str:
    return f"key announced {following.verifier.label}"


def _in_use(following: SigningKey) -> str:
    return f"key in use {following.verifier.label}"


class Rotation:
    """The change of an agent's key, stepped after each delivery.

    Args:
        directory: Where the key files are.
        former: The key in use.
        following: The one that shall follow it.
    """

    def __init__(self, directory: Path, former: SigningKey, following: SigningKey) -> None:
        self._directory, self._former, self._following = directory, former, following
        self._done = False

    def step(self, agent: "Agent") -> None:
        """Announces the key; takes it into use once that and all else has its receipt.

        Raises:
            SpoolFullError, SpoolStorageError: the old key is in use, or the rest is done at
                the next start.
        """
        if self._done:
            return
        if not agent.spool.is_told(_announced(self._following)):
            now_ms = agent.parts.clock.now_ns() // NS_PER_MS
            record = records.key_announced(self._following.verifier, now_ms)
            agent.note(record, told=[_announced(self._following)])
        elif agent.uplink is not None and agent.uplink.delivered and not _waits(agent.spool):
            self.take_over(agent)
            agent.uplink.begin_anew()

    def take_over(self, agent: "Agent") -> None:
        """Opens an epoch under the new key; what has no receipt is logged again in it.

        Raises:
            SpoolFullError, SpoolStorageError: as `step`.
        """
        spool, now_ns = agent.spool, agent.parts.clock.now_ns()
        keys = (self._former.verifier, self._following.verifier)
        made = records.key_rotated(keys, spool.state, spool.base, now_ns // NS_PER_MS)
        LOG.warning("new epoch: key_rotated, from %s to %s", *(key.label for key in keys))
        if not spool.is_told(_in_use(self._following)):
            spool.open_epoch(
                Opening(
                    epoch=agent.parts.entropy(16).hex(),
                    records=(made,),
                    documents=agent.parts.installation.documents,
                    head=agent.head(now_ns),
                    key=self._following,
                    told=frozenset({_in_use(self._following)}),
                )
            )
        adopt(self._directory)
        self._done = True


def _waits(spool: "Spool") -> bool:
    """Whether the announcement is not in a leaf yet."""
    return any(record.kind is RecordKind.KEY for record in records_in(spool.waiting))
