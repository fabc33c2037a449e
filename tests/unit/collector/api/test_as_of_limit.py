"""How much is judged again for one answer: counted for all that it rests on, and said exactly."""

import gc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from collector.api.limits import AsOfSection
from collector.api.parts import Parts
from collector.as_known import stated_as_known
from collector.bundle_held import Held, leaves_behind
from collector.ledger_read import LedgerReader, read_ledger
from collector.ledger_rows import StoredLeaf
from evidence.bundle.streams import kept_in
from tests.unit.collector.api.plant import (
    DAYS,
    LINE_1,
    LINE_2,
    SITES,
    SOFTWARE,
    START_NS,
    Asked,
    Plant,
    served,
)
from tests.unit.collector.api.test_stack import CO2

DATA = "/api/v1/activity-data"
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z&as_of=2026-04-05"
DAY_NS = 86_400_000_000_000
SPAN = (START_NS, START_NS + DAYS * DAY_NS)


@pytest.fixture
def limited(plant: Plant) -> Iterator[Parts]:
    found = replace(plant.parts(), as_of=AsOfSection(most_leaves=2 * DAYS - 1))
    yield found
    found.sources.close()


def test_more_leaves_than_are_judged_for_one_answer_are_refused_with_what_helps(
    limited: Parts,
) -> None:
    asked = served(limited)
    assert asked.get(f"{DATA}?channel={LINE_1}&{WHOLE}").status_code == 200
    both = f"{DATA}?channels={LINE_1},{LINE_2}&{WHOLE}"
    answer = asked.get(both)
    assert (answer.status_code, answer.json()["code"]) == (422, "E_AS_OF_LIMIT")
    said = answer.json()["detail"]
    assert said.startswith("10 leaves, counted for each channel, would be judged again")
    assert "takes 9; ask for a shorter time, or for fewer channels" in said
    assert "most_leaves of [as_of] in collector.toml" in said
    assert "[as_of] 的 most_leaves" in asked.get(f"{both}&lang=zh").json()["detail"]
    assert asked.get(both.replace("&as_of=2026-04-05", "")).status_code == 200
    file = f"{DATA}/export?format=csv&channels={LINE_1},{LINE_2}&{WHOLE}"
    assert asked.get(file).json()["code"] == "E_AS_OF_LIMIT"


def held_of(plant: Plant, ledger: LedgerReader, lookup: Any) -> Held:  # noqa: ANN401
    return Held(lookup=lookup, ledger=ledger, sites=plant.sites, keys=())


def test_a_computed_channel_counts_the_leaves_of_all_its_inputs(
    monitored: Plant,
) -> None:
    with closing(monitored.open_store()) as store, read_ledger(monitored.folder) as ledger:
        held = held_of(monitored, ledger, store.lookup)
        own = store.lookup.count_places(CO2, 0, SPAN[1] // 1_000_000)
        plain = leaves_behind(held, CO2, (0, SPAN[1]))
        planned = leaves_behind(held, CO2, (0, SPAN[1]), under_plan=True)
    assert own == 0
    assert plain > DAYS
    assert planned >= plain
    parts = replace(monitored.parts(), as_of=AsOfSection(most_leaves=plain - 1))
    asked: Asked = served(parts)
    answer = asked.get(f"{DATA}?channel={CO2}&start=2026-03-01&end=2026-04-05&as_of=2026-04-09")
    assert answer.json()["code"] == "E_AS_OF_LIMIT"
    parts.sources.close()


def test_what_rules_look_back_on_counts_and_the_refusal_says_so(
    monitored: Plant,
) -> None:
    day = f"channel={CO2}&start=2026-04-03&end=2026-04-04&as_of=2026-04-09"
    with closing(monitored.open_store()) as store, read_ledger(monitored.folder) as ledger:
        held = held_of(monitored, ledger, store.lookup)
        of_day = leaves_behind(held, CO2, (SPAN[1] - DAY_NS, SPAN[1]))
    parts = replace(monitored.parts(), as_of=AsOfSection(most_leaves=2 * of_day))
    asked = served(parts)
    assert asked.get(f"{DATA}?{day}").status_code == 200
    answer = asked.get(f"{DATA}?{day}&under_plan=true")
    assert answer.json()["code"] == "E_AS_OF_LIMIT"
    assert "rules look back on the 3 years before the period" in answer.json()["detail"]
    parts.sources.close()


def test_no_more_than_one_leaf_is_held_while_all_are_judged(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[int] = []

    def counting(*given: Any) -> Any:  # noqa: ANN401
        alive.append(sum(isinstance(each, StoredLeaf) for each in gc.get_objects()))
        return kept_in(*given)

    monkeypatch.setattr("collector.as_known.kept_in", counting)
    with closing(plant.open_store()) as store, read_ledger(plant.folder) as ledger:
        held = held_of(plant, ledger, store.lookup)
        (datum,) = stated_as_known(held, LINE_1, [SPAN], 2**62, SOFTWARE)
    assert datum.completeness.hours == DAYS * 24
    papers = min(alive)
    assert len(alive) >= DAYS
    assert max(alive) - papers <= 1


def test_leaves_that_came_later_are_not_even_read(plant: Plant) -> None:
    read: list[int] = []
    with closing(plant.open_store()) as store, read_ledger(plant.folder) as ledger:
        told = ledger.leaf

        def counting(agent: str, epoch: str, sequence: int) -> StoredLeaf:
            read.append(sequence)
            return told(agent, epoch, sequence)

        ledger.leaf = counting  # type: ignore[method-assign]
        held = replace(held_of(plant, ledger, store.lookup), sites=SITES)
        assert stated_as_known(held, LINE_1, [SPAN], START_NS, SOFTWARE) == []
        late = len(read)
        assert stated_as_known(held, LINE_1, [SPAN], 2**62, SOFTWARE)
    assert late < len(read) - late - DAYS
