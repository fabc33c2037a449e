"""Who may read: token holders, or this machine while there is no token; sizes are limited."""

import pytest

from collector.access import issue
from collector.api.guard import MAX_BODY_BYTES
from collector.rights import Role
from tests.unit.collector.api.plant import FILES, LINE_1, MILL, Asked, Plant, batch, served, stream

APRIL = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
PROTECTED = (
    f"/api/v1/activity-data?{APRIL}",
    f"/api/v1/activity-data/combined?channels={MILL}&{APRIL}",
    f"/api/v1/activity-data/corroboration?measured={MILL}&calculated={MILL}&{APRIL}",
    f"/api/v1/activity-data/export?format=csv&{APRIL}",
    "/api/v1/activity-data/export/pact-schema",
    f"/api/v1/activity-data/{'0' * 64}",
    f"/api/v1/readings?channel={MILL}&{APRIL}",
    "/api/v1/channels",
    "/api/v1/agents",
    "/api/v1/quarantine",
    "/api/v1/certificates",
    f"/api/v1/documents/{'0' * 64}",
    "/api/v1/register/instruments",
    "/api/v1/register/instruments.csv",
    "/api/v1/register/instruments.xlsx",
    "/api/v1/register/chain?certificate=E-1",
    "/api/v1/register/rests-on?id=E-1",
    f"/api/v1/audit?channel={MILL}&{APRIL}",
    "/metrics",
)


ANSWERED = (200, 404, 422)  # 422: the mill's uncertainty is unknown, so nothing is added to it


@pytest.fixture
def guarded(fresh: Plant) -> Plant:
    for kind, name, data in FILES:
        fresh.log_file(fresh.gw1, kind, name, data)
    fresh.log_profile()
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_1, 0, 20), stream(MILL, 0, 4)]))
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 20)]))
    fresh.judging.catch_up()
    return fresh


def token(plant: Plant, name: str, *sites: str, lasts_ns: int = 10**18) -> str:
    now_ns = plant.bench.clock.now_ns()
    secret = name.encode().ljust(32, b".")
    text, kept = issue(
        name, Role.AUDITOR, secret, created_ns=now_ns, expires_ns=now_ns + lasts_ns, sites=sites
    )
    plant.parts().tokens.add(kept)
    return f"Bearer {text}"


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_token_only_this_machine_may_read(guarded: Plant, path: str) -> None:
    parts = guarded.parts()
    assert served(parts, client="192.0.2.7").get(path).status_code == 401
    assert served(parts).get(path).status_code in ANSWERED
    assert served(parts, client="::1", base="http://[::1]:8080").get(path).status_code != 401
    parts.sources.close()


@pytest.mark.parametrize("path", PROTECTED)
def test_once_a_token_was_issued_nobody_reads_without_one(guarded: Plant, path: str) -> None:
    bearer = token(guarded, "analyst")
    parts = guarded.parts()
    refused = served(parts).get(path)
    assert (refused.status_code, refused.json()["code"]) == (401, "E_ANONYMOUS")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    far = served(parts, client="192.0.2.7").get(path, authorization=bearer)
    assert far.status_code in ANSWERED
    parts.sources.close()


@pytest.mark.parametrize(
    "header",
    [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "via",
        "x-forwarded-host",
    ],
)
def test_a_request_that_a_proxy_passed_on_is_not_local(guarded: Plant, header: str) -> None:
    parts = guarded.parts()
    answer = served(parts).send("GET", "/api/v1/channels", {header: "127.0.0.1"})
    assert answer.status_code == 401
    parts.sources.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.5:8080", ""])
def test_a_browser_that_was_sent_here_under_another_name_is_refused(
    guarded: Plant, host: str
) -> None:
    parts = guarded.parts()
    answer = served(parts).send("GET", "/api/v1/channels", {"host": host})
    assert answer.status_code == 401
    for name in ("localhost:8080", "127.0.0.1", "[::1]:8080", "127.1.2.3:1"):
        assert served(parts).send("GET", "/api/v1/channels", {"host": name}).status_code == 200
    parts.sources.close()


@pytest.mark.parametrize(
    "authorization",
    ["Bearer x", "Bearer ", "Bearer", "Basic eDp5", "", "bearer cmt_é", "Token abc", "Bearer a b"],
)
def test_a_token_that_is_none_opens_nothing_not_even_here(
    guarded: Plant, authorization: str
) -> None:
    parts = guarded.parts()
    answer = served(parts).send("GET", "/api/v1/channels", {"authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "E_TOKEN_UNKNOWN")
    parts.sources.close()


def test_an_expired_token_is_told_apart(guarded: Plant) -> None:
    bearer = token(guarded, "auditor", lasts_ns=1_000)
    guarded.bench.clock.advance(2_000)
    parts = guarded.parts()
    answer = served(parts).get("/api/v1/channels", authorization=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "E_TOKEN_EXPIRED")
    assert bearer.partition(" ")[2] not in answer.text
    parts.sources.close()


def test_tokens_that_cannot_be_read_let_nobody_in(guarded: Plant) -> None:
    token(guarded, "analyst")
    (guarded.folder / "tokens.json").chmod(0o644)
    parts = guarded.parts()
    answer = served(parts).get("/api/v1/channels")
    assert (answer.status_code, answer.json()["code"]) == (503, "E_TOKEN_FILE")
    parts.sources.close()


def test_a_token_of_one_site_sees_nothing_of_another(guarded: Plant) -> None:
    everywhere, here = token(guarded, "all"), token(guarded, "mill", "weifang")
    parts = guarded.parts()
    asked = served(parts, client="192.0.2.7")

    def seen(path: str, bearer: str = here) -> object:
        answer = asked.get(path, authorization=bearer)
        return answer.json() if answer.status_code == 200 else answer.status_code

    digest = asked.get(
        f"/api/v1/activity-data?channel={LINE_1}&{APRIL}", authorization=everywhere
    ).json()[0]["digest"]
    document = asked.get("/api/v1/certificates", authorization=everywhere).json()["certificates"][0]
    assert seen(f"/api/v1/activity-data/{digest}", everywhere) != 404
    assert seen(f"/api/v1/activity-data/{digest}") == 404
    assert seen(document["document"]) == 404
    assert seen(f"/api/v1/activity-data?channel={LINE_1}&{APRIL}") == 404
    assert seen(f"/api/v1/activity-data/combined?channels={MILL},{LINE_1}&{APRIL}") == 404
    assert seen(f"/api/v1/readings?channel={LINE_1}&{APRIL}") == 404
    for path in ("channels", "agents", "quarantine", f"activity-data?{APRIL}", "certificates"):
        text = asked.get(f"/api/v1/{path}", authorization=here).text
        assert "jinan" not in text
        assert "gw-1" not in text
        assert "S-1" not in text
    assert "gw-1" not in asked.get("/metrics", authorization=here).text
    assert [each["channel"] for each in _list(seen("/api/v1/channels"))] == [MILL]
    parts.sources.close()


def _list(found: object) -> list[dict[str, object]]:
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/channels", "/nothing", "/openapi.json"])
def test_every_answer_carries_security_headers_and_allows_no_other_origin(
    asked: Asked, path: str
) -> None:
    answer = asked.get(path, origin="https://evil.example")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "cache-control" in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_address_over_8_kib_is_too_long(asked: Asked) -> None:
    answer = asked.get(f"/api/v1/channels?x={'a' * 9000}")
    assert (answer.status_code, answer.json()["code"]) == (414, "E_TARGET")


def test_headers_over_32_kib_are_too_long(asked: Asked) -> None:
    answer = asked.get("/healthz", x_padding="a" * 33_000)
    assert (answer.status_code, answer.json()["code"]) == (431, "E_HEADER")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": str(MAX_BODY_BYTES + 1)},
        {"content-length": "9" * 40},
        {"content-length": "-1"},
        {"content-length": "x"},
        {"content-length": ""},
        {"transfer-encoding": "chunked"},
    ],
)
def test_a_body_that_nobody_needs_is_refused(asked: Asked, headers: dict[str, str]) -> None:
    answer = asked.send("GET", "/healthz", headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "E_BODY")


def test_a_small_body_does_no_harm(asked: Asked) -> None:
    assert asked.send("GET", "/healthz", {}, b"{}").status_code == 200
