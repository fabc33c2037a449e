"""What agents of another site log of a site's channels reaches neither bundles nor amounts."""

from typing import Any, Final

import pytest

from collector.bundling import choose
from evidence.bundle.writing import Choice
from evidence.clock import parse_utc, utc_text
from tests.unit.collector.api.plant import LINE_1, MILL, Kind, Plant, batch, served, stream
from tests.unit.collector.api.test_monitored import GAS, PLAN, polled, told
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import DATA, FAILED
from tests.unit.evidence.bundle.made import failed, held, written

PERIOD: Final = "start=2026-03-30&end=2026-04-04"
OVER_NS: Final = parse_utc("2026-07-01T00:00:00Z")
"""Its quarter is over, so that nothing changes but by what is logged."""
HOUR_NS: Final = 3_600_000_000_000
INPUTS: Final = ("v_p", "t_s", "b_a", "p_s", "x_sw", "co2_dry")
KINDS: Final = ("", "&under_plan=true")
Document = tuple[Kind, str]


def plan_of(analyser: str) -> Document:
    """A plan of the stack that names another channel as its analyser."""
    return "plan", PLAN.replace(f'channel = "{GAS}"', f'channel = "{analyser}"')


def derivation_of(channel: str) -> Document:
    """A derivation of the stack's mass flow from another channel, newer than its own."""
    inputs = "\n".join(f'{name} = "{channel}"' for name in INPUTS)
    return (
        "derivation",
        f"""schema = 1
derivation = "{CO2}"
subject = "boiler"
kind_of_quantity = "mass_flow"
model = "HJ75-CO2"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-03-05T00:00:00Z
decided_by = "Q. Ma"
reason = "another one"
[inputs]
{inputs}
[settings]
area = "stack_area"
k_v = "velocity_coefficient"
""",
    )


FOREIGN: Final[dict[str, Document]] = {
    "plan": plan_of(MILL),
    "derivation": derivation_of(MILL),
    "test": ("test", FAILED),
}


@pytest.fixture
def plant(monitored: Plant) -> Plant:
    """A stack of one site, and a mill of another that is read in the same days."""
    monitored.log_profile()
    for agent, channel in ((monitored.gw1, LINE_1), (monitored.gw2, MILL)):
        monitored.take(agent, batch(agent, [stream(channel, 0, 400)]))
    monitored.judging.catch_up()
    monitored.bench.clock.set_to(OVER_NS)
    return monitored


def log(plant: Plant, agent: Any, document: Document) -> None:  # noqa: ANN401 - an agent
    """A document comes an hour later."""
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + HOUR_NS)
    plant.log_file(agent, document[0], f"{plant.bench.clock.now_ns()}.toml", document[1].encode())
    plant.judging.catch_up()


def stated(plant: Plant, more: str = "") -> dict[str, Any]:
    parts = plant.parts()
    (datum,) = told(served(parts).get(f"{DATA}?channel={CO2}&{PERIOD}{more}"))
    parts.sources.close()
    return datum


def as_of(plant: Plant, kind: str) -> dict[str, Any]:
    return stated(plant, f"{kind}&as_of={utc_text(plant.bench.clock.now_ns())}")


def chosen(plant: Plant, kind: str) -> Choice:
    return choose(held(plant), stated(plant, kind)["digest"])


def of_gw1(choice: Choice) -> bool:
    """Whether nothing but the site's own agent's log is in a bundle."""
    return {each.agent for each in choice.logs} == {"gw-1"}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("kind", KINDS)
def test_what_another_sites_agent_logs_changes_neither_leaves_nor_statement(
    plant: Plant, what: str, kind: str
) -> None:
    before = stated(plant, kind)
    first = choose(held(plant), before["digest"])
    log(plant, plant.gw2, FOREIGN[what])
    assert stated(plant, kind) == before
    assert as_of(plant, kind)["digest"] == before["digest"]
    again = choose(held(plant), before["digest"])
    assert (again.leaves, again.channels) == (first.leaves, first.channels)
    log(plant, plant.gw1, ("test", FAILED))  # under the plan another statement follows
    after = chosen(plant, kind)
    assert (after.datum.digest != before["digest"]) == bool(kind)
    assert of_gw1(after)
    assert after.channels == first.channels
    assert as_of(plant, kind)["digest"] == after.datum.digest
    assert not failed(written(after))


@pytest.mark.parametrize("document", [plan_of(MILL), derivation_of(MILL)], ids=lambda one: one[0])
def test_a_sites_own_document_that_names_another_sites_channel_does_not_count(
    plant: Plant, document: Document
) -> None:
    before, first = [stated(plant, kind) for kind in KINDS], chosen(plant, KINDS[1])
    log(plant, plant.gw1, document)
    assert [stated(plant, kind) for kind in KINDS] == before
    assert [as_of(plant, kind)["digest"] for kind in KINDS] == [each["digest"] for each in before]
    log(plant, plant.gw1, ("test", FAILED))
    after = chosen(plant, KINDS[1])
    assert of_gw1(after)
    assert after.channels == first.channels
    assert not failed(written(after))


@pytest.mark.parametrize(
    ("document", "kinds"),
    [(plan_of(LINE_1), KINDS[1:]), (derivation_of(LINE_1), KINDS)],
    ids=lambda one: one[0],
)
def test_a_sites_own_document_of_its_own_channels_counts(
    plant: Plant, document: Document, kinds: tuple[str, ...]
) -> None:
    """Else the tests above would pass with nothing chosen at all."""
    assert not any(LINE_1 in chosen(plant, kind).channels for kind in kinds)
    under = stated(plant, KINDS[1])
    log(plant, plant.gw1, document)
    assert all(LINE_1 in chosen(plant, kind).channels for kind in kinds)
    assert stated(plant, KINDS[1]) != under


def readings_of_gas(plant: Plant) -> None:
    """The mill's agent sends what it says is the stack's analyser: it is set aside."""
    plant.take(plant.gw2, batch(plant.gw2, [polled("co2_dry", range(96, 192))]))
    plant.judging.catch_up()


@pytest.mark.parametrize("kind", KINDS)
def test_another_sites_readings_that_were_set_aside_are_not_in_a_sites_bundle(
    plant: Plant, kind: str
) -> None:
    before = stated(plant, kind)
    readings_of_gas(plant)
    assert {agent for agent, *_ in plant.store.lookup.faulty()} == {"gw-2"}
    log(plant, plant.gw1, ("test", FAILED))
    after = chosen(plant, kind)
    assert of_gw1(after)
    assert (after.datum.digest == before["digest"]) == (kind == "")
