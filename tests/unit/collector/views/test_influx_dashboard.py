"""The dashboard asks for what the view writes, and for nothing else."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from collector.views.influx_lines import FLOATS, INTEGERS, MEASUREMENT, TAGS, TEXTS
from collector.views.influx_own import OWN_FIELDS, OWN_MEASUREMENT, OWN_TAGS

WRITTEN = {
    MEASUREMENT: {*FLOATS, *INTEGERS, *TEXTS, *TAGS},
    OWN_MEASUREMENT: {*OWN_FIELDS, *OWN_TAGS},
}


def dashboard() -> dict[str, Any]:
    text = files("collector.views").joinpath("grafana/carbonmeter.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def queries() -> Iterator[str]:
    found = dashboard()
    for panel in found["panels"]:
        yield from (target["query"] for target in panel["targets"])
    for variable in found["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]


def asked_for(query: str) -> tuple[str, set[str]]:
    """The measurement of a query, and the fields and tags that it names."""
    measurement = re.search(r'FROM "(\w+)"', query)
    assert measurement is not None, query
    names = set(re.findall(r'"(\w+)"', query)) | set(re.findall(r"\$tag_(\w+)", query))
    return measurement[1], names - {measurement[1]}


@pytest.mark.parametrize("query", [*queries()])
def test_each_query_names_what_is_written(query: str) -> None:
    measurement, names = asked_for(query)
    assert names
    assert names <= WRITTEN[measurement]


def test_a_query_for_something_else_would_be_found() -> None:
    measurement, names = asked_for('SELECT "vlaue" FROM "reading"')
    assert not names <= WRITTEN[measurement]


def test_every_panel_of_the_brief_is_there_and_each_asks_the_chosen_database() -> None:
    panels = dashboard()["panels"]
    text = " ".join(each["title"].lower() for each in panels)
    for wanted in ("2 u", "completeness", "misses", "receipt", "view stands"):
        assert wanted in text
    assert len({each["id"] for each in panels}) == len(panels)
    for each in panels:
        assert each["datasource"] == {"type": "influxdb", "uid": "${database}"}
        assert len({target["refId"] for target in each["targets"]}) == len(each["targets"])


def test_the_band_is_filled_between_its_two_edges() -> None:
    (first, *_) = dashboard()["panels"]
    names = {target["alias"] for target in first["targets"]}
    filled = [
        prop["value"]
        for override in first["fieldConfig"]["overrides"]
        for prop in override["properties"]
        if prop["id"] == "custom.fillBelowTo"
    ]
    assert filled == ["value - 2u"]
    assert set(filled) <= names
