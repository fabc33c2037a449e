"""Exchanges and joint samples in Brightway itself: written to a database, solved, drawn."""

import importlib
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from carbonmeter.client.brightway import Link, linked
from evidence.statement.exports.brightway import Shape, exchange
from evidence.statement.exports.samples import joint_samples
from evidence.statement.total import total
from tests.unit.evidence.statement.exports.rows import A, B

INPUT = ("background", "electricity")
CO2 = ("biosphere", "co2")
FACTOR = 0.5
"""kg of CO2 a kW.h, exact."""
DRAWS = 600
SCATTER = 0.1
"""More than three times what so many draws leave of a standard deviation, 1/sqrt(2n)."""
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def brightway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """bw2data in a project of its own, with a background of one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIGHTWAY2_DIR", str(tmp_path_factory.mktemp("brightway")))
        found = importlib.import_module("bw2data")
        found.projects.set_current("carbonmeter")
        found.Database("biosphere").write({CO2: {"name": "CO2", "type": "emission"}})
        background = {"input": CO2, "amount": FACTOR, "type": "biosphere"}
        made = {"input": INPUT, "amount": 1.0, "type": "production"}
        found.Database("background").write(
            {
                INPUT: {
                    "name": "electricity",
                    "unit": "kilowatt hour",
                    "exchanges": [made, background],
                }
            }
        )
        yield found


def process(name: str, *exchanges: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    key = ("foreground", name)
    production = {"input": key, "amount": 1.0, "type": "production"}
    return {key: {"name": name, "exchanges": [production, *exchanges]}}


def links() -> dict[str, Link]:
    return {each.channel: Link(input=INPUT, type="technosphere") for each in (A, B)}


def emissions(brightway: Any, name: str, **how: Any) -> Any:  # noqa: ANN401
    """The inventory's CO2 of one process, by bw2calc."""
    calc = importlib.import_module("bw2calc")
    demand, packages, _ = brightway.prepare_lca_inputs({("foreground", name): 1.0})
    return calc.LCA(demand, data_objs=[*packages, *how.pop("added", ())], **how)


def test_amounts_and_uncertainties_arrive(brightway: Any) -> None:  # noqa: ANN401
    brightway.Database("foreground").write(process("line", *linked([A, B], links())))
    lca = emissions(brightway, "line")
    lca.lci()
    assert lca.inventory.sum() == pytest.approx(FACTOR * (A.value + B.value), rel=1e-9)
    (stored,) = brightway.Database("foreground")
    (first, *_) = stored.technosphere()
    assert first["scale"] == A.standard_uncertainty
    assert first["carbonmeter"]["digest"] == A.digest


@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_brightway_draws_each_exchange_with_the_u_that_was_stated(
    brightway: Any,  # noqa: ANN401
    shape: Shape,
) -> None:
    brightway.Database("foreground").write(process("one", *linked([A], links(), shape)))
    lca = emissions(brightway, "one", use_distributions=True, seed_override=5)
    lca.lci()
    drawn = [float(lca.inventory.sum()) / FACTOR for _ in zip(range(DRAWS), lca, strict=False)]
    assert np.mean(drawn) == pytest.approx(A.value, rel=1e-3)
    assert np.std(drawn) == pytest.approx(A.standard_uncertainty, rel=SCATTER)


def test_an_exchange_that_is_linked_to_nothing_is_refused_by_brightway(
    brightway: Any,  # noqa: ANN401
) -> None:
    unlinked = msgspec.to_builtins(exchange(A)) | {"type": "technosphere"}
    errors = importlib.import_module("bw2data.errors")
    with pytest.raises((errors.UntypedExchange, errors.InvalidExchange)):
        brightway.Database("foreground").write(process("bad", unlinked))


def test_joint_samples_keep_the_correlation_that_separate_draws_lose(
    brightway: Any,  # noqa: ANN401
) -> None:
    """Line A less line B: what their common standard does cancels only in joint draws."""
    processing = importlib.import_module("bw_processing")
    rows = [A, B]
    first, second = linked(rows, links())
    second["amount"], second["loc"] = -second["amount"], -second["loc"]
    key = ("foreground", "difference")
    parts = process("part a", first) | process("part b", second)
    takes = [
        {"input": ("foreground", n), "amount": 1.0, "type": "technosphere"}
        for n in ("part a", "part b")
    ]
    brightway.Database("foreground").write({**parts, **process("difference", *takes)})
    assert brightway.get_node(code="difference").key == key
    ids = {n: brightway.get_node(database="foreground", code=n).id for n in ("part a", "part b")}
    grid = brightway.get_node(database="background", code="electricity").id
    package = processing.create_datapackage(sequential=True)
    package.add_persistent_array(
        matrix="technosphere_matrix",
        indices_array=np.array(
            [(grid, ids["part a"]), (grid, ids["part b"])], dtype=processing.INDICES_DTYPE
        ),
        data_array=joint_samples(rows, DRAWS, seed=4) * np.array([[1.0], [-1.0]]),
        flip_array=np.array([True, True]),
    )
    joint = drawn_differences(emissions(brightway, "difference", added=[package], use_arrays=True))
    apart = drawn_differences(
        emissions(brightway, "difference", use_distributions=True, seed_override=5)
    )
    u = total(rows, [1.0, -1.0]).uncertainty.standard_uncertainty
    assert np.std(joint) == pytest.approx(u, rel=SCATTER)
    assert np.std(apart) > 1.1 * u


def drawn_differences(lca: Any) -> list[float]:  # noqa: ANN401
    lca.lci()
    return [float(lca.inventory.sum()) / FACTOR for _ in zip(range(DRAWS), lca, strict=False)]
