"""How many long answers are sent at a time, and that whoever goes away gives a place back."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from carbonmeter.client import Client, RefusedError
from collector.access import Person, TokenFile, issue
from collector.api import exports, portions, streamed
from collector.api.limits import StreamSection
from collector.api.refusal import RequestError, StoreBusyError
from collector.api.security import Reader
from collector.api.stream_errors import StreamsError, StreamsFullError
from collector.api.streams import Place, Places
from collector.rights import Role
from tests.unit.carbonmeter.client.conftest import serving
from tests.unit.collector.api.plant import LINE_1, START_NS, Plant, served

EXPORT = "/api/v1/activity-data/export"
DAY = "start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"
HOURS = f"{EXPORT}?{DAY}&by=hour&format=json-lines"
ASKED = (LINE_1, "2026-03-30", "2026-03-31", "hour")


def reader(name: str) -> Reader:
    return Reader(person=Person(name=name, role=Role.ANALYST, sites=()))


@pytest.fixture
def places() -> Places:
    return Places(section=StreamSection(per_person=2, in_all=3))


def refused(places: Places, name: str) -> RequestError:
    with pytest.raises(RequestError) as told:
        places.take(reader(name))
    return told.value


def test_one_person_has_so_many_places_and_all_together_so_many(places: Places) -> None:
    taken = [places.take(reader("li")) for _ in range(2)]
    assert isinstance(refused(places, "li"), StreamsError)
    places.take(reader("wang"))
    assert isinstance(refused(places, "wang"), StreamsFullError)
    taken[0].leave()
    places.take(reader("wang"))
    assert isinstance(refused(places, "li"), StreamsFullError)


def test_a_place_is_given_back_once(places: Places) -> None:
    first, second = places.take(reader("li")), places.take(reader("li"))
    for _ in range(5):
        first.leave()
    places.take(reader("li"))
    assert isinstance(refused(places, "li"), StreamsError)
    second.leave()
    places.take(reader("li"))


def test_who_asks_here_without_a_name_counts_as_one(places: Places) -> None:
    nobody = Reader(person=None)
    for _ in range(2):
        places.take(nobody)
    with pytest.raises(StreamsError, match="2 long answers are being sent to you"):
        places.take(nobody)
    places.take(reader("local"))  # somebody of that name is somebody else


def held(place: Place) -> bool:
    return place._is_held


def made(*portions: bytes) -> Iterator[bytes]:
    yield from portions
    raise StoreBusyError("store", what="gone")


def test_an_answer_whose_first_portion_fails_gives_its_place_back(places: Places) -> None:
    place = places.take(reader("li"))
    with pytest.raises(StoreBusyError):
        streamed.streamed(place, made(), "text/csv", {})
    assert not held(place)


@pytest.mark.parametrize("portions", [(b"a",), (b"a", b"b", b"c")])
def test_an_answer_that_is_cut_off_gives_its_place_back(
    places: Places, portions: tuple[bytes, ...]
) -> None:
    place = places.take(reader("li"))
    answer = streamed.streamed(place, made(*portions), "text/csv", {})
    assert held(place)

    async def send(_: object) -> None:
        return None

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    asyncio.run(answer({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send))
    assert not held(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A collector that makes the second portion of an answer when it is let.

    Attributes:
        goes_on: Lets it.
        left: Somebody gave a place back.
    """

    goes_on: Event
    left: Event


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found, told, left = Slow(goes_on=Event(), left=Event()), portions.divided, Places.left

    def waiting(*given: Any) -> Iterator[Any]:  # noqa: ANN401
        for number, pieces in enumerate(told(*given)):
            if number:
                assert found.goes_on.wait(30)
            yield pieces

    def leaving(self: Places, who: str) -> None:
        left(self, who)
        found.left.set()

    monkeypatch.setattr(exports, "MAX_STATEMENTS", 3)
    monkeypatch.setattr(portions, "PORTION", 7)
    monkeypatch.setattr(portions, "divided", waiting)
    monkeypatch.setattr(Places, "left", leaving)
    return found


ONE = StreamSection(per_person=1, in_all=1)


@pytest.fixture
def one(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """A plant that sends one long answer at a time."""
    parts = replace(plant.parts(), streams=ONE)
    monkeypatch.setattr(Plant, "parts", lambda _: parts)
    return plant


def begun(url: str) -> socket.socket:
    """A client of its own kind that has read the beginning of an answer, and stops there."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    client = socket.create_connection((address.hostname, address.port), timeout=30)
    client.sendall(f"GET {HOURS} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert client.recv(15) == b"HTTP/1.1 200 OK"
    return client


def test_a_client_that_goes_away_gives_its_place_back(one: Plant, slow: Slow) -> None:
    with serving(one) as found:
        with begun(found.url):
            refusal = httpx.get(f"{found.url}{HOURS}&lang=zh", trust_env=False)
            assert (refusal.status_code, refusal.json()["code"]) == (429, "E_STREAMS")
            assert refusal.headers["retry-after"] == "10"
            assert "正在向您发送 1 个长应答" in refusal.json()["detail"]
            assert not slow.left.is_set()
        slow.goes_on.set()
        assert slow.left.wait(30)
        answer = httpx.get(f"{found.url}{HOURS}", trust_env=False)
        assert (answer.status_code, b'{"end":' in answer.content) == (200, True)


def test_the_client_of_this_package_waits_as_long_as_it_is_told(one: Plant, slow: Slow) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        away.close()
        slow.goes_on.set()
        assert slow.left.wait(30)

    with serving(one) as found:
        away = begun(found.url)
        assert len(Client(found.url, wait=wait).activity(*ASKED)) == 24
        assert waited == [10.0]
        again = begun(found.url)
        with pytest.raises(RefusedError, match="E_STREAMS"):
            Client(found.url, tries=1).activity(*ASKED)
        again.close()


def test_short_answers_and_refusals_take_no_place(plant: Plant) -> None:
    parts = replace(plant.parts(), streams=ONE)
    asked = served(parts)
    taken = asked.app.state.places.take(Reader(person=None))
    assert asked.get(f"{EXPORT}?{DAY}&format=csv").status_code == 200
    long = f"{EXPORT}?start=2026-01-01&end=2026-02-20&by=hour&format=csv"
    assert asked.get(long).json()["code"] == "E_STREAMS"
    assert asked.get(f"{long}&channel=a/b/c").json()["code"] == "E_CHANNEL_UNKNOWN"
    taken.leave()
    assert asked.get(long).status_code == 200
    assert asked.get(long).status_code == 200
    parts.sources.close()


def test_all_together_is_told_apart_from_ones_own(fresh: Plant) -> None:
    text, kept = issue("a", Role.ANALYST, b"a" * 32, created_ns=0, expires_ns=START_NS * 2)
    TokenFile(fresh.folder).add(kept)
    fresh.fill()
    parts = replace(fresh.parts(), streams=StreamSection(per_person=1, in_all=1))
    asked = served(parts)
    asked.app.state.places.take(reader("wang"))
    answer = asked.get(
        f"{EXPORT}?start=2026-01-01&end=2026-02-20&by=hour&format=csv",
        Authorization=f"Bearer {text}",
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "E_STREAMS_FULL")
    assert answer.headers["retry-after"] == "10"
    parts.sources.close()
