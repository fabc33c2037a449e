"""Months moved out of the ledger: read as before, proved as before, never lost."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from collector.archive import moving
from collector.archive.due import due_runs, require_settled
from collector.archive.errors import ArchiveDamagedError, ArchiveFullError, ArchiveOpenError
from collector.archive.files import ARCHIVE, leaves_file, month_file, read_month
from collector.archive.keeping import ByHash, listed, require_archived
from collector.archive.months import Run
from collector.archive.moving import Moved, Tell, archive_month
from collector.backup.making import Wish, make_backup
from collector.branches import open_notes
from collector.cli import collector
from collector.errors import LedgerDamagedError
from collector.journal import open_journal
from collector.judging import Judging
from collector.ledger import Ledger, open_ledger
from collector.ledger_check import first_damage
from collector.ledger_read import read_ledger
from collector.opening import DERIVED, open_store
from evidence.clock import SystemClock, parse_utc
from evidence.log import merkle
from tests.conftest import Require
from tests.faults.replaced import replaced
from tests.faults.small_disk import fill, small_disk
from tests.unit.collector.agent_log import AgentLog, filled, noise
from tests.unit.collector.api.plant import LINE_1, SITES, START_NS, Plant, batch, stream
from tests.unit.collector.intake_bench import Bench, covered
from tests.unit.collector.test_cli import at, initialised

DAY_NS = 86_400 * 10**9
NOW_NS = parse_utc("2026-11-30T00:00:00Z")
LEAVES = 36
MONTHS = [f"2026-{number:02d}" for number in range(4, 10)]


def leaf_of(number: int) -> bytes:
    return noise(number, 1 + number % 40)


class Works:
    """A ledger of two agents from April to September; a leaf every five days.

    Args:
        state: Its folder; it is filled if there is none.
    """

    def __init__(self, state: Path) -> None:
        self.state, self.logs = state, (filled(0), filled(0, "press-1"))
        is_new = not state.exists()
        for number in () if is_new else range(LEAVES):
            self.logs[number % 2].leaves.append(leaf_of(number))
        self.ledger: Ledger = open_ledger(state)
        self.bench = Bench(self.ledger, *self.logs)
        self.bench.clock.advance(DAY_NS)
        self.entered: list[str] = []
        for number in range(LEAVES) if is_new else ():
            self.take(self.logs[number % 2], leaf_of(number))
            self.bench.clock.advance(5 * DAY_NS)

    def take(self, log: AgentLog, leaf: bytes) -> None:
        (reply,) = self.bench.take(log.topic, *log.grow([leaf]))
        assert covered(reply, log) == len(log.leaves)

    def move(self, months: int = 1, now_ns: int = NOW_NS, count: int = 99) -> list[Moved]:
        """Moves what is due, beside the collector that has the ledger open."""
        tell = Tell(enter=lambda month: self.entered.append(month.month), breathe=lambda: None)
        with open_notes(self.state) as notes:
            due = list(due_runs(notes, months, now_ns))[:count]
            return [archive_month(notes, "works", run, now_ns, tell) for run in due]

    def bytes_in(self) -> list[int]:
        """Positions whose bytes are in the ledger."""
        rows = self.ledger.database.rows("SELECT position FROM leaves WHERE leaf <> x''")
        return [position for (position,) in rows]

    def read(self) -> dict[str, list[bytes]]:
        with read_ledger(self.state) as ledger:
            return {
                log.agent: [each.leaf for each in ledger.leaves(log.agent, log.epoch)]
                for log in self.logs
            }


@pytest.fixture(scope="module")
def filled_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("filled") / "state"
    Works(state).ledger.close()
    return state


@pytest.fixture
def works(tmp_path: Path, filled_state: Path) -> Iterator[Works]:
    shutil.copytree(filled_state, tmp_path / "state")
    made = Works(tmp_path / "state")
    yield made
    made.ledger.close()


def test_what_was_moved_is_read_and_proved_as_before(works: Works) -> None:
    before, head = works.read(), works.ledger.head()
    moved = works.move()
    assert [each.month.month for each in moved] == works.entered == MONTHS
    assert sum(each.taken for each in moved) == LEAVES
    assert works.bytes_in() == []
    assert works.read() == before
    assert works.ledger.head() == head
    assert first_damage(works.ledger) is None
    with read_ledger(works.state) as ledger:
        assert [each.position for each in ledger.since(0)] == list(range(LEAVES))
        for month in MONTHS:
            require_archived(ledger, month)


def test_the_room_is_given_back_to_the_ledger(works: Works) -> None:
    """Small leaves share a page, from which nothing is freed when a row merely shrinks."""
    log = works.logs[0]
    for number in range(80):
        works.take(log, noise(number, 25))
    may = parse_utc("2026-05-01T00:00:00Z")
    works.ledger.database.rows("UPDATE leaves SET received_ns = ?", may)
    works.ledger.database.rows("UPDATE logs SET opened_ns = ?", may)
    ((pages,),) = works.ledger.database.rows("PRAGMA page_count")
    works.move()
    ((free,),) = works.ledger.database.rows("PRAGMA freelist_count")
    assert free > pages / 2
    for number in range(30):
        works.take(log, noise(number, 25))
    ((after,),) = works.ledger.database.rows("PRAGMA page_count")
    assert after <= pages + 10
    assert first_damage(works.ledger) is None


def test_only_months_that_are_over_for_long_enough_are_moved(works: Works) -> None:
    moved = works.move(months=6)  # in November: April is over for six whole months
    assert [each.month.month for each in moved] == ["2026-04"]
    assert works.bytes_in() == list(range(moved[-1].month.last + 1, LEAVES))
    assert works.move(months=6) == []
    assert [each.month.month for each in works.move(months=5)] == ["2026-05"]


def test_the_collector_goes_on_with_an_archive(works: Works) -> None:
    works.move()
    for log in works.logs:
        (reply,) = works.bench.take(log.topic, log.message(3))  # sent again
        assert covered(reply, log) == len(log.leaves)
        works.take(log, b"the next one")
    works.ledger.close()
    works.ledger = open_ledger(works.state)
    assert works.ledger.head().size == LEAVES + 2
    assert first_damage(works.ledger) is None


def test_the_files_are_plain_and_lead_from_root_to_root_without_the_ledger(works: Works) -> None:
    moved = works.move()
    folder, frontier = works.state / ARCHIVE, merkle.Frontier()
    leaves = [
        leaf for pair in zip(*(log.leaves for log in works.logs), strict=True) for leaf in pair
    ]
    for each in moved:
        month = json.loads(month_file(folder, each.month.month).read_text())
        assert month["frontier"] == frontier.to_hex()
        frames = leaves_file(folder, each.month.month).open("rb")
        with (
            frames,
            zstandard.ZstdDecompressor().stream_reader(frames, read_across_frames=True) as plain,
        ):
            assert plain.read() == b"".join(leaves[month["first"] : month["last"] + 1])
        for text in (folder / f"{each.month.month}.index").read_text().splitlines():
            line = json.loads(text)
            assert merkle.leaf_hash(leaves[line["position"]]).hex() == line["hash"]
            frontier = merkle.append(frontier, bytes.fromhex(line["hash"]))
        assert merkle.root(frontier).hex() == month["root"]
        assert month_file(folder, each.month.month).stat().st_mode & 0o777 == 0o600
    assert merkle.root(frontier) == works.ledger.head().root


def test_the_usual_tool_shows_all_leaves_of_a_month(works: Works, require: Require) -> None:
    (moved,) = works.move(count=1)
    path = leaves_file(works.state / ARCHIVE, moved.month.month)
    try:
        done = subprocess.run(["zstd", "-dc", path], capture_output=True, timeout=30, check=True)
    except FileNotFoundError:
        require("zstd", "the command is not installed")
    else:
        assert done.stdout.startswith(works.logs[0].leaves[0] + works.logs[1].leaves[0])


@pytest.mark.parametrize(
    ("part", "calls"),
    [
        ("_written", 1),
        ("_written", 2),
        ("require_sound", 0),
        ("_note", 0),
        ("_taken", 0),
        ("_taken", 1),
    ],
)
def test_a_run_that_is_broken_off_anywhere_goes_on_where_it_was(
    works: Works, part: str, calls: int
) -> None:
    before, left, real = works.read(), iter(range(calls)), getattr(moving, part)

    def dies(*given: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    with replaced(moving, "PORTION", 2), replaced(moving, part, dies):
        with pytest.raises(KeyboardInterrupt):
            works.move(count=1)
        assert works.read() == before
        assert first_damage(works.ledger) is None
    works.move()
    assert works.bytes_in() == []
    assert works.read() == before
    assert first_damage(works.ledger) is None


def test_agents_are_received_while_months_are_moved(works: Works) -> None:
    stop, log, received = threading.Event(), works.logs[0], list[int]()

    def receive() -> None:
        while not stop.is_set():
            works.take(log, noise(len(log.leaves), 8))
            received.append(1)

    thread = threading.Thread(target=receive)
    thread.start()
    rest = threading.Event()
    tell = Tell(enter=lambda _: None, breathe=lambda: rest.wait(0.01))
    try:
        with open_notes(works.state) as notes:
            for run in list(due_runs(notes, 1, NOW_NS)):
                archive_month(notes, "works", run, NOW_NS, tell)
    finally:
        stop.set()
        thread.join()
    assert len(received) > 5
    assert works.bench.intake.counters["not_committed", "E_LEDGER_LOCKED"] == 0
    assert first_damage(works.ledger) is None


@pytest.mark.parametrize("suffix", ["leaves", "index", "json"])
def test_every_changed_byte_of_a_file_is_found(works: Works, suffix: str) -> None:
    works.move(count=1)
    path = works.state / ARCHIVE / f"2026-04.{suffix}"
    good = path.read_bytes()
    with read_ledger(works.state) as ledger:
        for at in range(0, len(good), 1 + len(good) // 60):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            if suffix == "json" and _says_the_same(works, good):
                continue  # its date, its software, white space
            with pytest.raises(ArchiveDamagedError):
                require_archived(ledger, "2026-04")
        for cut in (b"", good[:-1], good + b"\n"):
            path.write_bytes(cut)
            if suffix == "json" and _says_the_same(works, good):
                continue
            with pytest.raises(ArchiveDamagedError):
                require_archived(ledger, "2026-04")
        path.unlink()
        with pytest.raises(ArchiveDamagedError):
            require_archived(ledger, "2026-04")


def _says_the_same(works: Works, good: bytes) -> bool:
    try:
        found = read_month(works.state / ARCHIVE, "2026-04")
    except ArchiveDamagedError:
        return False
    was = json.loads(good)
    names = ("first", "last", "frontier", "root")
    same = all(getattr(found, name) == was[name] for name in names)
    pieces = [(found.leaves, was["leaves"]), (found.index, was["index"])]
    return same and all((p.size_bytes, p.sha256) == tuple(w.values()) for p, w in pieces)


def test_a_leaf_whose_file_is_gone_or_altered_is_named_and_others_are_read(works: Works) -> None:
    works.move(count=1)
    path = leaves_file(works.state / ARCHIVE, "2026-04")
    good = path.read_bytes()
    log = works.logs[0]
    with read_ledger(works.state) as ledger:
        path.unlink()
        with pytest.raises(ArchiveDamagedError, match="2026-04"):
            ledger.leaf(log.agent, log.epoch, 0)
        assert ledger.leaf(log.agent, log.epoch, 12).leaf == log.leaves[12]
        damage = first_damage(ledger)
        assert isinstance(damage, ArchiveDamagedError)
        path.write_bytes(b"\0" * len(good))
        with pytest.raises(LedgerDamagedError, match="leaf 0 of boiler-2"):
            ledger.leaf(log.agent, log.epoch, 0)
        assert first_damage(ByHash(ledger.database)) is None  # what rests on hashes stands


def test_a_leaf_without_bytes_that_was_never_archived_is_damage(works: Works) -> None:
    works.ledger.database.rows("UPDATE leaves SET leaf = x'' WHERE position = 2")
    damage = first_damage(works.ledger)
    assert isinstance(damage, LedgerDamagedError)
    assert "leaf 2 has no bytes" in str(damage)
    with pytest.raises(LedgerDamagedError):
        works.move()


def test_nothing_is_taken_out_before_what_was_written_was_read_back(works: Works) -> None:
    written = moving._written

    def badly(path: Path, parts: Iterator[bytes]) -> object:
        piece = written(path, parts)
        if path.suffix == ".leaves":  # the disk returns something else
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 4
            path.write_bytes(data)
        return piece

    with replaced(moving, "_written", badly), pytest.raises(ArchiveDamagedError):
        works.move()
    assert works.bytes_in() == list(range(LEAVES))
    assert works.entered == []


def test_a_damaged_leaf_is_not_archived(works: Works) -> None:
    works.ledger.database.rows("UPDATE leaves SET leaf = zeroblob(30) WHERE position = 3")
    with pytest.raises(LedgerDamagedError, match="leaf 1 of press-1"):
        works.move()
    assert not list((works.state / ARCHIVE).glob("*.json"))


def test_a_full_disk_takes_nothing_out(works: Works, tmp_path: Path, require: Require) -> None:
    if os.geteuid() != 0:
        require("root", "a small disk cannot be mounted")
    with small_disk(tmp_path / "disk", 1) as disk:
        (works.state / ARCHIVE).symlink_to(disk)  # it may be another disk
        fill(disk, 4096)
        with pytest.raises(ArchiveFullError):
            works.move()
        assert works.bytes_in() == list(range(LEAVES))
    (works.state / ARCHIVE).unlink()
    assert sum(each.taken for each in works.move()) == LEAVES


def test_what_came_under_an_archived_month_since_goes_with_the_next(works: Works) -> None:
    works.move(months=6)  # April
    works.ledger.database.rows(
        "UPDATE leaves SET received_ns = ? WHERE position = 12", parse_utc("2026-04-02T00:00:00Z")
    )
    months = [each.month for each in works.move()]
    assert months[0].month == "2026-05"
    assert [each.first for each in months[1:]] == [each.last + 1 for each in months[:-1]]
    assert first_damage(works.ledger) is None


def test_months_that_must_be_kept_are_told_from_others(works: Works) -> None:
    works.move()
    with read_ledger(works.state) as ledger:
        assert all(each.must_be_kept for each in listed(ledger, 10, NOW_NS))
        later = parse_utc("2036-07-01T00:00:00Z")
        kept = {each.month: each.must_be_kept for each in listed(ledger, 10, later)}
    assert kept == {month: month >= "2026-07" for month in MONTHS}


def test_a_month_that_is_not_settled_stays(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "state")
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 10)]))
    run = Run("2026-03", 0, 2)
    with open_notes(plant.folder) as notes:
        with pytest.raises(ArchiveOpenError, match="judged"):
            require_settled(notes, plant.store, run)
        plant.judging.catch_up()
        with pytest.raises(ArchiveOpenError, match="hour"):
            require_settled(notes, plant.store, run)
        require_settled(notes, plant.store, run._replace(last=1))
        notes.database.rows("UPDATE logs SET receipt_size = 0")
        with pytest.raises(ArchiveOpenError, match="receipt"):
            require_settled(notes, plant.store, run._replace(last=1))
    plant.close()


def test_a_backup_with_an_archive_is_made_and_goes_on(works: Works, tmp_path: Path) -> None:
    works.move(months=4)
    backup = make_backup(Wish(collector="works", state_dir=works.state), tmp_path, START_NS)
    with ByHash(read_ledger(backup).database) as ledger:
        assert first_damage(ledger) is None
    works.ledger.database.rows("UPDATE leaves SET hash = zeroblob(32) WHERE position = 1")
    with pytest.raises(Exception, match="E_BACKUP_SOURCE"):
        make_backup(Wish(collector="works", state_dir=works.state), tmp_path, START_NS + 10**9)


def test_the_commands_move_list_and_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = initialised(tmp_path)
    path = tmp_path / "collector.toml"
    path.write_text(path.read_text() + "[archive]\nafter_months = 1\n")
    plant = Plant(config.state_dir)
    plant.log_profile()
    for first in (0, 10):
        plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, first, 10)]))
    plant.close()
    path.write_text(path.read_text().replace("after_months = 1", "after_months = 24"))
    _older(config.state_dir)
    _rebuilt(config.state_dir)
    capsys.readouterr()
    assert collector(["archive", "move", "--by", "Q. Wang", *at(config)]) == 0
    assert "2024-02 2 leaves" in capsys.readouterr().err
    assert collector(["archive", "list", *at(config)]) == 0
    assert capsys.readouterr().out.startswith("2024-02 2 leaves")
    assert collector(["archive", "verify", *at(config)]) == 0
    with open_journal(config.state_dir, "plant-3", SystemClock()) as journal:
        entry = journal.entries(0)[0].entry
    assert (entry.who, entry.action, entry.subject) == ("Q. Wang", "archived", "2024-02")
    month = read_month(config.state_dir / ARCHIVE, "2024-02")
    assert entry.new["leaves_sha256"] == month.leaves.sha256
    path.write_text(path.read_text().replace("after_months = 24", "after_months = 1"))
    assert collector(["archive", "move", *at(config)]) == 1  # an hour of April is open still
    assert "E_ARCHIVE_OPEN" in capsys.readouterr().err
    _rebuilt(config.state_dir)  # from the archive
    file = leaves_file(config.state_dir / ARCHIVE, "2024-02")
    file.write_bytes(file.read_bytes()[:-1])
    assert collector(["archive", "verify", *at(config)]) == 1
    assert "E_ARCHIVE_DAMAGED" in capsys.readouterr().err


def _older(state: Path) -> None:
    """The first two leaves were received long ago."""
    with open_notes(state) as notes:
        then = parse_utc("2024-02-10T00:00:00Z")
        notes.database.rows("UPDATE leaves SET received_ns = ? WHERE position < 2", then)


def _rebuilt(state: Path) -> None:
    (state / DERIVED).unlink(missing_ok=True)
    with read_ledger(state) as ledger, closing(open_store(state)) as store:
        Judging(ledger, store, SITES).catch_up()
        assert store.lookup.windows(LINE_1, 0, 2**62)
