"""Bodies that no writer of JSON should send, at each address that takes JSON: refused by code."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from collector.rights import Role
from tests.unit.collector.api.plant import LINE_1, Asked, Plant, served
from tests.unit.collector.api.writing import token, two_lines

STEEL = "jinan/~scale/steel"
AMOUNT = {
    "entered": "amount",
    "channel": STEEL,
    "kind_of_quantity": "mass",
    "unit": "t",
    "start": "2026-03-30T00:00:00+08:00",
    "end": "2026-03-31T00:00:00+08:00",
    "value": 7.5,
    "source": "weighing book 7",
}
ENTRIES = "/api/v1/entries"
RELEASES = "/api/v1/quarantine/releases"
ASIDE = {"agent": "gw-1", "epoch": "e", "leaf": 7, "subject": "s", "code": "E", "reason": "seen"}
BOUNDARY = {"id": "jinan/line-1", "name": "Line 1", "terms": [{"channel": LINE_1}]}
WHY = {"reason": "closed"}
ENROLMENT = {"request": "a note", "csr": ""}
BODIES: dict[str, Any] = {
    ENTRIES: {"entries": [AMOUNT], "reason": "bills"},
    "/api/v1/entries/{entry}/correction": {"content": AMOUNT | {"value": 8.5}, **WHY},
    "/api/v1/activity-data/{digest}/release": WHY,
    "/api/v1/activity-data/{digest}/lock": WHY,
    "/api/v1/activity-data/{digest}/unlock": WHY,
    RELEASES: ASIDE,
    "/api/v1/boundaries": {"boundary": BOUNDARY, **WHY},
    "/api/v1/boundaries/{site}/{name}/withdrawal": WHY,
    "/api/v1/declarations": {"declaration": {"of": LINE_1, "product": "billets"}, **WHY},
    "/api/v1/declarations/withdrawal": {"of": LINE_1, **WHY},
    "/api/v1/enrolment": ENROLMENT,
}
JSON = "application/json"


@dataclass(slots=True, kw_only=True)
class Desk:
    """Somebody who may do everything, and what they have done."""

    asked: Asked
    bearer: str
    names: dict[str, str]

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        told = {"authorization": self.bearer, "content-type": JSON} | headers
        return self.asked.send("POST", path.format(**self.names), told, body)

    @property
    def journal(self) -> bytes:
        """What was entered of it, by anybody."""
        return self.asked.get("/api/v1/journal", authorization=self.bearer).content


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    plant = two_lines(Plant(tmp_path_factory.mktemp("desk")))
    parts = plant.parts()
    asked, bearer = served(parts), token(plant, "chief", Role.ADMINISTRATOR)
    path = "/api/v1/activity-data?start=2026-03-30&end=2026-03-31"
    stated = asked.get(path, authorization=bearer).json()[0]
    names = {"digest": stated["digest"], "entry": "0", "site": "jinan", "name": "line-1"}
    found = Desk(asked=asked, bearer=bearer, names=names)
    written = found.post(ENTRIES, json.dumps({"entries": [AMOUNT], "reason": "bills"}).encode())
    assert written.json() == {"entries": [0]}, written.text
    yield found
    parts.sources.close()
    plant.close()


def broken(body: dict[str, Any]) -> dict[str, bytes]:
    """A body that is right, spoiled in one way each."""
    whole = json.dumps(body).encode()
    name = next(iter(body)).encode()
    value = json.dumps(next(iter(body.values()))).encode()
    pair = b'"%s": %s' % (name, value)
    assert pair in whole
    return {
        "a byte order mark": b"\xef\xbb\xbf" + whole,
        "UTF-16": whole.decode().encode("utf-16"),
        "half a character": whole.replace(value, rb'"\ud800"', 1),
        "half a character, in bytes": whole.replace(value, b'"\xed\xa0\x80"', 1),
        "half a character in a key": whole.replace(name, rb"\udc00", 1),
        "1e999": whole.replace(value, b"1e999", 1),
        "NaN": whole.replace(value, b"NaN", 1),
        "infinity": whole.replace(value, b"-Infinity", 1),
        "five thousand digits": whole.replace(value, b"9" * 5_000, 1),
        "a key twice": whole.replace(pair, pair + b", " + pair, 1),
        "nested a thousand deep": b"[" * 1_000 + b"]" * 1_000,
        "a value nested a thousand deep": whole.replace(
            value, b'{"a":' * 1_000 + b"1" + b"}" * 1_000
        ),
        "nothing": b"",
        "cut": whole[:-1],
        "more after it": whole + b"{}",
        "a zero byte": whole + b"\0",
        "null": b"null",
        "a key that is not known": b'{"x": 1, ' + whole[1:],
    }


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_no_plain_json_is_refused_and_nothing_is_entered(
    desk: Desk, path: str
) -> None:
    before = desk.journal
    for what, body in broken(BODIES[path]).items():
        answer = desk.post(path, body)
        found = answer.status_code, answer.json()["code"]
        assert found == (422, "E_JSON_BODY"), (what, answer.text)
    assert desk.journal == before


@pytest.mark.parametrize("path", BODIES)
def test_a_body_under_another_name_or_packed_is_refused_and_nothing_is_entered(
    desk: Desk, path: str
) -> None:
    before, body = desk.journal, json.dumps(BODIES[path]).encode()
    for kind in ("", "text/plain", "application/xml", "application/jsonx", "multipart/form-data"):
        answer = desk.post(path, body, **{"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "E_MEDIA_TYPE"), kind
    for coding in ("gzip", "br", "identity, gzip", "x"):
        for packed in (gzip.compress(body), body):
            answer = desk.post(path, packed, **{"content-encoding": coding})
            found = answer.status_code, answer.json()["code"]
            assert found == (415, "E_CONTENT_CODING"), coding
    assert desk.journal == before


def test_every_address_that_takes_json_is_among_these(desk: Desk) -> None:
    description = desk.asked.get("/openapi.json").json()["paths"]
    taking = {
        path
        for path, methods in description.items()
        for told in methods.values()
        if JSON in told.get("requestBody", {}).get("content", {})
    }
    assert taking == set(BODIES)


@pytest.mark.parametrize("field", ["start", "end"])
@pytest.mark.parametrize(
    "text", ["2026-06-30T23:59:60Z", "2026-02-30T00:00:00Z", "2026-03-31T24:00:00Z", "2026-03-31"]
)
def test_an_instant_that_is_none_is_named_by_its_field(desk: Desk, field: str, text: str) -> None:
    before = desk.journal
    body = {"entries": [AMOUNT | {field: text}], "reason": "bills"}
    answer = desk.post(ENTRIES, json.dumps(body).encode())
    found = answer.status_code, answer.json()["code"], answer.json()["where"]
    assert found == (422, "E_TIME_TEXT", field)
    assert desk.journal == before


@pytest.mark.parametrize(
    ("unit", "code"),
    [("KWH", "E_UNIT_UNKNOWN"), ("", "E_UNIT_UNKNOWN"), ("kW.h", "E_UNIT_MISMATCH")],
)
def test_a_unit_that_cannot_be_is_named_and_is_a_fault_of_the_request(
    desk: Desk, unit: str, code: str
) -> None:
    before = desk.journal
    wrong = AMOUNT | {"unit": unit}
    for path in (ENTRIES, "/api/v1/entries/{entry}/correction"):
        body = (
            {"entries": [wrong], "reason": "bills"}
            if path == ENTRIES
            else {"content": wrong, **WHY}
        )
        answer = desk.post(path, json.dumps(body).encode())
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert f"'{unit}'" in answer.json()["detail"]
    assert desk.journal == before


@pytest.mark.parametrize("path", [*BODIES, "/api/v1/originals?site=jinan&name=a.pdf&reason=scan"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("if-match", '"stale"'),
        ("if-match", "*"),
        ("if-unmodified-since", "Mon, 30 Mar 2026 00:00:00 GMT"),
    ],
)
def test_what_is_to_be_written_under_a_condition_is_not_written(
    desk: Desk, path: str, name: str, text: str
) -> None:
    before, body = desk.journal, json.dumps(BODIES.get(path, {})).encode()
    answer = desk.post(path, body, **{name: text})
    assert (answer.status_code, answer.json()["code"]) == (412, "E_IF_MATCH")
    assert answer.json()["where"] == name
    assert desk.journal == before


def test_a_condition_says_nothing_to_somebody_who_may_not_write(desk: Desk) -> None:
    answer = desk.post(ENTRIES, b"{}", authorization="Bearer x", **{"if-match": "*"})
    assert answer.status_code == 401
