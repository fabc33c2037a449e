"""Somebody looks at what was set aside: it stays, and the journal says who and why."""

from typing import Any

import msgspec
import pytest

from collector.api.quarantine import Release
from collector.rights import Role
from evidence.log.entry import Action
from tests.unit.collector.api.plant import LINE_1, MILL, Asked, Plant, batch, served, stream
from tests.unit.collector.api.test_allowed import bearer

JSON = "application/json"


@pytest.fixture
def faulty(fresh: Plant) -> Plant:
    """An agent that spoke for a channel of another site."""
    fresh.log_profile()
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_1, 0, 4), stream(MILL, 0, 4)]))
    fresh.judging.catch_up()
    return fresh


def listed(asked: Asked, headers: dict[str, str]) -> dict[str, Any]:
    (found,) = asked.get("/api/v1/quarantine", **headers).json()
    return dict(found)


def release_of(found: dict[str, Any], **changed: object) -> bytes:
    names = ("agent", "epoch", "leaf", "subject", "code")
    body = {name: found[name] for name in names} | {"reason": "wired to the wrong line"}
    return msgspec.json.encode(body | changed)


def test_a_release_is_entered_and_shown_and_what_was_set_aside_stays(faulty: Plant) -> None:
    engineer = bearer(faulty, Role.ENGINEER)
    asked = served(faulty.parts())
    found = listed(asked, engineer)
    assert found["released"] is None
    headers = {**engineer, "content-type": JSON}
    answer = asked.send("POST", "/api/v1/quarantine/releases", headers, release_of(found))
    assert (answer.status_code, answer.json()) == (201, {"position": 0})
    with faulty.parts().journal() as journal:
        (recorded,) = journal.entries()
    entry = recorded.entry
    assert (entry.who, entry.role, entry.site) == ("token:engineer", "engineer", "jinan")
    assert entry.action is Action.QUARANTINE_RELEASED
    assert entry.old == {"subject": found["subject"], "code": found["code"]}
    again = listed(asked, engineer)
    assert again.pop("released") == {
        "by": "token:engineer",
        "at": entry.at,
        "reason": "wired to the wrong line",
        "position": 0,
    }
    assert again == {name: value for name, value in found.items() if name != "released"}
    answer = asked.send("POST", "/api/v1/quarantine/releases", headers, release_of(found))
    assert (answer.status_code, answer.json()["code"]) == (409, "E_RELEASED_BEFORE")
    with faulty.parts().journal() as journal:
        assert journal.head().size == 1


@pytest.mark.parametrize(
    "changed",
    [{"leaf": 99}, {"agent": "gw-9"}, {"subject": LINE_1}, {"code": "E_NONE"}, {"epoch": ""}],
)
def test_what_was_not_set_aside_cannot_be_released(
    faulty: Plant, changed: dict[str, object]
) -> None:
    engineer = bearer(faulty, Role.ENGINEER)
    asked = served(faulty.parts())
    body = release_of(listed(asked, engineer), **changed)
    headers = {**engineer, "content-type": JSON}
    answer = asked.send("POST", "/api/v1/quarantine/releases", headers, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "E_SET_ASIDE_UNKNOWN")


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("text/plain", None, 415, "E_MEDIA_TYPE"),
        ("", None, 415, "E_MEDIA_TYPE"),
        (JSON, b"", 422, "E_JSON_BODY"),
        (JSON, b"null", 422, "E_JSON_BODY"),
        (JSON, b"\xff", 422, "E_JSON_BODY"),
        (JSON, b"[" * 60_000, 422, "E_JSON_BODY"),
        (JSON, b'{"leaf": NaN}', 422, "E_JSON_BODY"),
        (JSON, b'{"agent": "a", "agent": "b"}', 422, "E_JSON_BODY"),
        (JSON, b'{"extra": 1}', 422, "E_JSON_BODY"),
        (JSON, b"x" * 70_000, 413, "E_BODY"),
    ],
    ids=repr,
)
def test_a_body_that_is_none_is_refused(
    faulty: Plant, content_type: str, body: bytes | None, status: int, code: str
) -> None:
    headers = {**bearer(faulty, Role.ENGINEER), "content-type": content_type}
    given = Release(agent="a", epoch="e", leaf=1, subject="s", code="c", reason="r")
    data = msgspec.json.encode(given) if body is None else body
    answer = served(faulty.parts()).send("POST", "/api/v1/quarantine/releases", headers, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("reason", ["", "x" * 2001, "two\nlines"])
def test_a_release_needs_a_reason_that_can_be_entered(faulty: Plant, reason: str) -> None:
    engineer = bearer(faulty, Role.ENGINEER)
    asked = served(faulty.parts())
    body = release_of(listed(asked, engineer), reason=reason)
    headers = {**engineer, "content-type": JSON}
    answer = asked.send("POST", "/api/v1/quarantine/releases", headers, body)
    assert answer.status_code == 422
    with faulty.parts().journal() as journal:
        assert journal.head().size == 0
