"""The ledger is edited by somebody who may write every file of the collector.

Fault matrix row 18. `collector check` names the first bad record; the HTTP interface answers 409
for a leaf that is not what it was, and gives the others.
"""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import collector.checking
from collector.api.pool import SourcePool
from collector.checking import Checked, check_in
from collector.ledger import HEAD
from collector.ledger_read import LEDGER, LedgerReader
from collector.ledger_rows import StoredLeaf
from evidence.clock import utc_text
from evidence.errors import CodedError, EnvelopeError
from evidence.log.envelope import decompress
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.ledger_edits import Edited, edited
from tests.unit.collector.agent_log import SIGNER, agents_of
from tests.unit.collector.api.plant import (
    LINE_1,
    MILL,
    PERIOD_MS,
    START_NS,
    Asked,
    Plant,
    batch,
    served,
    stream,
)

EDITS: Final = 250
"""In a round."""
LEAVES: Final = 12
POLLS: Final = 4
NS_PER_MS: Final = 1_000_000
S: Final = 1_000_000_000
INSTANT: Final = 6
"""The column of a leaf's instant of commit, which no hash covers."""
_BETWEEN: Final = "an instant moved between those of its neighbours"
_MAY_BE: Final = (200, 409, 503)
"""What the interface may answer for a leaf when anything was edited."""
_ROWS: Final = (
    "SELECT * FROM leaves ORDER BY position",
    "SELECT * FROM logs ORDER BY id",
    "SELECT * FROM ledger",
)


@dataclass(slots=True, kw_only=True)
class Bench:
    """A ledger that is edited, and what it was.

    Attributes:
        plant: Of which it is; its own ledger is closed.
        original: A copy of the file.
        head: The head beside it.
        rows: All that it held.
        sources: Connections of the interface.
        channels: Position -> channel and first poll of the leaf's readings; not of documents.
        answers: Position -> what the interface answers for it.
    """

    plant: Plant
    original: Path
    head: str
    rows: list[Any]
    sources: SourcePool
    channels: dict[int, tuple[str, int]] = field(default_factory=dict)
    answers: dict[int, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.plant.folder / LEDGER

    def restore(self) -> None:
        """Puts the ledger back as it was."""
        self.sources.close()  # of the file that was there
        for tail in ("-wal", "-shm"):
            Path(f"{self.path}{tail}").unlink(missing_ok=True)
        fresh = self.path.with_suffix(".fresh")
        shutil.copyfile(self.original, fresh)
        fresh.replace(self.path)
        (self.plant.folder / HEAD).write_text(self.head)

    def check(self) -> Checked:
        """What `collector check` finds."""
        agents = agents_of(self.plant.gw1, self.plant.gw2)
        return check_in(self.plant.folder, agents, SIGNER.verifier)

    def consequence(self) -> str:
        """What an edit came to, in words; empty if it must be found."""
        try:
            rows = held(self.path)
        except (sqlite3.Error, UnicodeDecodeError):
            return ""
        if rows == self.rows:
            return "of no consequence"
        instants = [row[INSTANT] for row in rows[0]]
        same = [_timeless(rows[0]), *rows[1:]] == [_timeless(self.rows[0]), *self.rows[1:]]
        if same and all(isinstance(each, int) for each in instants):
            late = instants[-1] - self.rows[0][-1][INSTANT] >= S  # its receipt says so
            return _BETWEEN if instants == sorted(instants) and not late else ""
        return ""


def _timeless(leaves: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row[:INSTANT] + row[INSTANT + 1 :] for row in leaves]


def held(path: Path) -> list[Any]:
    """All rows of a ledger's tables, with the leaves' bytes: several frames can hold the same."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        leaves, *rest = (db.execute(text).fetchall() for text in _ROWS)
    return [[(*row[:-1], _opened(row[-1])) for row in leaves], *rest]


def _opened(frame: Any) -> Any:  # noqa: ANN401 - whatever an edit left there
    try:
        return decompress(frame)
    except (EnvelopeError, TypeError):
        return frame


@contextmanager
def standing(folder: Path) -> Iterator[tuple[Bench, Asked]]:
    """A ledger of two agents, judged, and the interface that serves it."""
    plant = Plant(folder)
    plant.log_profile()
    channels: dict[int, tuple[str, int]] = {}
    for number in range(LEAVES):
        for log, channel in ((plant.gw1, LINE_1), (plant.gw2, MILL)):
            plant.bench.clock.advance(S)
            channels[plant.ledger.head().size] = (channel, number * POLLS)
            plant.take(log, batch(log, [stream(channel, number * POLLS, POLLS)]))
    plant.judging.catch_up()
    plant.ledger.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    plant.ledger.close()
    original = folder / "original"
    shutil.copyfile(folder / LEDGER, original)
    parts = plant.parts(size=1)
    bench = Bench(
        plant=plant,
        original=original,
        head=(folder / HEAD).read_text(),
        rows=held(original),
        sources=parts.sources,
        channels=channels,
    )
    object.__setattr__(parts, "ledger_writable", lambda: True)
    try:
        yield bench, served(parts)
    finally:
        parts.sources.close()
        plant.store.close()


def play(seed: int, folder: Path, edits: int = EDITS) -> Tally:
    """A round: edits one after the other, each of the ledger as it was."""
    rng, tally = random.Random(seed), Counter[str]()
    with standing(folder) as (bench, asked):
        assert bench.check().sound, bench.check().to_text()
        bench.answers = {each: _answer(bench, asked, each)[1] for each in bench.channels}
        for number in range(edits):
            done, wrong = _suffered(bench, asked, rng)
            assert not wrong, f"edit {number}, {done.how}: {wrong}"
            tally[done.how] += 1
        bench.restore()
        assert bench.check().sound
    return {"edits": edits, **tally}


def _suffered(bench: Bench, asked: Asked, rng: random.Random) -> tuple[Edited, str]:
    """One edit, and what was not found of it; empty if all was."""
    bench.restore()
    done = edited(bench.path, rng)
    if done.maybe and (came_to := bench.consequence()):
        return Edited(how=f"{done.how}, {came_to}"), ""
    return done, _unnoticed(bench, done) or _served(bench, asked, done)


def _unnoticed(bench: Bench, done: Edited) -> str:
    found = bench.check()
    if found.sound:
        return "nothing is found"
    text = found.to_text()
    if done.named and not any(name in text for name in done.named):
        return f"it is not named: {text}"
    return ""


def _served(bench: Bench, asked: Asked, done: Edited) -> str:
    """How the interface fails: it gives what was altered, or keeps back what was not.

    It reads a leaf alone, and cannot see that one is another that has its hash beside it.
    """
    if done.careful:
        return ""
    sane = [done.position] if done.position in bench.channels else []
    for position in (*sane, min(set(bench.channels) - set(sane))):
        status, text = _answer(bench, asked, position)
        if position == done.position:
            named = "E_LEDGER_DAMAGED" in text and done.named[0] in text
            if (status, named) != (409, True):
                return f"{status} for leaf {position}: {text[:300]}"
        elif status not in _MAY_BE or (status == 200 and text != bench.answers[position]):
            return f"{status} for leaf {position}: {text[:300]}"
        elif sane and status != 200:
            return f"{status} for leaf {position}, which is as it was: {text[:300]}"
    return ""


def _answer(bench: Bench, asked: Asked, position: int) -> tuple[int, str]:
    channel, first = bench.channels[position]
    start_ns = START_NS + first * PERIOD_MS * NS_PER_MS
    end_ns = start_ns + POLLS * PERIOD_MS * NS_PER_MS
    answer = asked.get(
        f"/api/v1/readings?channel={channel}&start={utc_text(start_ns)}&end={utc_text(end_ns)}"
    )
    return answer.status_code, answer.text


def _unwalked(seed: int, folder: Path) -> Sequence[str]:
    """What is not found where only the head is compared."""
    with (
        replaced(collector.checking, "first_damage", lambda _ledger: None),
        replaced(collector.checking, "first_unsigned", lambda *_: None),
    ):
        return _found(seed, folder)


def _unsigned(seed: int, folder: Path) -> Sequence[str]:
    """What is not found where no signature is checked."""
    with replaced(collector.checking, "first_unsigned", lambda *_: None):
        return _found(seed, folder)


def _served_unseen(seed: int, folder: Path) -> Sequence[str]:
    """What is given out where a leaf is not compared with its hash."""

    def stored(_ledger: LedgerReader, row: tuple[Any, ...]) -> StoredLeaf:
        position, agent, epoch, sequence, leaf_hash, root, received_ns, frame = row
        return StoredLeaf(
            position=position,
            agent=agent,
            epoch=epoch,
            sequence=sequence,
            leaf=decompress(frame),
            leaf_hash=leaf_hash,
            root=root,
            received_ns=received_ns,
        )

    with replaced(LedgerReader, "_stored", stored):
        return _found(seed, folder)


def _found(seed: int, folder: Path) -> Sequence[str]:
    try:
        play(seed, folder)
    except (AssertionError, CodedError) as wrong:
        return [str(wrong)]
    return []


EDITED_LEDGER = Campaign(
    name="edited-ledger",
    rows=(18,),
    fault="somebody who may write every file edits the ledger: leaves, hashes, roots, numbers, "
    "instants, notes, receipts, the head; carefully, with all hashes computed anew; or bytes of "
    "the file",
    holds="`collector check` names the first bad record or log, unless nothing was changed by "
    "it; HTTP answers 409 for a leaf that has lost its hash, and gives the others",
    counted="edits",
    figure=10_000,
    play=play,
    controls=(
        Control(defence="every leaf is hashed, every root computed", find=_unwalked),
        Control(defence="signatures of checkpoints and receipts", find=_unsigned),
        Control(defence="a leaf that is read is compared with its hash", find=_served_unseen),
    ),
)
