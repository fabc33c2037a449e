"""Rows 21 and 22: a few rounds, every control, and two agents as processes on one broker."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from carbonmeter.ports import free_port
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, fails_without, sample
from tests.system.clone import CLONE
from tests.system.stranger import ANOTHER_KEY
from tests.system.works import Works, until

CAMPAIGNS = (CLONE, ANOTHER_KEY)


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: each.name)
def test_of_two_agents_with_one_id_nothing_is_lost_or_mixed_up(
    campaign: Campaign, tmp_path: Path
) -> None:
    total = sample(campaign, tmp_path, range(1))
    assert total["takeovers"] > 2


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: each.name)
def test_without_the_defence_it_is_seen(campaign: Campaign, tmp_path: Path) -> None:
    for number, control in enumerate(campaign.controls):
        assert fails_without(control, tmp_path / str(number), range(15))


def test_two_processes_take_the_client_id_from_each_other_once_and_then_wait(
    tmp_path: Path, require: Callable[[str, str], None]
) -> None:
    program = shutil.which("mosquitto", path=SEARCHED)
    if program is None:
        require("mosquitto", "it is not installed")
        return
    works = Works(tmp_path, Mosquitto(folder=tmp_path, program=program, port=free_port()))
    second = replace(works.agent, log=tmp_path / "second.log")
    try:
        works.broker.start()
        works.collector.start()
        shutil.copytree(works.agent_dir, tmp_path / "copy")
        second.words = ("agent", "run", "--config", str(tmp_path / "copy" / "agent.toml"))
        works.agent.start()
        works.delivered(2)
        second.start()
        until(lambda: "E_UPLINK_TAKEN_OVER" in works.agent.log.read_text(), "it says so")
        works.delivered(2)
        assert "the next try is in 60 s" in works.agent.log.read_text()
        assert "E_UPLINK_TAKEN_OVER" not in second.log.read_text()
        assert "new epoch: restored" in second.log.read_text()
        assert second.end() == 0
    finally:
        if second.process is not None:
            second.kill()
        works.close()
