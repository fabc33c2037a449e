"""The client enters, corrects, releases and asks what follows, on a collector of its own."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from carbonmeter.client import (
    Amounts,
    Client,
    Declaration,
    ManualAmount,
    RefusedError,
    difference,
    ratio,
)
from collector.activity.author import AtMachine
from collector.boundaries.saving import save
from collector.people.administration import Doer
from collector.rights import Role
from evidence.statement.boundary.content import Boundary, BoundaryTerm
from tests.unit.carbonmeter.client.conftest import Served, serving
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_releases import corrected
from tests.unit.collector.api.writing import token

STEEL = "jinan/~scale/steel"
DAY = ("2026-03-30", "2026-03-31")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    built = Plant(tmp_path)
    built.fill()
    with serving(built) as found:
        yield found
    built.close()


@pytest.fixture
def client(own: Served) -> Client:
    bearer = token(own.plant, "wang", Role.ANALYST)
    return Client(own.url, bearer.removeprefix("Bearer "))


def steel(value: float) -> ManualAmount:
    return ManualAmount(
        channel=STEEL,
        kind_of_quantity="mass",  # type: ignore[arg-type]
        unit="t",
        start="2026-03-29T16:00:00Z",
        end="2026-03-30T16:00:00Z",
        value=value,
        relative_standard_uncertainty=0.005,
        source="weighing book",
    )


def test_what_is_entered_and_corrected_is_stated_and_divided_by(client: Client) -> None:
    (entry,) = client.enter([steel(2.0)], "end of the month")
    later = client.correct(entry, steel(20.0), "a digit was lost")
    assert [each.entry for each in client.entries(STEEL)] == [entry, later]
    assert [each.content for each in client.entries(standing=True)] == [steel(20.0)]
    (product,) = client.activity(STEEL, *DAY)
    (energy,) = client.activity(LINE_1, *DAY)
    found = client.ratio([LINE_1], [STEEL], *DAY)
    assert client.ratio(LINE_1, STEEL, *DAY) == found
    own = ratio(Amounts(data=(energy,), factors=(1.0,)), Amounts(data=(product,), factors=(1.0,)))
    assert found == own
    assert client.activity(STEEL, *DAY).total().entered_share == 1.0
    frame = client.activity(STEEL, *DAY).frame()
    assert frame["entered"][0]["entries"] == [later]
    with pytest.raises(RefusedError, match="E_ENTRY_CORRECTS"):
        client.correct(entry, steel(1.0), "again")


def test_what_a_corrected_certificate_touched_is_told_and_the_past_can_be_asked(
    own: Served, client: Client
) -> None:
    (before,) = client.activity(LINE_1, *DAY)
    client.decide("release", before.digest, "day closed")
    corrected(own.plant)
    (after,) = client.activity(LINE_1, *DAY)
    (row,) = client.touched("E-1").statements
    assert row.difference == difference(before, after) == client.difference(before.digest)
    assert tuple(client.activity(LINE_1, *DAY, as_of="2026-04-06T12:00:00Z")) == (before,)
    with pytest.raises(RefusedError, match="E_LOCK"):
        client.decide("lock", after.digest, "not released")
    client.decide("lock", before.digest, "day closed")
    assert tuple(client.activity(LINE_1, *DAY)) == (before,)
    client.decide("unlock", before.digest, "the certificate was wrong")
    assert tuple(client.activity(LINE_1, *DAY)) == (after,)


def test_a_saved_boundary_is_asked_for_by_its_name(own: Served, client: Client) -> None:
    by = AtMachine(doer=Doer(who="li", role="host"))
    terms = (BoundaryTerm(channel=LINE_1, factor="0.5"),)
    line = Boundary(id="jinan/line-1", name="Line 1", line="Line 1", terms=terms)
    with own.plant.parts().journal() as journal:
        entry = save(journal, by, line, "as drawn", None)
    found = client.boundary("jinan/line-1", *DAY)
    (whole,) = client.activity(LINE_1, *DAY)
    assert found.value == 0.5 * whole.value
    assert found.uncertainty.expanded_uncertainty > 0.0
    assert not isinstance(found.boundary, msgspec.UnsetType)
    assert (found.boundary.entry, found.boundary.digest) == (entry, line.digest)
    with pytest.raises(RefusedError, match="E_BOUNDARY_UNKNOWN"):
        client.boundary("jinan/line-0", *DAY)


def test_what_is_declared_is_in_the_record(client: Client) -> None:
    (datum,) = client.activity(LINE_1, *DAY)
    told = Declaration(of="jinan/line-1", product="billets")
    entry = client.declare(told, "asked by CQC")
    own = client.record(datum.digest).organisation
    assert (own.product, own.declared[-1].entry) == ("billets", entry)
    with pytest.raises(RefusedError, match="E_DECLARATION_CHANGED"):
        client.declare(Declaration(of="jinan/line-1", product="slabs"), "renamed")
    again = client.declare(Declaration(of="jinan/line-1"), "renamed", replaces=entry)
    own = client.record(datum.digest).organisation
    assert (own.product, own.declared[-1].entry) == (None, again)
