"""Role x address x site, for every address of the description: what is received, not what is meant.

Each address is asked for one site's data by holders who are for that site, for another, and for
all. Whoever is for another must learn nothing of it, not even that it exists.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import httpx
import pytest

from collector.alarms.course import Open
from collector.api.allowed import ALLOWED, _routes
from collector.api.app import create_app
from collector.rights import RIGHTS, Role
from collector.web.pages import add_pages
from evidence.log.entry import Act, Action
from tests.unit.collector.api.examples import (
    API_EXAMPLES,
    ENTERED,
    NEXT_DAY,
    OTHER,
    OWN,
    SPAN,
)
from tests.unit.collector.api.page_examples import (
    BROUGHT,
    LISTING,
    PAGE_EXAMPLES,
    PLANT_WIDE,
)
from tests.unit.collector.api.plant import FILES, LINE_1, MILL, Asked, Plant, batch, stream
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.collector.api.test_dcc import TYPICAL

MARKS: Final = ("jinan", "gw-1", "S-1", "E-1", "wired by Li", "weighed by Li")
"""What only those may see who are for the site."""
EXAMPLES: Final = {**API_EXAMPLES, **PAGE_EXAMPLES}
OPEN: Final = tuple(
    Open(code="E_ALARM_AGENT_SILENT", subject=each, en=each, zh=each, first_ns=0, told_ns=0)
    for each in ("gw-1", LINE_1, "S-1", "gw-2", "disk")
)
PROTECTED: Final = sorted(
    address for address, right in ALLOWED.items() if right is not None and address not in PLANT_WIDE
)
SITED: Final = [address for address in PROTECTED if address not in BROUGHT]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A plant of two sites, its interface, and one holder for each role and reach."""

    asked: Asked
    holders: dict[tuple[Role, str], dict[str, str]]
    known: dict[tuple[str, str], str]
    bodies: dict[tuple[str, str], str]

    def ask(self, address: tuple[str, str], holder: dict[str, str], named: str) -> httpx.Response:
        """The answer to an address about what `named` names."""
        (method, path), example = address, EXAMPLES[address]
        if "{" in path:
            path = re.sub(r"\{[^}]*\}(/\{[^}]*\})*", named, path)
        if example.query:
            path = f"{path}?{example.query.replace('{}', named)}"
        if example.form:
            return self.send((method, path), holder, example.form.replace("{}", named))
        body = self.bodies.get(address, "")
        body = body.replace(example.there, named) if example.there else body
        headers = {**holder, **({"content-type": "application/json"} if body else {})}
        return self.asked.send(method, path, headers, body.encode())

    def send(self, address: tuple[str, str], holder: dict[str, str], form: str) -> httpx.Response:
        """The answer to a form."""
        headers = {**holder, "content-type": "application/x-www-form-urlencoded"}
        return self.asked.send(*address, headers, form.encode())

    def there(self, address: tuple[str, str]) -> str:
        """What is there to be asked for."""
        return EXAMPLES[address].there or self.known.get(address, "")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    plant = Plant(tmp_path_factory.mktemp("matrix"))
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 192)]))
    plant.take(plant.gw1, batch(plant.gw1, [stream(MILL, 0, 4)]))
    plant.take(plant.gw2, batch(plant.gw2, [stream(MILL, 0, 96)]))
    plant.judging.catch_up()
    with plant.parts().journal() as journal:
        act = Act(who="li", role="engineer", action=Action.CORRECTION, site=OWN, reason=MARKS[-2])
        journal.record(act)
    holders = {
        (role, site): bearer(plant, role, *([site] if site else []))
        for role in Role
        for site in (OWN, OTHER, "")
    }
    parts = replace(plant.parts(), alarms=lambda: OPEN)
    asked = Asked(add_pages(create_app(parts), parts))
    chief = holders[Role.ADMINISTRATOR, ""]
    yield World(
        asked=asked, holders=holders, known=_known(asked, chief), bodies=_bodies(asked, chief)
    )
    parts.sources.close()
    plant.close()


def _known(asked: Asked, chief: dict[str, str]) -> dict[tuple[str, str], str]:
    """What has a name that is only known once it was made."""
    stated = asked.get(f"/api/v1/activity-data?channel={LINE_1}&{SPAN}", **chief).json()
    papers = asked.get("/api/v1/certificates", **chief).json()["certificates"]
    free = asked.get(f"/api/v1/activity-data?channel={LINE_1}&{NEXT_DAY}", **chief).json()
    _written(asked, chief, "/api/v1/boundaries", _BOUNDARY)
    _written(asked, chief, "/api/v1/declarations", _DECLARING)
    (entry,) = _written(asked, chief, "/api/v1/entries", _ENTERING)["entries"]
    told = {**_CORRECTING, "reason": "weighed again"}
    _written(asked, chief, f"/api/v1/entries/{entry}/correction", told)
    locked = f"/api/v1/activity-data/{stated[0]['digest']}"
    for path in ("release", "lock"):
        _written(asked, chief, f"{locked}/{path}", _WHY)
    document = _kept(asked, chief, "dcc.xml", TYPICAL)
    return {
        **{
            ("POST", f"{room}/{{digest}}/{path}"): digest
            for path, digest in (
                ("lock", stated[0]["digest"]),
                ("release", stated[0]["digest"]),
                ("unlock", free[0]["digest"]),
            )
            for room in ("/api/v1/activity-data", "/activity")
        },
        **{
            (method, path): stated[0]["digest"]
            for method, path in PAGE_EXAMPLES
            if path.startswith("/audit/bundles/") or (method, path) == ("GET", "/activity/{digest}")
        },
        **{address: document for address in PAGE_EXAMPLES if "dcc/{sha256}" in address[1]},
        **{address: str(entry) for address in PAGE_EXAMPLES if "{entry}" in address[1]},
        ("GET", "/api/v1/activity-data/{digest}/difference"): stated[0]["digest"],
        ("GET", "/api/v1/activity-data/{digest}/record"): stated[0]["digest"],
        ("POST", "/api/v1/entries/{entry}/correction"): str(entry),
        ("GET", "/api/v1/activity-data/{digest}"): stated[0]["digest"],
        ("GET", "/api/v1/documents/{sha256}"): papers[0]["sha256"],
        ("GET", "/api/v1/originals/{sha256}"): _kept(asked, chief, "a.pdf", b"scan"),
    }


def _kept(asked: Asked, chief: dict[str, str], name: str, data: bytes) -> str:
    """The digest of a document that was handed in for the site."""
    answer = asked.send(
        "POST", f"/api/v1/originals?site={OWN}&name={name}&reason=scan", chief, data
    )
    return str(answer.json()["sha256"])


_WHY: Final = {"reason": "quarter closed"}
_AMOUNT: Final = {
    "entered": "amount",
    "channel": ENTERED,
    "kind_of_quantity": "mass",
    "unit": "t",
    "start": "2026-03-29T16:00:00Z",
    "end": "2026-03-30T16:00:00Z",
    "value": 7.0,
    "source": "weighed by Li",
}
_BOUNDARY: Final = {
    "boundary": {"id": "jinan/line-1", "name": "Line 1", "terms": [{"channel": LINE_1}]},
    "reason": "as drawn",
}
_DECLARING: Final = {
    "declaration": {"of": LINE_1, "product": "billets"},
    "reason": "asked by the verifier",
}
_ENTERING: Final = {"entries": [_AMOUNT], "reason": "bills"}
_CORRECTING: Final = {"content": {**_AMOUNT, "value": 8.0}}


def _written(asked: Asked, chief: dict[str, str], path: str, body: object) -> dict[str, list[int]]:
    """What became of something that was entered."""
    headers = {**chief, "content-type": "application/json"}
    answer = asked.send("POST", path, headers, json.dumps(body).encode())
    assert answer.status_code == 201, answer.text
    found: dict[str, list[int]] = answer.json()
    return found


def _bodies(asked: Asked, chief: dict[str, str]) -> dict[tuple[str, str], str]:
    """What is sent to addresses that take something; the names in them are then exchanged."""
    found = asked.get("/api/v1/quarantine", **chief).json()[0]
    names = ("agent", "epoch", "leaf", "subject", "code")
    release = {name: found[name] for name in names} | {"reason": "looked at"}
    # done once beforehand: whoever asks again is answered alike, in any order of the tests
    _written(asked, chief, "/api/v1/quarantine/releases", release)
    decided = ("lock", "release", "unlock")
    return {
        ("POST", "/api/v1/quarantine/releases"): json.dumps(release),
        ("POST", "/api/v1/originals"): "scan",
        ("POST", "/api/v1/boundaries"): json.dumps(_BOUNDARY),
        # without a reason: whoever asks again is answered alike
        ("POST", "/api/v1/boundaries/{site}/{name}/withdrawal"): json.dumps({"reason": " "}),
        ("POST", "/api/v1/declarations"): json.dumps(_DECLARING),
        ("POST", "/api/v1/declarations/withdrawal"): json.dumps({"of": LINE_1, "reason": " "}),
        ("POST", "/api/v1/entries"): json.dumps(
            {"entries": [{**_AMOUNT, "value": 8.0}], "reason": "bills"}
        ),
        ("POST", "/api/v1/entries/{entry}/correction"): json.dumps({**_CORRECTING, **_WHY}),
        **{
            ("POST", f"/api/v1/activity-data/{{digest}}/{path}"): json.dumps(_WHY)
            for path in decided
        },
    }


def test_every_address_that_needs_a_right_has_its_example(world: World) -> None:
    assert set(EXAMPLES) == set(PROTECTED)
    assert set(PROTECTED) | set(PLANT_WIDE) <= {
        (method, path) for method, path, _ in _routes(world.asked.app)
    }


@pytest.mark.parametrize("address", PROTECTED, ids=" ".join)
def test_only_roles_with_the_right_are_answered(world: World, address: tuple[str, str]) -> None:
    for (role, site), holder in world.holders.items():
        answer = world.ask(address, holder, world.there(address))
        if ALLOWED[address] in RIGHTS[role]:
            assert answer.status_code not in (401, 403, 500), (role, site, answer.text)
        else:
            absent = world.ask(address, holder, EXAMPLES[address].absent)
            assert (answer.status_code, answer.json()["code"]) == (403, "E_TOKEN_SCOPE")
            assert answer.json() == absent.json()


@pytest.mark.parametrize("address", SITED, ids=" ".join)
def test_whoever_is_for_the_site_is_answered_as_whoever_is_for_all(
    world: World, address: tuple[str, str]
) -> None:
    role = next(role for role in reversed(Role) if ALLOWED[address] in RIGHTS[role])
    here, everywhere = (
        world.ask(address, world.holders[role, site], world.there(address)) for site in (OWN, "")
    )
    assert here.status_code == everywhere.status_code
    if world.there(address):
        assert here.status_code < 400 or here.status_code in (409, 422)
        # a page says who looks at it
        if address in LISTING:
            return
        assert here.text.replace(f"{role}-{OWN}", role) == everywhere.text


@pytest.mark.parametrize("address", SITED, ids=" ".join)
def test_whoever_is_for_another_site_learns_nothing_of_it(
    world: World, address: tuple[str, str]
) -> None:
    for role in (role for role in Role if ALLOWED[address] in RIGHTS[role]):
        holder = world.holders[role, OTHER]
        there, absent = world.there(address), EXAMPLES[address].absent
        found = world.ask(address, holder, there)
        if not there:
            assert found.status_code == 200
            assert not any(mark.encode() in _plain(found) for mark in MARKS), role
            continue
        other = world.ask(address, holder, absent)
        assert found.status_code >= 400
        assert _told(found, there) == _told(other, absent)


def _plain(answer: httpx.Response) -> bytes:
    """What is in an answer; a workbook is a zip, in which nothing would be found."""
    if not answer.content.startswith(b"PK"):
        return answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        return b"".join(map(parts.read, parts.namelist()))


def _told(answer: httpx.Response, named: str) -> tuple[object, ...]:
    """What a refusal says, but for the name that was asked for."""
    if not answer.headers.get("content-type", "").endswith("json"):
        return answer.status_code, re.sub(rf"{re.escape(named)}\b", "*", answer.text)
    body = answer.json()
    return (
        answer.status_code,
        body["code"],
        body["where"],
        re.sub(rf"\b{re.escape(named)}\b", "*", body["detail"]),
    )


@pytest.mark.parametrize("address", sorted(PLANT_WIDE), ids=" ".join)
def test_what_is_of_no_site_is_for_administrators_of_all(
    world: World, address: tuple[str, str]
) -> None:
    for (role, site), holder in world.holders.items():
        answer = world.send(address, holder, PLANT_WIDE[address])
        if role is Role.ADMINISTRATOR and not site:
            assert answer.status_code not in (401, 403, 500)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "E_TOKEN_SCOPE")


def test_the_marks_are_there_for_those_who_may_see_them(world: World) -> None:
    """Otherwise that others do not see them would prove nothing."""
    chief = world.holders[Role.ADMINISTRATOR, OWN]
    text = b"".join(_plain(world.ask(each, chief, world.there(each))) for each in PROTECTED)
    assert [mark for mark in MARKS if mark.encode() not in text] == []
    workbook = world.ask(("GET", "/api/v1/register/instruments.xlsx"), chief, "")
    assert b"E-1" in _plain(workbook)
