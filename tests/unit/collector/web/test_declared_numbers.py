"""The declared numbers of a stack's statement: which went in, their u and their c_i."""

import re

import pytest

from tests.unit.collector.api.plant import Plant, batch
from tests.unit.collector.api.test_stack import BASE, CO2, FILES, LATE_KV, SHOWN, WHOLE, stream
from tests.unit.collector.web.conftest import Browser


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    for kind, name, data in FILES:
        people.log_file(people.gw1, kind, name, data)
    people.take(people.gw1, batch(people.gw1, [stream(name, 18) for name in SHOWN]))
    people.judging.catch_up()
    browser.sign_in("auditor")
    return browser


def declared(text: str) -> dict[str, list[str]]:
    """The rows of the table of declared numbers, by name."""
    tables = re.findall(r"<table.*?</table>", text.replace("\u202f", " "), re.DOTALL)
    rows = [row for each in tables if "u(xᵢ)" in each for row in each.split("<tr")[2:]]
    cells = [
        [
            " ".join(re.sub(r"<[^>]+>", " ", one).split())
            for one in re.findall(r">(.*?)</t[hd]>", row)
        ]
        for row in rows
    ]
    return {each[0].rpartition(">")[2].strip(): each[1:] for each in cells}


def test_the_tonnes_follow_k_v_and_the_area_in_proportion(people: Plant, seen: Browser) -> None:
    (datum,) = seen.get(f"{BASE}?channel={CO2}&{WHOLE}").json()
    text = seen.get(f"/activity/{datum['digest']}?lang=en").text
    found = declared(text)
    k_v = found["Declared number KV-1 cert:R-KV-1/0"]
    assert k_v[:2] == ["1.020", "0.010"]
    assert float(k_v[3]) == pytest.approx(datum["value"] / 1.02, rel=1e-3)
    area = found["Declared number AREA factor:stack_area.boiler"]
    assert area[:2] == ["19.64 m²", "0.20 m²"]
    assert float(area[3]) == pytest.approx(datum["value"] / 19.635, rel=1e-3)
    people.log_file(people.gw1, "setting", "kv-2.toml", LATE_KV)
    assert declared(seen.get(f"/activity/{datum['digest']}?lang=en").text) == found
