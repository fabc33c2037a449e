"""The bytes of a stopped agent's spool are changed; then the agent starts, twice."""

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from edge_agent import salvage, spool_check
from edge_agent.spool import Spool
from evidence.errors import CodedError, EvidenceError
from evidence.log import merkle
from evidence.log.batch import Batch, RecordKind, decode
from evidence.log.checkpoint import open_checkpoint
from evidence.log.envelope import decompress
from evidence.log.key import keyring
from tests.faults import mutation
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.ledger_truth import quietly
from tests.system.oracle import Kept, kept_in
from tests.system.spool_original import POLLS, VARIANTS, Original, limit_MiB, original, started
from tests.system.spool_truth import DEVICE, Truth, shown_by
from tests.unit.edge_agent.site import KEY, installed

FIGURE: Final = 10_000
MUTATIONS: Final = 20
_RING: Final = keyring([KEY.verifier])
_DB: Final = (mutation.flip, mutation.zero_page, mutation.truncate, mutation.noise)
WAYS: Final = {
    "spool.sqlite": _DB,
    "spool.sqlite-wal": (*_DB, mutation.remove),
    "spool.sqlite-shm": (mutation.flip, mutation.truncate, mutation.junk, mutation.remove),
    "spool.head": (mutation.flip, mutation.truncate, mutation.junk, mutation.remove),
}
Ways = dict[str, tuple[mutation.Mutation, ...]]


class Restart:
    """A start on what is left of a spool.

    Args:
        folder: Of the site.
        before: What was there.
        truth: Knows what each poll showed.
    """

    def __init__(self, folder: Path, before: Original, truth: Truth) -> None:
        self.state, self.before, self.truth = folder / "state", before, truth
        self.found: list[Kept] = []

    def lay(self) -> Path:
        """The files as they were; gives their folder."""
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir(mode=0o700)
        for name, content in self.before.files.items():
            (self.state / name).write_bytes(content)
        return self.state

    def complaints(self) -> list[str]:
        """What is wrong after two starts; nothing if all is well."""
        try:
            agent = started(self.truth.site)
        except CodedError as wrong:
            return self._again(str(wrong))
        try:
            wrong_now = self._of(agent.spool)
            epoch = agent.spool.epoch
        finally:
            agent.spool.close()
        return wrong_now or self._of_second(epoch)

    def _again(self, first: str) -> list[str]:
        """After a start that ended with an error, the next one must not."""
        try:
            agent = started(self.truth.site)
        except CodedError as wrong:
            return [f"it does not start: {first}; nor again: {wrong}"]
        try:
            return self._of(agent.spool)
        finally:
            agent.spool.close()

    def _of_second(self, epoch: str) -> list[str]:
        """The start after it finds everything in order and as it was."""
        first = self.found
        try:
            agent = started(self.truth.site)
        except CodedError as wrong:
            return [f"it starts once and not twice: {wrong}"]
        try:
            wrong_now = self._of(agent.spool)
            if agent.spool.epoch != epoch:
                wrong_now.append("the second start opens a further epoch")
            if self.found != first:
                wrong_now.append(f"{len(first)} polls at the first start, {len(self.found)} then")
            return wrong_now
        finally:
            agent.spool.close()

    def _of(self, spool: Spool) -> list[str]:
        leaves = {n: spool.leaf(n) for n in range(spool.base, spool.size)}
        if None in leaves.values():
            return ["a leaf without a receipt is gone"]
        data = {n: decompress(leaf.frame) for n, leaf in leaves.items() if leaf is not None}
        try:
            self.found = [poll for leaf in data.values() for poll in kept_in(leaf)]
        except EvidenceError as wrong:
            return [f"a leaf cannot be read: {wrong}"]
        self.found += shown_by(spool)
        return [
            *self._of_leaves(spool.epoch, data),
            *self._of_polls(spool),
            *self._of_gap(spool, data),
            *_of_checkpoint(spool, data),
        ]

    def _of_leaves(self, epoch: str, data: dict[int, bytes]) -> Iterator[str]:
        for sequence, leaf in data.items():
            if self.before.leaves.get((epoch, sequence), leaf) != leaf:
                yield f"leaf {sequence} of {epoch} is another one than was given out"

    def _of_polls(self, spool: Spool) -> Iterator[str]:
        numbers = [each.sequence for each in self.found]
        if numbers != sorted(set(numbers)):
            yield f"polls are doubled or out of order: {numbers}"
        for each in self.found:
            if each != self.truth.shown(each.sequence):
                yield f"poll {each.sequence} is another one: {each}"
        following = POLLS if spool.epoch == self.before.epoch else max([-1, *numbers]) + 1
        if spool.next_sequence(DEVICE) < following:
            yield f"poll {spool.next_sequence(DEVICE)} is next, {following} may be used already"

    def _of_gap(self, spool: Spool, data: dict[int, bytes]) -> Iterator[str]:
        lost = set(self.before.due) - set(self.found)
        if not lost:
            return
        first = decode(data[0]) if 0 in data else None
        said = first.records if isinstance(first, Batch) else ()
        if spool.epoch == self.before.epoch or not any(r.kind is RecordKind.GAP for r in said):
            yield f"{len(lost)} polls are lost and no gap says so"


def _of_checkpoint(spool: Spool, data: dict[int, bytes]) -> Iterator[str]:
    """A log that begins here verifies from its first leaf on."""
    last = spool.leaf(spool.size - 1)
    if spool.base == 0 and last is not None:
        head = open_checkpoint(last.checkpoint, _RING).checkpoint
        root = merkle.root_of([merkle.leaf_hash(data[n]) for n in range(spool.size)])
        if (head.size, head.root) != (spool.size, root):
            yield "the log does not verify"


@dataclass(slots=True, kw_only=True)
class Round:
    """Mutations of one spool, one at a time.

    Attributes:
        tally: What happened.
        wrong: What must not.
    """

    tally: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, by: int = 1) -> None:
        """Adds to the tally."""
        self.tally[name] = self.tally.get(name, 0) + by

    def play(self, seed: int, folder: Path, ways: Ways) -> "Round":
        """Twenty mutations, or as many as it takes to find something wrong."""
        chance, variant = random.Random(seed), VARIANTS[seed % len(VARIANTS)]
        before = original(variant)
        truth = Truth(site=installed(folder, limit_MiB=limit_MiB(variant)))
        for _ in range(MUTATIONS):
            restart = Restart(folder, before, truth)
            what = mutation.mutated(restart.lay(), ways, chance)
            with quietly():
                wrong = restart.complaints()
            self.count("mutations")
            self.count("polls_due", len(before.due))
            self.count("polls_kept", len(set(restart.found) & set(before.due)))
            if wrong:
                self.wrong = [f"{variant}, {' '.join(what)}: {each}" for each in wrong]
                return self
        return self


def play(seed: int, folder: Path) -> Tally:
    """Twenty mutations of one spool."""
    played = Round().play(seed, folder, dict(WAYS))
    assert not played.wrong, "\n".join(played.wrong)
    return played.tally


@contextmanager
def believing_everything() -> Iterator[None]:
    """Inside, no hash, checksum or signature of a spool is looked at, nor the order of pages."""
    with ExitStack() as undone:
        for module in (spool_check, salvage):
            for name in ("is_leaf", "is_pending", "is_setup", "is_document", "is_epoch"):
                undone.enter_context(replaced(module, name, lambda *_: True))
        undone.enter_context(replaced(spool_check, "_require", lambda *_: None))
        yield


def _believed(seed: int, folder: Path) -> Sequence[str]:
    with believing_everything():
        return Round().play(seed, folder, {"spool.sqlite": (mutation.noise,)}).wrong


def _most_was_kept(tally: Tally) -> None:
    share = tally["polls_kept"] / tally["polls_due"]
    assert share > 0.8, f"only {share:.0%} of the polls were kept"


CORRUPTION: Final = Campaign(
    name="spool-corrupted",
    rows=(17,),
    fault="bits of a stopped agent's spool are flipped, bytes overwritten, a page zeroed, a file "
    "truncated; its WAL or the note beside it is removed; the shared memory is noise",
    holds="the agent starts, twice; every poll and leaf that it gives out is bit for bit what it "
    "was; what is lost is a signed gap in a new epoch; most is kept",
    counted="mutations",
    figure=FIGURE,
    play=play,
    closes=_most_was_kept,
    controls=(Control(defence="hashes, checksums and signatures of the spool", find=_believed),),
)
