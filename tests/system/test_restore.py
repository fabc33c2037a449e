"""Rows 19 and 20: a few rounds of each campaign, every control, and one round on processes."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carbonmeter.ports import free_port
from collector.cli import collector as collector_command
from collector.ledger_read import read_ledger
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, fails_without, sample
from tests.system.histories import logs_in, openings, polls_in
from tests.system.restore import SPOOL
from tests.system.restore_ledger import LEDGER
from tests.system.works import Works, until

CAMPAIGNS = (SPOOL, LEDGER)


@pytest.fixture
def works(tmp_path: Path, require: Callable[[str, str], None]) -> Iterator[Works]:
    program = shutil.which("mosquitto", path=SEARCHED)
    if program is None:
        require("mosquitto", "it is not installed")
        raise AssertionError
    broker = Mosquitto(folder=tmp_path, program=program, port=free_port())
    made = Works(tmp_path, broker)
    broker.start()
    yield made
    made.close()


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: each.name)
def test_what_is_put_back_is_recognised_and_told(campaign: Campaign, tmp_path: Path) -> None:
    total = sample(campaign, tmp_path, range(3))
    assert total[campaign.counted] == 3


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: each.name)
def test_without_a_witness_it_goes_unnoticed(campaign: Campaign, tmp_path: Path) -> None:
    for number, control in enumerate(campaign.controls):
        folder = tmp_path / str(number)
        assert fails_without(control, folder, range(20))


@pytest.mark.torture
def test_processes_whose_spool_and_then_whose_ledger_is_put_back_say_so(
    works: Works, tmp_path: Path
) -> None:
    works.collector.start()
    works.agent.start()
    works.delivered(2)
    spool_put_back(works, tmp_path)
    works.drain()
    state = works.collector_dir / "state"
    logs = logs_in(state, [works.agent_key], works.collector_key)
    reasons = [each.facts["reason"] for each in openings(logs).values()]
    assert reasons == ["new", "restored"]
    assert {each.device for each in polls_in(logs)} == {f"meter-{unit}" for unit in range(1, 5)}
    ledger_put_back(works, tmp_path)


def spool_put_back(works: Works, tmp_path: Path) -> None:
    state = works.agent_dir / "state"
    assert works.agent.end() == 0
    shutil.copytree(state, tmp_path / "spool")
    with sqlite3.connect(works.collector_dir / "state" / "ledger.db") as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "spool" / "ledger.db"),))
    db.close()
    known = works.spool().size
    works.agent.start()
    until(lambda: works.leaves > known, "leaves that are on no copy were delivered")
    works.agent.kill()
    shutil.rmtree(state)
    shutil.copytree(tmp_path / "spool", state, ignore=shutil.ignore_patterns("ledger.db"))
    works.agent.start()
    until(lambda: "new epoch: restored" in works.agent.log.read_text(), "the agent says so")
    works.delivered(2)


def ledger_put_back(works: Works, tmp_path: Path) -> None:
    """The collector refuses its older ledger until a person accepts it."""
    ledger = works.collector_dir / "state"
    copy = tmp_path / "spool" / "ledger.db"
    assert works.collector.end() == 0
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (ledger / name).unlink(missing_ok=True)
    shutil.copy(copy, ledger / "ledger.db")
    works.collector.start()
    assert works.collector.process is not None
    assert works.collector.process.wait(60) == 78
    works.collector.process = None
    assert "E_LEDGER_RESTORED" in works.collector.said()
    config = str(works.collector_dir / "collector.toml")
    assert (
        collector_command(
            ["accept-restored", "--by", "A. Person", "--reason", "disk", "--config", config]
        )
        == 0
    )
    with read_ledger(ledger) as restored:
        assert "A. Person" in restored.events()[-1][2]
