"""What of an agent's documents speaks of its own site alone."""

import pytest

from evidence.judging.library import Library
from evidence.judging.own import is_own_derivation, libraries_of_site
from evidence.judging.planned import register_of_site
from evidence.log.batch import document
from tests.unit.collector.api.plant import MILL, SITES
from tests.unit.collector.api.test_bundle_sites import derivation_of
from tests.unit.collector.api.test_stack import CO2

OWN, FOREIGN = "jinan/cems/v_p", MILL


def library(agent: str, channel: str) -> Library:
    kind, text = derivation_of(channel)
    data = text.encode()
    return Library().with_document(document((agent, "e-1", 0), kind, "own.toml", data))


@pytest.mark.parametrize(
    ("agent", "channel", "counts"),
    [("gw-1", OWN, True), ("gw-1", FOREIGN, False), ("gw-2", OWN, False), ("gw-2", FOREIGN, False)],
)
def test_a_derivation_counts_for_a_site_if_all_of_it_is_the_agents_own(
    agent: str, channel: str, *, counts: bool
) -> None:
    libraries = {agent: library(agent, channel)}
    register = register_of_site(libraries, SITES, "jinan")
    assert [each.derivation for each in register.derivations] == [CO2] * counts
    assert set(libraries_of_site(libraries, SITES, "jinan")) <= {"gw-1"}
    (derivation,) = libraries[agent].register.derivations
    assert is_own_derivation(derivation, SITES[agent]) is counts


def test_an_agent_of_no_known_site_has_nothing_of_its_own() -> None:
    (derivation,) = library("gw-9", OWN).register.derivations
    assert not is_own_derivation(derivation, "")
    assert not register_of_site({"gw-9": library("gw-9", OWN)}, SITES, "jinan").derivations
