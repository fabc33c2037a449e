"""A saved boundary instead of channels: in lists, files, ratios and corroborations, or refused."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from carbonmeter.client import Client
from collector.rights import Role
from tests.unit.carbonmeter.client.conftest import serving
from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, Asked, Plant, served
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.collector.api.test_boundaries import WHOLE, saved

DATA = "/api/v1/activity-data"
TERMS = [{"channel": LINE_2, "factor": "1"}, {"channel": LINE_1, "factor": "-0.50"}]
HEADERS = ("carbonmeter-boundary", "carbonmeter-boundary-digest", "carbonmeter-boundary-factors")


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = Plant(tmp_path_factory.mktemp("bounded"))
    built.fill()
    yield built
    built.close()


@pytest.fixture(scope="module")
def engineer(works: Plant) -> dict[str, str]:
    return bearer(works, Role.ENGINEER, "jinan")


@pytest.fixture(scope="module")
def asked(works: Plant, engineer: dict[str, str]) -> Iterator[Asked]:
    """With the boundaries that are asked for."""
    parts = works.parts()
    found = served(parts)
    one = [{"channel": LINE_1}]
    later = {"terms": one, "effective_from": "2026-04-01T00:00:00+08:00"}
    first = saved(found, engineer, id="jinan/moves", terms=TERMS).json()["entry"]
    for answer in (
        saved(found, engineer, id="jinan/lines", terms=TERMS),
        saved(found, engineer, id="jinan/one", terms=one),
        saved(found, engineer, id="jinan/moves", replaces=first, **later),
    ):
        assert answer.status_code == 201, answer.text
    yield found
    parts.sources.close()


def test_a_list_of_a_boundary_has_the_rows_of_its_channels_and_says_their_factors(
    asked: Asked, engineer: dict[str, str]
) -> None:
    of_boundary = asked.get(f"{DATA}?boundary=jinan/lines&{WHOLE}&by=day", **engineer)
    of_channels = asked.get(f"{DATA}?channels={LINE_2},{LINE_1}&{WHOLE}&by=day", **engineer)
    assert of_boundary.json() == of_channels.json()
    assert len(of_boundary.json()) == 10
    named, digest, factors = (of_boundary.headers[each] for each in HEADERS)
    version = asked.get("/api/v1/boundaries/jinan/lines", **engineer).json()["versions"][-1]
    assert (named, digest, factors) == ("jinan/lines", version["digest"], "1,-0.5")
    assert not set(HEADERS) & set(of_channels.headers)


@pytest.mark.parametrize("form", ["csv", "json-lines", "brightway"])
def test_a_file_of_a_boundary_is_that_of_its_channels_and_names_it(
    asked: Asked, engineer: dict[str, str], form: str
) -> None:
    path = f"{DATA}/export?format={form}&{WHOLE}"
    of_boundary = asked.get(f"{path}&boundary=jinan/lines", **engineer)
    of_channels = asked.get(f"{path}&channels={LINE_2},{LINE_1}", **engineer)
    assert of_boundary.headers["carbonmeter-boundary-factors"] == "1,-0.5"
    assert "activity-data_jinan-lines_" in of_boundary.headers["content-disposition"]
    if form == "csv":
        rows = csv.DictReader(io.StringIO(of_boundary.text))
        assert [each["channel"] for each in rows] == [LINE_2, LINE_1]
    if form != "json-lines":
        assert of_boundary.content == of_channels.content
        return
    *lines, last = of_boundary.content.splitlines()
    assert lines == of_channels.content.splitlines()[:-1]
    end = json.loads(last)["end"]
    assert end["boundary"]["digest"] == of_boundary.headers["carbonmeter-boundary-digest"]
    assert end["boundary"]["terms"] == [{**each, "factor": f} for each, f in zip(
        TERMS, ("1", "-0.5"), strict=True
    )]  # fmt: skip
    assert "boundary" not in json.loads(of_channels.content.splitlines()[-1])["end"]


def test_a_ratio_of_boundaries_is_that_of_their_channels_and_says_which(
    asked: Asked, engineer: dict[str, str]
) -> None:
    by_hand = asked.get(
        f"{DATA}/ratio?numerator={LINE_2},{LINE_1}&factors=1,-0.5&denominator={LINE_1}&{WHOLE}",
        **engineer,
    )
    path = f"{DATA}/ratio?numerator_boundary=jinan/lines&{WHOLE}"
    found = asked.get(f"{path}&denominator_boundary=jinan/one", **engineer).json()
    assert found.pop("numerator_boundary")["id"] == "jinan/lines"
    assert found.pop("denominator_boundary")["id"] == "jinan/one"
    assert found == by_hand.json()
    mixed = asked.get(f"{path}&denominator={LINE_1}", **engineer).json()
    assert "denominator_boundary" not in mixed
    assert mixed["value"] == found["value"]


def test_what_a_boundary_comes_to_is_held_against_a_channel(
    asked: Asked, engineer: dict[str, str]
) -> None:
    path = f"{DATA}/corroboration?{WHOLE}"
    plain = asked.get(f"{path}&measured={LINE_2}&calculated={LINE_1}", **engineer).json()
    of_one = f"{path}&measured={LINE_2}&calculated_boundary=jinan/one"
    found = asked.get(of_one, **engineer).json()
    assert found["calculated"].pop("boundary")["id"] == "jinan/one"
    assert found == plain
    twice = asked.get(f"{path}&measured={LINE_1}&calculated_boundary=jinan/lines", **engineer)
    assert (twice.status_code, twice.json()["code"]) == (422, "E_COUNTED_TWICE")
    other = asked.get(f"{path}&measured={GAS}&calculated_boundary=jinan/lines", **engineer)
    assert (other.status_code, other.json()["code"]) == (422, "E_UNIT_MISMATCH")


@pytest.mark.parametrize(
    ("query", "code", "where"),
    [
        (f"?boundary=jinan/lines&channel={LINE_1}", "E_QUERY", "query boundary"),
        (f"?boundary=jinan/lines&channels={LINE_1}", "E_QUERY", "query boundary"),
        ("?boundary=jinan/none", "E_BOUNDARY_UNKNOWN", "boundary"),
        ("?boundary=weifang/lines", "E_BOUNDARY_UNKNOWN", "boundary"),
        ("?boundary=jinan/moves", "E_BOUNDARY_PERIOD", "jinan/moves"),
        ("/export?format=csv&boundary=jinan/moves", "E_BOUNDARY_PERIOD", "jinan/moves"),
        (f"/ratio?denominator={LINE_1}", "E_QUERY", "query numerator"),
        ("/ratio?numerator_boundary=jinan/lines", "E_QUERY", "query denominator"),
        (
            f"/ratio?numerator_boundary=jinan/lines&factors=1,1&denominator={LINE_1}",
            "E_QUERY",
            "query numerator_boundary",
        ),
        (
            f"/corroboration?measured={LINE_2}&calculated={LINE_1}&calculated_boundary=jinan/one",
            "E_QUERY",
            "query calculated_boundary",
        ),
        (f"/corroboration?measured={LINE_2}", "E_QUERY", "query calculated"),
    ],
)
def test_what_is_not_told_of_a_boundary_is_refused(
    asked: Asked, engineer: dict[str, str], query: str, code: str, where: str
) -> None:
    answer = asked.get(f"{DATA}{query}&{WHOLE}", **engineer)
    assert (answer.status_code in (404, 422), answer.json()["code"]) == (True, code)
    assert answer.json()["where"] == where


@pytest.mark.parametrize("path", ["/api/v1/readings", "/api/v1/monitored-data", "/api/v1/audit"])
def test_where_single_channels_are_told_a_boundary_is_refused_with_where_it_is_taken(
    asked: Asked, engineer: dict[str, str], path: str
) -> None:
    query = f"{path}?boundary=jinan/lines&channel={LINE_1}&{WHOLE}"
    problem: Any = asked.get(query, **engineer).json()
    assert problem["code"] == "E_QUERY"
    assert "only its channels one by one" in problem["detail"]
    assert "请逐一给出其通道" in asked.get(f"{query}&lang=zh", **engineer).text
    other = asked.get(f"{path}?boundaries=1&channel={LINE_1}&{WHOLE}", **engineer).json()
    assert "no such parameter" in other["detail"]


def test_the_client_sums_the_rows_of_a_boundary_with_its_factors(
    asked: Asked, works: Plant, engineer: dict[str, str]
) -> None:
    whole = ("2026-03-30", "2026-04-04")
    with serving(works) as found:
        client = Client(found.url, engineer["authorization"].removeprefix("Bearer "))
        rows = client.activity_within("jinan/lines", *whole, by="day")
        assert rows.boundary is not None
        assert [each.number for each in rows.boundary.terms] == [1.0, -0.5]
        assert len(rows) == 10
        by_days = rows.total()
        whole_period = client.activity_within("jinan/lines", *whole).total()
        combined = client.boundary("jinan/lines", *whole)
        assert whole_period.value == combined.value
        assert whole_period.uncertainty == combined.uncertainty
        assert by_days.value == pytest.approx(combined.value, rel=0.05)
        quotient = client.ratio("jinan/lines", [LINE_1], *whole)
        assert quotient.numerator_boundary
        held = client.corroboration([LINE_2], "jinan/one", *whole)
        assert held.calculated.boundary
    assert asked.get(f"{DATA}?boundary=jinan/lines&{WHOLE}").status_code == 401
