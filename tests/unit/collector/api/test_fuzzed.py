"""Questions made from the OpenAPI description: no answer is a mistake, and each fits it."""

import dataclasses

import msgspec
import pytest

from collector.ledger_read import read_ledger
from tests.faults.fuzzing import Answer, Fuzz, Question
from tests.unit.collector.agent_log import EPOCH
from tests.unit.collector.api.plant import GAS, LINE_1, MILL, POWER, Asked, Plant, served
from tests.unit.collector.api.test_problems import Broken
from tests.unit.collector.api.test_security import token

KNOWN = {
    "channel": (LINE_1, POWER, GAS, MILL),
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
}


def fuzzed(asked: Asked, bearer: str) -> Fuzz:
    description = msgspec.json.decode(asked.get("/openapi.json", authorization=bearer).content)

    def ask(case: Question) -> Answer:
        return case.call(app=asked.app, headers={"Authorization": bearer})

    return Fuzz(description=description, known=KNOWN, ask=ask)


@pytest.fixture
def guarded(fresh: Plant) -> tuple[Plant, str]:
    fresh.fill()
    return fresh, token(fresh, "analyst")


def test_questions_made_from_the_description_get_answers_that_fit_it(
    guarded: tuple[Plant, str],
) -> None:
    plant, bearer = guarded
    parts = plant.parts()
    fuzz = fuzzed(served(parts), bearer)
    fuzz.run(27, 2)
    parts.sources.close()
    assert fuzz.wrong == []
    assert fuzz.tally.total() > 90
    assert {200, 401, 404, 422} <= set(fuzz.tally)


def test_a_mistake_of_the_server_is_seen(guarded: tuple[Plant, str]) -> None:
    plant, bearer = guarded
    broken = Broken(plant.open_store, lambda: read_ledger(plant.folder))
    fuzz = fuzzed(served(dataclasses.replace(plant.parts(), sources=broken)), bearer)
    fuzz.run(27, 1)
    broken.close()
    assert any("E_INTERNAL" in each for each in fuzz.wrong)
