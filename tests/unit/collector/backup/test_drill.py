"""The restore drill: what it proves, and that each of its steps can fail."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from collector.agents import Agents
from collector.backup.copying import digest_of
from collector.backup.drill import Expected, Step, drill
from collector.backup.making import Wish, make_backup
from collector.backup.manifest import MANIFEST
from collector.cli import collector
from collector.config import CollectorConfig
from collector.enrolment.registered import Registered
from collector.journal import open_journal
from collector.judging import Judging
from collector.opening import DERIVED, open_store
from collector.people.administration import at_this_machine
from evidence.load import read_signing_key
from evidence.log.entry import Action
from evidence.log.key import Algorithm, generate
from tests.unit.collector.agent_log import SIGNER, START_NS, agents_of, filled, key_of
from tests.unit.collector.api.plant import LINE_1, SITES, Plant, batch, stream
from tests.unit.collector.test_cli import at, initialised

NAMES = ["files", "ledger", "signatures", "journal", "same as in use", "derived again"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A filled plant, judged into the file that a collector uses."""
    plant = Plant(tmp_path_factory.mktemp("whole") / "state")
    plant.fill()
    store = open_store(plant.folder)
    Judging(plant.ledger, store, SITES).catch_up()
    store.close()
    clock = plant.bench.clock
    with open_journal(plant.folder, "works", clock) as journal:
        for number in range(3):
            journal.record(
                at_this_machine("Q. Wang").act(Action.CORRECTION, f"paper {number}", "r")
            )
    yield plant
    plant.close()


@pytest.fixture
def state(whole: Plant, tmp_path: Path) -> Path:
    """A state folder of its own that may be spoilt."""
    made = make_backup(Wish(collector="works", state_dir=whole.folder), tmp_path, START_NS)
    (made / MANIFEST).unlink()
    (made / "derived.db").unlink()
    return made.rename(tmp_path / "state")


def expected(plant: Plant, running: Path | None, agents: Agents | None = None) -> Expected:
    return Expected(
        registered=lambda _: Registered(
            agents=agents or agents_of(plant.gw1, plant.gw2), sites=dict(SITES), revoked_ns={}
        ),
        collector=SIGNER.verifier,
        journal=read_signing_key(plant.folder / "journal.key").verifier,
        accept_simulated=False,
        running=running,
    )


def drilled(
    state: Path, wanted: Expected, spoil: Callable[[Path], object] | None = None
) -> list[Step]:
    """A drill of a backup of `state`; `spoil` may change the backup before."""
    copies = state.parent / "copies"
    backup = make_backup(Wish(collector="works", state_dir=state), copies, START_NS)
    if spoil is not None:
        spoil(backup)
    return list(drill(backup, state.parent / "scratch", wanted))


def outcomes(steps: list[Step]) -> list[str]:
    assert [each.name for each in steps] == NAMES
    return [each.outcome for each in steps]


def test_a_good_backup_proves_itself(whole: Plant, state: Path) -> None:
    steps = drilled(state, expected(whole, whole.folder))
    assert outcomes(steps) == ["ok"] * 6
    assert [each.said for each in steps if each.name == "journal"] == ["3 entries"]
    said = {each.name: each.said for each in steps}
    size = whole.ledger.head().size
    assert said["ledger"].startswith(f"{size} leaves, root ")
    assert said["signatures"] == "2 logs, 2 receipts"
    assert said["same as in use"] == "0 leaves came since"
    assert int(said["derived again"].partition(" ")[0]) > 400


def test_without_the_state_in_use_that_alone_is_not_checked(whole: Plant, state: Path) -> None:
    steps = drilled(state, expected(whole, None))
    assert outcomes(steps) == ["ok", "ok", "ok", "ok", "not_checked", "ok"]


def test_a_file_that_was_altered_ends_it(whole: Plant, state: Path) -> None:
    steps = drilled(
        state, expected(whole, whole.folder), lambda backup: (backup / "head").write_text("x")
    )
    assert outcomes(steps) == ["failed", *["not_checked"] * 5]
    assert "E_BACKUP_ALTERED" in steps[0].said


def sealed_anew(backup: Path, name: str) -> None:
    """Whoever altered a file put its new digest into the manifest too."""
    manifest = json.loads((backup / MANIFEST).read_text())
    for each in manifest["files"]:
        if each["name"] == name:
            each["size_bytes"], each["sha256"] = digest_of(backup / name)
    (backup / MANIFEST).write_text(json.dumps(manifest))


def test_a_leaf_that_was_altered_with_its_digest_is_found(whole: Plant, state: Path) -> None:
    def spoil(backup: Path) -> None:
        with closing(sqlite3.connect(backup / "ledger.db")) as database:
            database.execute("UPDATE leaves SET leaf = (SELECT leaf FROM leaves LIMIT 1)")
            database.commit()
        sealed_anew(backup, "ledger.db")

    steps = drilled(state, expected(whole, whole.folder), spoil)
    assert outcomes(steps) == ["ok", "failed", *["not_checked"] * 4]


def test_keys_that_are_not_pinned_are_found(whole: Plant, state: Path) -> None:
    steps = drilled(state, expected(whole, whole.folder, agents_of(filled(1))))
    assert outcomes(steps) == ["ok", "ok", "failed", *["not_checked"] * 3]
    assert "E_SIG_UNKNOWN_KEY" in steps[2].said


def test_receipts_of_another_collector_are_found(whole: Plant, state: Path) -> None:
    other = generate("collector-1", b"d" * 32, Algorithm.COSIGNATURE_V1)
    wanted = expected(whole, whole.folder)
    steps = drilled(state, replace(wanted, collector=other.verifier))
    assert outcomes(steps)[2] == "failed"


def test_a_backup_of_another_ledger_is_found(whole: Plant, state: Path, tmp_path: Path) -> None:
    other = Plant(tmp_path / "other")
    other.log_profile()
    steps = drilled(state, expected(whole, other.folder))
    other.close()
    assert outcomes(steps) == ["ok", "ok", "ok", "ok", "failed", "not_checked"]


def test_an_entry_of_the_journal_that_was_altered_is_found(whole: Plant, state: Path) -> None:
    def spoil(backup: Path) -> None:
        with closing(sqlite3.connect(backup / "journal.sqlite")) as database:
            database.execute(
                "UPDATE entries SET leaf = "
                " CAST(replace(CAST(leaf AS TEXT), 'paper 1', 'paper 7') AS BLOB)"
            )
            database.commit()
        sealed_anew(backup, "journal.sqlite")

    steps = drilled(state, expected(whole, whole.folder), spoil)
    assert outcomes(steps) == ["ok", "ok", "ok", "failed", "not_checked", "not_checked"]


def test_hours_that_do_not_follow_from_the_ledger_are_found(whole: Plant, state: Path) -> None:
    with closing(sqlite3.connect(state / DERIVED)) as database:
        ((body,),) = database.execute("SELECT body FROM window WHERE channel=? LIMIT 1", (LINE_1,))
        database.execute("UPDATE window SET body=? WHERE channel=?", (body, LINE_1))
        database.commit()
    steps = drilled(state, expected(whole, whole.folder))
    assert outcomes(steps) == ["ok"] * 5 + ["failed"]
    assert "E_DRILL_DIFFERS" in steps[-1].said


def site(config: CollectorConfig, *, pinned: str = "gw-1") -> None:
    path = config.state_dir.parent / "collector.toml"
    keys = "".join(
        f'[[agents]]\nid = "{agent}"\nsite = "{where}"\n'
        f'key = "{key_of(agent if pinned == "gw-1" else pinned).verifier.to_text()}"\n'
        for agent, where in SITES.items()
        if agent == "gw-1" or pinned == "gw-1"
    )
    path.write_text(path.read_text() + '[backup]\ndirectory = "copies"\nkeep = 1\n' + keys)


def test_the_commands_back_up_prove_and_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = initialised(tmp_path)
    site(config)
    with closing(_judged(config)):
        capsys.readouterr()
        assert collector(["backup", *at(config)]) == 0  # beside a collector that has it open
        (folder,) = capsys.readouterr().out.splitlines()
        assert (Path(folder) / "collector.toml").exists()
        assert collector(["backup", "--list", *at(config)]) == 0
        assert capsys.readouterr().out.startswith(folder)
        # the receipts of this test are signed with the key of the tests, not with the collector's
        assert collector(["drill", "--json", *at(config)]) == 1
        steps = json.loads(capsys.readouterr().out)["steps"]
        assert [each["outcome"] for each in steps[:3]] == ["ok", "ok", "failed"]
        config.key_file.unlink()
        assert collector(["drill", folder, *at(config)]) == 0
        assert "not_checked" not in capsys.readouterr().out
    command = ["restore", folder, "--by", "Q. Wang", "--reason", "moved", *at(config)]
    assert collector(command) == 78
    assert "E_RESTORE_OCCUPIED" in capsys.readouterr().err
    shutil.rmtree(config.state_dir)
    assert collector(command) == 0
    assert "collector.key" in capsys.readouterr().err
    assert collector(["rebuild", *at(config)]) == 0


def _judged(config: CollectorConfig) -> Plant:
    plant = Plant(config.state_dir)
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 10)]))
    store = open_store(config.state_dir)
    Judging(plant.ledger, store, SITES).catch_up()
    store.close()
    return plant


def test_a_backup_needs_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = initialised(tmp_path)
    assert collector(["backup", *at(config)]) == 78
    assert "E_BACKUP" in capsys.readouterr().err
    site(config)
    assert collector(["drill", *at(config)]) == 78
    assert "there is no backup" in capsys.readouterr().err
