"""Questions made from the OpenAPI description: no answer is a mistake, and each fits it."""

import dataclasses
from collections.abc import Sequence

import msgspec
import pytest

from collector.ledger_read import read_ledger
from collector.rights import Role
from tests.faults.fuzzing import Answer, Fuzz, Known, Question
from tests.unit.collector.agent_log import EPOCH
from tests.unit.collector.api.plant import GAS, LINE_1, MILL, POWER, Asked, Plant, served
from tests.unit.collector.api.test_problems import Broken
from tests.unit.collector.api.writing import token

KNOWN = {
    "channel": (LINE_1, POWER, GAS, MILL, "jinan/~scale/steel"),
    "channels": (f"{LINE_1},{POWER}", LINE_1),
    "measured": (LINE_1,),
    "calculated": (POWER, GAS),
    "start": ("2026-03-29T16:00:00Z", "2026-03-31"),
    "end": ("2026-04-03T16:00:00Z", "2026-04-01"),
    "format": ("csv", "brightway", "pact"),
    "agent": ("gw-1", "gw-2"),
    "epoch": (EPOCH,),
    "serial": ("S-1",),
    "certificate": ("E-1",),
    "id": ("std:SDIM/E-17",),
    "lang": ("en", "zh"),
    "site": ("jinan", "weifang"),
    "unit": ("kW.h", "t", "no unit"),
    "kind_of_quantity": ("active_energy", "mass"),
    "reason": ("it was read again",),
}


STATED = f"/api/v1/activity-data?channel={LINE_1}&start=2026-03-30&end=2026-04-03&by=day"
"""Makes some statements, which can then be released."""
TURNS = (Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR, Role.ENGINEER)
"""Who may write first, for the plainest questions come first; then nobody, before the others."""
EACH = 3
"""Questions of each operation and kind: each of those who ask has a turn."""


def fuzzed(asked: Asked, bearers: Sequence[str], known: Known = KNOWN) -> Fuzz:
    description = msgspec.json.decode(asked.get("/openapi.json").content)

    def ask(case: Question) -> Answer:
        return case.call(app=asked.app)

    return Fuzz(description=description, known=known, ask=ask, bearers=bearers)


@pytest.fixture
def guarded(fresh: Plant) -> tuple[Plant, list[str]]:
    """A plant, and what nobody and somebody of each role show."""
    fresh.fill()
    held = [token(fresh, role.value, role) for role in TURNS]
    return fresh, [*held[:2], "", *held[2:]]


def test_questions_made_from_the_description_get_answers_that_fit_it_whoever_asks(
    guarded: tuple[Plant, list[str]],
) -> None:
    plant, bearers = guarded
    parts = plant.parts()
    asked = served(parts)
    stated = asked.get(STATED, authorization=bearers[0]).json()
    known = KNOWN | {"digest": [each["digest"] for each in stated]}
    fuzz = fuzzed(asked, bearers, known)
    fuzz.run(27, EACH)
    parts.sources.close()
    assert fuzz.wrong == []
    assert fuzz.unreached() == []
    assert fuzz.tally.total() > 250
    assert {200, 201, 401, 403, 404, 422} <= set(fuzz.tally)


def test_a_mistake_of_the_server_is_seen(guarded: tuple[Plant, list[str]]) -> None:
    plant, bearers = guarded
    broken = Broken(plant.open_store, lambda: read_ledger(plant.folder))
    fuzz = fuzzed(served(dataclasses.replace(plant.parts(), sources=broken)), bearers[:1])
    fuzz.run(27, 1)
    broken.close()
    assert any("E_INTERNAL" in each for each in fuzz.wrong)
