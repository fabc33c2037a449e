"""kill -9 of agents and brokers under load, and of an agent that salvages its spool (1, 5).

Samples of the campaigns and of their controls; the collector's stand beside them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.campaign import Control, fails_without
from tests.system import agent_kills, broker_kills, salvage_kills
from tests.system.agent_kills import KILLED_AGENT
from tests.system.broker_kills import HOW, KILLED_BROKER
from tests.system.programs import require_mosquitto
from tests.system.salvage_kills import KILLED_SALVAGE


@pytest.fixture(autouse=True)
def _mosquitto(require: Callable[[str, str], None]) -> None:
    require_mosquitto(require)


def test_an_agent_that_is_killed_loses_and_doubles_nothing_that_it_committed(
    tmp_path: Path,
) -> None:
    tally = agent_kills.play(5, tmp_path, kills=4)
    assert tally["kills"] == 1 + 4
    assert sum(count for name, count in tally.items() if name.startswith("at ")) == 2
    assert tally["polls"] > tally["kills"]


def test_a_broker_that_is_killed_and_forgets_everything_or_half_of_it_loses_nothing(
    tmp_path: Path,
) -> None:
    """Also on the embedded broker, in every fourth round of the campaign."""
    tally = broker_kills.play(0, tmp_path, kills=len(HOW))
    assert {tally[f"kills_of_a_broker_{how}"] for how in HOW} == {1}
    assert tally["polls"] > tally["kills"]


@pytest.mark.torture
def test_an_agent_that_is_killed_while_it_salvages_its_spool_begins_anew_and_loses_nothing(
    tmp_path: Path,
) -> None:
    tally = salvage_kills.play(1, tmp_path, leaves=30, every=4)
    assert tally["kills"] > 2
    assert tally["polls_salvaged"] >= 30


SHORT = (KILLED_AGENT.controls[-1], *KILLED_BROKER.controls)
LONG = (*KILLED_AGENT.controls[:-1], *KILLED_SALVAGE.controls)


@pytest.mark.parametrize("control", SHORT, ids=lambda control: control.defence)
def test_the_oracle_finds_what_is_wrong_without(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))


@pytest.mark.torture
@pytest.mark.parametrize("control", LONG, ids=lambda control: control.defence)
def test_the_oracle_finds_what_else_is_wrong_without(control: Control, tmp_path: Path) -> None:
    assert fails_without(control, tmp_path, range(3))
