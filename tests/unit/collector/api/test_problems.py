"""Whatever is wrong with a request is said as problem+json, in two languages."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from calibration.window import RegisterWindow
from collector.api.error_page import KINDS
from collector.api.phrases import phrase
from collector.api.pool import SourcePool, Sources
from collector.api.problem import status_of_class
from collector.ledger_read import read_ledger
from collector.store import Store
from tests.unit.collector.api.plant import LINE_1, MILL, Asked, Plant, batch, served, stream

ACTIVITY = "/api/v1/activity-data"
READINGS = "/api/v1/readings"
APRIL = "start=2026-04-01T00:00:00Z&end=2026-04-02T00:00:00Z"
ROUTES = (
    f"{ACTIVITY}?{APRIL}",
    f"{ACTIVITY}/combined?channels={LINE_1}&{APRIL}",
    f"{ACTIVITY}/corroboration?measured={LINE_1}&calculated={LINE_1}&{APRIL}",
    f"{ACTIVITY}/{'0' * 64}?",
    f"{READINGS}?channel={LINE_1}&{APRIL}",
    "/api/v1/channels?",
    "/api/v1/agents?",
    "/api/v1/quarantine?",
    "/api/v1/certificates?",
    f"/api/v1/documents/{'0' * 64}?",
    "/healthz?",
    "/readyz?",
    "/metrics?",
    "/docs/errors?",
)


def refused(asked: Asked, path: str, **headers: str) -> tuple[int, str, str]:
    answer = asked.get(path, **headers)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["type"] == f"/docs/errors#{problem['code']}"
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"], problem["where"]


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_refuses_a_parameter_it_does_not_know(asked: Asked, route: str) -> None:
    assert refused(asked, f"{route}&colour=red") == (422, "E_QUERY", "query colour")


@pytest.mark.parametrize(
    ("route", "en", "zh"),
    [
        (f"{READINGS}?channel={LINE_1},{MILL}&{APRIL}", "one name is needed, such as", "单个名称"),
        (f"{ACTIVITY}?boundary={LINE_1}&{APRIL}", "a saved boundary is needed", "已保存边界"),
        (f"{ACTIVITY}/sum?", "a SHA-256 is needed: 64 digits", "须为 SHA-256"),
        ("/api/v1/boundaries?site=a,b", "a site's name is needed", "厂区名称"),
    ],
)
def test_what_a_name_looks_like_is_said_in_words(
    asked: Asked, route: str, en: str, zh: str
) -> None:
    assert en in asked.get(route).json()["detail"]
    assert zh in asked.get(f"{route}&lang=zh").json()["detail"]


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_refuses_a_parameter_that_is_given_twice(asked: Asked, route: str) -> None:
    assert refused(asked, f"{route}&lang=en&lang=zh")[:2] == (422, "E_QUERY")


@pytest.mark.parametrize(
    ("query", "code", "where"),
    [
        ("", "E_QUERY", "query start"),
        ("start=2026-04-01T00:00:00Z", "E_QUERY", "query end"),
        ("start=&end=", "E_TIME_TEXT", "start"),
        ("start=2026-04-01T00:00:00&end=2026-04-02T00:00:00Z", "E_TIME_TEXT", "start"),
        ("start=2026-02-30T00:00:00Z&end=2026-04-02T00:00:00Z", "E_TIME_TEXT", "start"),
        ("start=2026-02-30&end=2026-04-02", "E_TIME_TEXT", "start"),
        ("start=2026-04-01T24:00:00Z&end=2026-04-03T00:00:00Z", "E_TIME_TEXT", "start"),
        ("start=2026-04-01T00:00:00Z&end=2026-06-30T23:59:60Z", "E_TIME_TEXT", "end"),
        ("start=2026-04-01T00:00:00%2B99:00&end=2026-05-01", "E_TIME_TEXT", "start"),
        ("start=2026-04-01T00:00:00+08:00&end=2026-05-01", "E_TIME_TEXT", "start"),
        ("start=1759276800&end=2026-05-01", "E_TIME_TEXT", "start"),
        ("start=" + "9" * 65 + "&end=2026-05-01", "E_QUERY", "query start"),
        ("start=0001-01-01T00:00:00Z&end=2026-05-01", "E_RANGE_LIMIT", "start"),
        ("start=2026-04-01&end=9999-12-31", "E_RANGE_LIMIT", "end"),
        ("start=2026-04-01&end=9999-12-31T23:00:00Z", "E_RANGE_LIMIT", "end"),
        ("start=2026-05-01&end=2026-04-01", "E_RANGE_ORDER", "start, end"),
        ("start=2026-05-01&end=2026-05-01", "E_RANGE_ORDER", "start, end"),
        ("start=1970-01-02&end=2070-01-01", "E_RANGE_LIMIT", "start, end"),
        ("start=2026-01-01&end=2026-12-31&by=hour", "E_RANGE_LIMIT", "by"),
        ("start=2020-01-01&end=2026-12-31&by=day", "E_RANGE_LIMIT", "by"),
        ("start=2026-04-01T00:20:00Z&end=2026-04-02T00:20:00Z", "E_PERIOD", "start"),
        ("start=2026-04-01T00:30:00Z&end=2026-04-02T00:00:00Z", "E_PERIOD", "end"),
        ("start=2026-04-01T00:00:00Z&end=2026-04-02T00:00:00.5Z", "E_PERIOD", "end"),
        (f"{APRIL}&by=week", "E_QUERY", "query by"),
        (f"{APRIL}&by=", "E_QUERY", "query by"),
        (f"{APRIL}&tz=Asia/Atlantis", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&tz=../../etc/passwd", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&tz=Asia", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&tz=", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&tz=UTC%00", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&tz=Asia/Kolkata&by=day", "E_TIME_ZONE", "tz"),
        (f"{APRIL}&channel=", "E_QUERY", "query channel"),
        (f"{APRIL}&channel=a%00b", "E_QUERY", "query channel"),
        (f"{APRIL}&channel=a%0Ab", "E_QUERY", "query channel"),
        (f"{APRIL}&channel=a,b", "E_QUERY", "query channel"),
        (f"{APRIL}&channel={'x' * 201}", "E_QUERY", "query channel"),
        (f"{APRIL}&lang=fr", "E_QUERY", "query lang"),
    ],
)
def test_a_question_for_activity_data_that_cannot_be_meant_is_refused(
    asked: Asked, query: str, code: str, where: str
) -> None:
    assert refused(asked, f"{ACTIVITY}?{query}") == (422, code, where)


@pytest.mark.parametrize(
    "channel",
    [
        "jinan/line-1",
        "jinan/line-1/energy/",
        "../jinan/line-1/energy",
        "jinan/line-1/energy'--",
        "%27OR%271=1",
        "JINAN/LINE-1/ENERGY",
        "%EF%BF%BD",
        "%FF%FE",
        "一号线",
    ],
)
@pytest.mark.parametrize("base", [ACTIVITY, READINGS])
def test_a_channel_that_is_not_here_is_not_found(asked: Asked, base: str, channel: str) -> None:
    found = refused(asked, f"{base}?channel={channel}&{APRIL}")
    assert found == (404, "E_CHANNEL_UNKNOWN", "channel")


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1000000000", "1e3", "x", "", "9" * 5000])
def test_a_page_has_a_size_between_1_and_1000(asked: Asked, limit: str) -> None:
    found = refused(asked, f"{READINGS}?channel={LINE_1}&{APRIL}&limit={limit}")
    assert found == (422, "E_QUERY", "query limit")
    assert refused(asked, f"/api/v1/quarantine?limit={limit}")[1] == "E_QUERY"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v2/channels",
        "/api/v1/channels/",
        "/api/v1/documents",
        "/docs",
        "/redoc",
        "/api/v1/activity-data/x/y",
        "/api/v1//channels",
        "/%00",
        "/api/v1/documents/..%2F..%2Fetc%2Fpasswd/x",
    ],
)
def test_an_address_where_nothing_answers_says_so(asked: Asked, path: str) -> None:
    assert refused(asked, path)[:2] == (404, "E_PATH_UNKNOWN")


@pytest.mark.parametrize(
    "digest", ["x", "0" * 63, "0" * 65, "A" * 64, "%27", "0" * 63 + "%00", "é" * 64]
)
@pytest.mark.parametrize("base", [ACTIVITY, "/api/v1/documents"])
def test_a_digest_has_64_hexadecimal_digits(asked: Asked, base: str, digest: str) -> None:
    assert refused(asked, f"{base}/{digest}")[:2] == (422, "E_QUERY")


def test_a_statement_that_was_never_made_is_not_found(asked: Asked) -> None:
    assert refused(asked, f"{ACTIVITY}/{'0' * 64}")[:2] == (404, "E_STATEMENT_UNKNOWN")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW"])
def test_nothing_is_written_over_http(asked: Asked, method: str) -> None:
    answer = asked.send(method, "/api/v1/channels")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert "access-control-allow-origin" not in answer.headers
    if method != "HEAD":
        assert answer.json()["code"] == "E_METHOD"


def test_all_wrong_parameters_are_named_at_once(asked: Asked) -> None:
    problem = asked.get(f"{READINGS}?limit=0&colour=red").json()
    assert {each["where"] for each in problem["errors"]} == {
        "query channel",
        "query start",
        "query end",
        "query limit",
        "query colour",
    }
    assert "at least 1" in str(problem["errors"])


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr, de;q=0.9", "en"),
        ("", "en;q=0.2, zh;q=0.3", "zh"),
        ("", "zh;q=0", "en"),
        ("", ";;;,,q=,zh;q=9", "en"),
        ("&lang=en", "zh", "en"),
        ("&lang=zh", "en", "zh"),
    ],
)
def test_problems_are_told_in_the_language_that_was_asked_for(
    asked: Asked, query: str, accepted: str, language: str
) -> None:
    path = f"{ACTIVITY}?start=2026-05-01&end=2026-04-01{query}"
    answer = asked.get(path, accept_language=accepted)
    assert answer.headers["content-language"] == language
    assert ("早于" in answer.json()["detail"]) == (language == "zh")
    assert "Accept-Language" in answer.headers["vary"]


def test_a_missing_parameter_is_told_in_chinese_too(asked: Asked) -> None:
    problem = asked.get(f"{READINGS}?lang=zh").json()
    assert problem["errors"][0]["detail"] == "缺少该参数"
    assert problem["title"] == "请求无法使用"


def test_windows_that_do_not_join_are_a_problem_of_what_is_held(fresh: Plant) -> None:
    fresh.log_profile()
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 20)]))
    fresh.judging.catch_up()
    first = fresh.store.lookup.windows(MILL, 0, 2**62)[0]
    assert isinstance(first, RegisterWindow)
    moved = msgspec.structs.replace(first.closing, key="another")
    with fresh.store.transaction():
        fresh.store.keep_window(msgspec.structs.replace(first, closing=moved))
    parts = fresh.parts()
    found = refused(served(parts), f"{ACTIVITY}?start=2026-03-29&end=2026-04-01")
    assert found == (409, "E_WINDOW_MERGE", MILL)
    parts.sources.close()


def test_a_store_that_stays_locked_is_a_problem_for_later(fresh: Plant) -> None:
    fresh.log_profile()
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 20)]))
    fresh.judging.catch_up()
    path = fresh.folder / "derived.db"
    sources = SourcePool(
        lambda: Store(lambda: sqlite3.connect(path, timeout=0.01, check_same_thread=False)),
        lambda: read_ledger(fresh.folder),
    )
    asked = served(dataclasses.replace(fresh.parts(), sources=sources))
    with fresh.store.transaction():
        found = refused(asked, f"{ACTIVITY}?start=2026-03-29&end=2026-04-01")
    assert found[:2] == (503, "E_STORE_BUSY")
    assert asked.get(f"{ACTIVITY}?start=2026-03-29&end=2026-04-01").status_code == 200
    sources.close()


class Broken(SourcePool):
    """A pool with a mistake in it."""

    @contextmanager
    def lease(self) -> Iterator[Sources]:
        message = "secret path /var/lib"
        raise RuntimeError(message)
        yield


def test_a_mistake_of_ours_shows_nothing_of_itself(
    fresh: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken(fresh.open_store, lambda: read_ledger(fresh.folder))
    asked = served(dataclasses.replace(fresh.parts(), sources=broken))
    answer = asked.get("/api/v1/channels")
    assert (answer.status_code, answer.json()["code"]) == (500, "E_INTERNAL")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret path" in caplog.text


def test_the_type_of_every_problem_leads_to_its_row(asked: Asked) -> None:
    page = asked.get("/docs/errors")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for kind in KINDS:
        assert f'<tr id="{kind.code}">' in page.text
        assert 400 <= status_of_class(kind) < 600


def test_a_finding_that_is_new_to_the_framework_has_words_too() -> None:
    assert phrase("something_new", {}).en == "it cannot be used"


def test_a_request_that_waits_too_long_for_a_connection_is_told_to_come_again(
    fresh: Plant,
) -> None:
    sources = SourcePool(fresh.open_store, lambda: read_ledger(fresh.folder), size=1, wait_s=0.01)
    asked = served(dataclasses.replace(fresh.parts(), sources=sources))
    with sources.lease():
        assert refused(asked, "/api/v1/channels")[:2] == (503, "E_STORE_BUSY")
    assert asked.get("/api/v1/channels").status_code == 200
    sources.close()
