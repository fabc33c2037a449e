"""`carbonmeter evidence bundle` and `verify`: what a person types, and the exit codes."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from carbonmeter.cli import main
from collector.cli import collector
from collector.journal import open_journal
from collector.judging import Judging
from collector.opening import open_store
from collector.originals import Originals
from evidence.log.entry import Act, Action
from tests.unit.calibration.dcc.signing import authority
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import FILES, Plant
from tests.unit.evidence.bundle.made import members, stated
from tests.unit.evidence.bundle.sealing import cite, signed_dcc


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Plant, Path]]:
    """A plant whose collector was initialised by its command and has the plant's key."""
    path = tmp_path / "collector.toml"
    assert collector(["init", "--config", str(path), "--id", "collector-1"]) == 0
    plant = Plant(tmp_path / "state", collector="collector-1")
    plant.fill()
    (tmp_path / "state" / "collector.key").write_text(SIGNER.to_text() + "\n")
    entries = (
        f'[[agents]]\nid = "{log.agent}"\nsite = "{plant.sites[log.agent]}"\n'
        f'key = "{log.key.verifier.to_text()}"\n'
        for log in (plant.gw1, plant.gw2)
    )
    path.write_text(path.read_text() + "".join(entries))
    with closing(open_store(plant.folder)) as store:
        Judging(plant.ledger, store, plant.sites).catch_up()
    yield plant, path
    plant.close()


SIGNED: Final = signed_dcc()


@pytest.fixture
def cited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plant that is filled after this has a certificate that was taken from a signed DCC."""
    cite(monkeypatch, SIGNED)


def kept(plant: Plant) -> str:
    """The digest of a statement that the collector's own store keeps."""
    datum = stated(plant)
    with closing(open_store(plant.folder)) as store, store.transaction():
        return store.state_activity(datum, plant.bench.clock.now_ns()).digest


def bundle(path: Path, digest: str, out: Path, *more: str) -> int:
    return main(
        ["evidence", "bundle", "--activity", digest, str(out), "--config", str(path), *more]
    )


def test_a_bundle_is_written_and_verified_and_the_same_again(
    made: tuple[Plant, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant, path = made
    digest = kept(plant)
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    assert bundle(path, digest, one) == bundle(path, digest, other) == 0
    assert one.read_bytes() == other.read_bytes()
    capsys.readouterr()
    assert main(["evidence", "verify", str(one), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["activity"] == digest
    assert [each["id"] for each in told["outcomes"]] == list(range(1, 29))
    assert all(each["what_zh"] and each["zh"] for each in told["outcomes"])


def test_the_journals_entries_about_an_agent_of_the_bundle_are_in_it(
    made: tuple[Plant, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant, path = made
    digest, out, policy = kept(plant), tmp_path / "b.zip", tmp_path / "policy.toml"
    with open_journal(plant.folder, "collector-1", plant.bench.clock) as journal:
        for agent in ("gw-1", "gw-2"):
            subject = f"{agent}/0123456789abcdef0123456789abcdef/0"
            act = Act(
                who="wang", role="host", action=Action.BRANCH_RELEASED, subject=subject, reason="r"
            )
            journal.record(act)
        policy.write_text(f'schema = 1\njournals = ["{journal.pinned}"]\nrequire = [26]\n')
    assert bundle(path, digest, out) == 0
    capsys.readouterr()
    assert main(["evidence", "verify", str(out), "--policy", str(policy), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["outcomes"][25]
    assert (told["id"], told["result"], told["en"]) == (26, "ok", "1 entry")


def test_with_all_leaves_nothing_is_withheld_and_a_policy_may_require_that(
    made: tuple[Plant, Path], tmp_path: Path
) -> None:
    plant, path = made
    digest, out, policy = kept(plant), tmp_path / "b.zip", tmp_path / "policy.toml"
    policy.write_text("schema = 1\nrequire = [19]\n")
    check = ["evidence", "verify", str(out), "--policy", str(policy)]
    assert bundle(path, digest, out) == 0
    assert main(check) == 1
    assert bundle(path, digest, out, "--whole") == 0
    assert main(check) == 0


def test_names_of_files_and_persons_are_withheld_on_request_but_not_from_a_whole_bundle(
    made: tuple[Plant, Path], tmp_path: Path
) -> None:
    plant, path = made
    digest, plain, silent = kept(plant), tmp_path / "plain.zip", tmp_path / "silent.zip"
    with open_journal(plant.folder, "collector-1", plant.bench.clock) as journal:
        subject = f"gw-1/{plant.gw1.epoch}/0"
        act = Act(
            who="zhao.min", role="host", action=Action.BRANCH_RELEASED, subject=subject, reason="r"
        )
        journal.record(act)
    hide = ("--hide", "file-names", "--hide", "persons")
    assert bundle(path, digest, plain) == bundle(path, digest, silent, *hide) == 0
    names = (b"zhao.min", *(name.encode() for _, name, _ in FILES))
    found = [
        {name for name in names if name in b"".join(members(each.read_bytes()).values())}
        for each in (plain, silent)
    ]
    assert b"zhao.min" in found[0]
    assert len(found[0]) > 2
    assert not found[1]
    with pytest.raises(SystemExit, match="2"):
        bundle(path, digest, silent, "--whole", *hide)


@pytest.mark.usefixtures("cited")
def test_a_kept_original_is_in_the_bundle_unless_it_is_hidden(
    made: tuple[Plant, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant, path = made
    Originals(plant.folder).keep(SIGNED)
    digest, out, policy = kept(plant), tmp_path / "b.zip", tmp_path / "policy.toml"
    pem = authority().pem.decode()
    policy.write_text(f"schema = 1\nlaboratories = ['''{pem}''']\nrequire = [27]\n")
    check = ["evidence", "verify", str(out), "--policy", str(policy)]
    assert bundle(path, digest, out) == 0
    assert main(check) == 0
    assert "CN=Laboratory" in capsys.readouterr().out
    assert bundle(path, digest, out, "--hide", "originals") == 0
    assert main(check) == 1
    assert "its original is not here" in capsys.readouterr().out


def test_what_cannot_be_read_is_told_in_two_languages_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, policy = tmp_path / "bad.zip", tmp_path / "policy.toml"
    bad.write_bytes(b"no zip")
    policy.write_text("schema = 2")
    for arguments in ([str(bad)], [str(tmp_path)], [str(bad), "--policy", str(policy)]):
        assert main(["evidence", "verify", *arguments]) == 2
        english, chinese = capsys.readouterr().err.splitlines()[:2]
        assert english.startswith("E_")
        assert english != chinese


def test_a_statement_that_was_not_made_here_is_told(
    made: tuple[Plant, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bundle(made[1], "0" * 64, tmp_path / "none.zip") == 78
    assert "E_LEDGER_ABSENT" in capsys.readouterr().err
