"""`carbonmeter collector`: what a person types, what is printed, and the exit codes."""

import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from carbonmeter.ports import free_port
from collector.access import TokenFile
from collector.cli import collector
from collector.config import CollectorConfig, load_config
from collector.journal import open_journal
from collector.journal_read import read_journal
from collector.ledger import open_ledger
from collector.opening import DERIVED, open_store
from collector.private_files import receipt_key
from collector.rights import Role
from evidence.clock import SystemClock
from evidence.log.entry import Action
from evidence.log.key import Algorithm
from evidence.statement.activity import activity_data
from tests.contract.mosquitto import until
from tests.unit.collector.api.plant import (
    HEADS,
    LINE_1,
    SOFTWARE,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.judged import HOUR_NS

ROOT = Path(__file__).parents[3]
PERIOD = (START_NS, START_NS + 2 * HOUR_NS)


def initialised(folder: Path) -> CollectorConfig:
    """A collector's folder as `collector init` makes it."""
    path = folder / "collector.toml"
    assert collector(["init", "--config", str(path), "--id", "plant-3"]) == 0
    return load_config(path)


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CollectorConfig:
    made = initialised(tmp_path)
    capsys.readouterr()
    return made


@pytest.fixture
def plant(config: CollectorConfig) -> Iterator[Plant]:
    """A plant on the initialised folder, some of it judged; its agents are configured."""
    made = Plant(config.state_dir)
    made.log_profile()
    made.take(made.gw1, batch(made.gw1, [stream(LINE_1, 0, 10)]))
    entry = f'[[agents]]\nid = "gw-1"\nsite = "jinan"\nkey = "{made.gw1.key.verifier.to_text()}"\n'
    path = config.state_dir.parent / "collector.toml"
    path.write_text(path.read_text() + entry)
    yield made
    made.close()


def at(config: CollectorConfig) -> list[str]:
    return ["--config", str(config.state_dir.parent / "collector.toml")]


def test_init_writes_a_configuration_and_a_key_and_prints_the_line_to_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = initialised(tmp_path)
    out, told = capsys.readouterr()
    key = receipt_key(config)
    assert out == f"{key.verifier.to_text()}\n"
    assert key.verifier.algorithm is Algorithm.COSIGNATURE_V1
    assert "collector_key" in told
    with open_journal(config.state_dir, "plant-3", SystemClock()) as journal:
        assert journal.pinned in told
    assert stat.S_IMODE(config.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.state_dir.stat().st_mode) == 0o700


def test_init_never_replaces_a_key(
    config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    before = config.key_file.read_bytes()
    assert collector(["init", *at(config)]) == 78
    assert config.key_file.read_bytes() == before
    told = capsys.readouterr().err
    assert re.search(r"^E_\w+ ", told)
    assert re.search("[一-鿿]", told)


@pytest.mark.parametrize("words", [[], ["fly"], ["run", "--fast"], ["token"], ["accept-restored"]])
def test_words_that_are_no_command_are_refused_with_the_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        collector(words)
    assert ended.value.code == 2
    assert "usage: carbonmeter collector" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", "--clock", "sundial"],
        ["rebuild"],
        ["token", "new", "--name", "a", "--role", "auditor", "--reason", "r"],
        ["accept-restored", "--by", "me", "--reason", "r"],
    ],
)
def test_a_configuration_that_is_not_there_is_named(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.toml"
    assert collector([*words, "--config", str(missing)]) == 78
    out, told = capsys.readouterr()
    assert out == ""
    assert str(missing) in told
    assert "Traceback" not in told


def test_a_clock_that_is_none_is_named(
    config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collector(["run", "--clock", "sundial", *at(config)]) == 78
    assert "sundial" in capsys.readouterr().err


def test_a_token_is_printed_once_and_kept_as_a_digest_only(
    config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["token", "new", "--name", "grafana", "--role", "auditor", "--days", "30"]
    words += ["--reason", "figures on the wall"]
    assert collector([*words, *at(config)]) == 0
    text = capsys.readouterr().out.strip()
    (token,) = TokenFile(config.state_dir).all()
    assert (token.name, token.role) == ("grafana", Role.AUDITOR)
    with read_journal(config.state_dir, "plant-3") as journal:
        (found,) = journal.entries()
    assert (found.entry.action, found.entry.subject) == (Action.TOKEN_ISSUED, "grafana")
    assert found.entry.role == "host"
    assert token.expires_ns - token.created_ns == 30 * 86_400 * 1_000_000_000
    kept = b"".join(each.read_bytes() for each in config.state_dir.iterdir() if each.is_file())
    assert text.encode() not in kept


def test_rebuild_makes_the_same_windows_and_keeps_what_was_stated(
    plant: Plant, config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    plant.close()
    assert collector(["rebuild", *at(config)]) == 0
    assert "3 leaves judged" in capsys.readouterr().err
    store = open_store(config.state_dir)
    windows = store.lookup.windows(LINE_1, *PERIOD)
    assert len(windows) == 2
    datum = store.state_activity(
        activity_data(windows, HEADS[LINE_1].measurand, PERIOD, software=SOFTWARE),
        1,
    )
    store.close()
    assert collector(["rebuild", *at(config)]) == 0
    store = open_store(config.state_dir)
    assert store.lookup.windows(LINE_1, *PERIOD) == windows
    assert store.lookup.activity(datum.digest) == datum
    store.close()


def test_rebuild_does_not_touch_the_store_of_a_collector_that_runs(
    plant: Plant, config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plant.ledger.head().size == 3
    store = open_store(config.state_dir)
    store.close()
    before = (config.state_dir / DERIVED).stat().st_ino
    assert collector(["rebuild", *at(config)]) == 78
    assert "E_LEDGER_LOCKED" in capsys.readouterr().err
    assert (config.state_dir / DERIVED).stat().st_ino == before


def test_rebuild_without_a_ledger_makes_none(
    config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collector(["rebuild", *at(config)]) == 78
    assert "E_LEDGER" in capsys.readouterr().err
    assert not (config.state_dir / "ledger.db").exists()


def test_after_a_restored_ledger_is_accepted_what_comes_again_is_judged(
    plant: Plant, config: CollectorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise the cursor of the store stands beyond the end of the older copy."""
    plant.close()
    older = config.state_dir.parent / "older"
    shutil.copytree(config.state_dir, older)
    plant.__post_init__()
    later = [stream(LINE_1, 10, 10), stream(LINE_1, 20, 10)]
    for part in later:
        plant.take(plant.gw1, batch(plant.gw1, [part]))
    plant.close()
    assert collector(["rebuild", *at(config)]) == 0
    for name in ("ledger.db", "ledger.db-wal"):
        (config.state_dir / name).unlink(missing_ok=True)
    shutil.copy(older / "ledger.db", config.state_dir / "ledger.db")
    assert collector(["rebuild", *at(config)]) == 78
    assert "E_LEDGER_RESTORED" in capsys.readouterr().err
    assert collector(["accept-restored", "--by", "A. Person", "--reason", "disk", *at(config)]) == 0
    assert "goes on from 3 leaves" in capsys.readouterr().err
    store = open_store(config.state_dir)
    assert store.cursor() == 0
    store.close()
    with open_ledger(config.state_dir) as ledger:
        ((_, code, message),) = ledger.events()
        assert (code, "A. Person" in message) == ("E_LEDGER_RESTORED", True)
    with read_journal(config.state_dir, "plant-3") as journal:
        entry = journal.entries()[-1].entry
    assert (entry.who, entry.role, entry.action) == ("A. Person", "host", Action.RESTORED)
    assert (entry.subject, entry.reason) == ("ledger", "disk")
    assert (entry.new["size"], entry.ledger_size) == (3, 3)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    script = (
        "import sys; from collector.cli import collector\n"
        "try: collector(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('fastapi', 'numpy', 'paho', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=True
    )
    assert done.stdout.decode().endswith("[]\n")


def test_run_serves_until_it_is_told_to_end_and_refuses_a_second_one(
    plant: Plant, config: CollectorConfig
) -> None:
    plant.close()
    port = free_port()
    command = run_command(config, port)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        until(lambda: answers(port))
        second = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, timeout=60, check=False)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert b"Traceback" not in told
    assert second.returncode == 78
    assert b"E_LEDGER_LOCKED" in second.stderr


def test_run_makes_ready_what_pages_need_though_nobody_asks(
    plant: Plant, config: CollectorConfig
) -> None:
    plant.close()
    command = run_command(config, free_port())
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        maps = Path(f"/proc/{process.pid}/maps")
        try:
            until(lambda: "/scipy/optimize/" in maps.read_text())
        finally:
            process.kill()


def test_run_says_that_its_address_is_taken(plant: Plant, config: CollectorConfig) -> None:
    plant.close()
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            run_command(config, port), cwd=ROOT, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 69
    assert f"E_API_ADDRESS 127.0.0.1:{port}: Address already in use" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def run_command(config: CollectorConfig, port: int) -> list[str]:
    """`collector run` at a port, with nothing at the broker's."""
    path = config.state_dir.parent / "collector.toml"
    path.write_text(
        path.read_text().replace("port = 8080", f"port = {port}").replace("1883", str(free_port()))
    )
    return [sys.executable, "-m", "carbonmeter.cli", "collector", "run", *at(config)]


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
