"""A witness asks a collector that is really served, cosigns what goes on, and keeps a fork."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from carbonmeter.cli import main
from evidence.bundle.outcome import Check
from evidence.bundle.policy import Policy
from evidence.load import read_signing_key
from tests.unit.collector.agent_log import AgentLog
from tests.unit.collector.api.plant import LINE_1, POLLS_A_DAY, Asked, Plant, batch, served, stream
from tests.unit.evidence.bundle.made import bundle_of, failed


@contextmanager
def listening(answering: Asked) -> Iterator[str]:
    """The collector's application behind a socket."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = self.headers.get("authorization")
            answer = answering.get(self.path, **({"authorization": shown} if shown else {}))
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def witness(plant: Plant, folder: Path, *more: str) -> int:
    parts = plant.parts()
    log = plant.gw1
    with listening(served(parts)) as url:
        code = main(
            [
                *("evidence", "witness", "--from", url, "--log", f"{log.agent}/{log.epoch}"),
                *("--state", str(folder), "--key", str(folder / "auditor.key")),
                *("--agent-key", log.key.verifier.to_text()),
                *more,
            ]
        )
    parts.sources.close()
    return code


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path / "collector")
    built.fill()
    yield built
    built.close()


def test_a_witness_cosigns_heads_that_go_on_and_a_bundle_is_covered_by_them(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "witness"
    folder.mkdir()
    assert witness(plant, folder) == 0
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 5 * POLLS_A_DAY, 4)]))
    plant.judging.catch_up()
    assert witness(plant, folder) == 0
    note = Path(capsys.readouterr().out.splitlines()[-1]).read_bytes()
    key = read_signing_key(folder / "auditor.key").verifier.to_text()
    policy = Policy(schema=1, witnesses=(key,), require=(Check.WITNESS,))
    data = bundle_of(plant)
    assert failed(data, policy, note) == set()
    assert failed(data, policy) == {Check.WITNESS}


def test_a_fork_is_refused_and_both_heads_are_kept(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "witness"
    folder.mkdir()
    assert witness(plant, folder) == 0
    other = Plant(tmp_path / "other")
    other.gw1 = AgentLog(agent="gw-1", key=plant.gw1.key)
    for number in range(len(plant.gw1.leaves) + 2):
        other.take(other.gw1, f"another history {number}".encode())
    assert witness(other, folder) == 1
    assert "E_LOG_FORK" in capsys.readouterr().err
    (fork,) = folder.glob("*.fork-*.note")
    kept = json.loads((folder / f"gw-1-{plant.gw1.epoch}.json").read_bytes())
    assert fork.read_text().splitlines()[0] == kept["checkpoint"].splitlines()[0]
    assert fork.read_text() != kept["checkpoint"]
    other.close()


def test_a_shorter_log_is_not_cosigned(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "witness"
    folder.mkdir()
    assert witness(plant, folder) == 0
    other = Plant(tmp_path / "other")
    other.log_profile()
    assert witness(other, folder) == 2
    assert "E_LOG_LAGGING" in capsys.readouterr().err
    other.close()


def test_a_log_that_is_not_held_is_told(plant: Plant, tmp_path: Path) -> None:
    plant.gw1 = AgentLog(agent="gw-7", key=plant.gw1.key)
    assert witness(plant, tmp_path) == 69


def test_a_token_or_a_folder_that_cannot_be_used_is_told_by_a_code(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, taken = tmp_path / "witness", tmp_path / "taken"
    folder.mkdir()
    taken.write_bytes(b"a file, no folder")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("absent", "binary"):
        assert witness(plant, folder, "--token-file", str(tmp_path / name)) == 2
        assert f"E_BUNDLE_FILE {tmp_path / name}" in capsys.readouterr().err
    assert witness(plant, taken) == 2
    assert f"E_BUNDLE_FILE {taken}" in capsys.readouterr().err
