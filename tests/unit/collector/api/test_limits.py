"""How often somebody may ask: 429 with Retry-After, for each token and each address."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.access import TokenFile, issue
from collector.api.limits import MOST, Askers, Limits, RequestSection, network_of
from collector.api.parts import Parts
from collector.rights import Role
from evidence.clock import NS_PER_S
from tests.unit.collector.api.plant import START_NS, Asked, Plant, served

S = NS_PER_S
FEW = RequestSection(per_token_a_minute=5, per_address_a_minute=12)
AWAY = {"client": "192.0.2.7", "base": "http://collector.example:8080"}


@pytest.fixture
def parts(fresh: Plant) -> Iterator[Parts]:
    """An interface that may be asked seldom, and two tokens."""
    made = replace(fresh.parts(), requests=FEW)
    yield made
    made.sources.close()


def token(plant: Plant, name: str) -> dict[str, str]:
    expires_ns = START_NS * 2
    text, kept = issue(
        name, Role.ANALYST, name.encode().ljust(32), created_ns=0, expires_ns=expires_ns
    )
    TokenFile(plant.folder).add(kept)
    return {"Authorization": f"Bearer {text}"}


def codes(asked: Asked, count: int, **headers: str) -> list[int]:
    return [asked.get("/healthz", **headers).status_code for _ in range(count)]


def test_beyond_a_minutes_worth_a_token_is_told_when_to_come_again(
    fresh: Plant, parts: Parts
) -> None:
    first, second = token(fresh, "first"), token(fresh, "second")
    asked = served(parts, **AWAY)
    assert codes(asked, 5, **first) == [200] * 5
    answer = asked.get("/healthz", **first)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "12")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("E_RATE", 429)
    assert "at most 5 times a minute" in problem["detail"]
    assert codes(asked, 1, **second) == [200]
    fresh.desk.advance(12 * S)
    assert codes(asked, 2, **first) == [200, 429]


def test_an_address_is_counted_whatever_tokens_it_tries(fresh: Plant, parts: Parts) -> None:
    token(fresh, "first")
    asked = served(parts, **AWAY)
    tried = [
        asked.get("/api/v1/channels", Authorization=f"Bearer guess{n}").status_code
        for n in range(15)
    ]
    assert tried == [401] * 12 + [429] * 3
    other = served(parts, client="192.0.2.8", base=AWAY["base"])
    assert codes(other, 1) == [200]


def test_this_machine_is_not_counted_unless_it_passes_on(parts: Parts) -> None:
    asked = served(parts)
    assert codes(asked, 30) == [200] * 30
    assert 429 in codes(asked, 30, X_Forwarded_For="198.51.100.3")


def test_the_answer_is_in_the_asked_language_and_counted(fresh: Plant, parts: Parts) -> None:
    asked = served(parts, **AWAY)
    assert codes(asked, 13)[-1] == 429
    assert "请求过于频繁" in asked.get("/healthz?lang=zh").json()["detail"]
    fresh.desk.advance(60 * S)
    metrics = served(parts).get("/metrics").text  # another application counts anew
    assert "429" not in metrics
    here = Asked(asked.app)
    assert 'route="unmatched",status="429"' in here.get("/metrics").text


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 100_000, "x" * 64),
        ("", ""),
    ],
)
def test_what_an_address_counts_as(address: str, counted: str) -> None:
    assert network_of(address) == counted


def test_no_more_askers_are_remembered_than_10_000() -> None:
    askers = Askers(a_minute=1)
    for number in range(MOST + 50):
        assert askers.wait_s(str(number), 0) == 0
    assert len(askers._left) == MOST
    assert askers.wait_s(str(MOST + 49), 0) > 0


@given(st.lists(st.integers(0, 30 * S), max_size=200), st.integers(1, 50))
def test_no_more_passes_than_a_minutes_worth_and_the_rate(pauses: list[int], most: int) -> None:
    askers, now_ns, passed = Askers(a_minute=most), 0, 0
    for pause_ns in pauses:
        now_ns += pause_ns
        wait_s = askers.wait_s("a", now_ns)
        passed += not wait_s
        if wait_s:
            assert wait_s <= 60 / most + 1e-6
    assert passed <= most + now_ns / (60 * S) * most + 1e-6


def test_whoever_waits_as_long_as_told_may_ask() -> None:
    limits, now_ns = Limits(FEW), 0
    for _ in range(100):
        wait_s = limits.wait_s("t", "192.0.2.7", now_ns)
        if wait_s:
            now_ns += round(wait_s * S) + 1
            assert limits.wait_s("t", "192.0.2.7", now_ns) == 0
