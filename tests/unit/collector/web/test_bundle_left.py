"""A reader of a bundle that takes nothing holds no file of the collector's for ever."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import Response

from collector.api.app import create_app
from collector.api.limits import StreamSection
from collector.api.refusal import RangeLimitError
from collector.api.security import Reader
from collector.api.stream_errors import StreamsError
from collector.api.streamed import Streamed
from collector.api.streams import Places
from collector.web.audit import bundle_depth, bundle_route
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.api.writing import two_lines
from tests.unit.evidence.bundle.made import stated

LOCAL = Reader(person=None)


@pytest.fixture
def places() -> Places:
    """For one long answer at a time."""
    return Places(section=StreamSection(per_person=1, in_all=1))


@pytest.fixture
def answer(tmp_path: Path, places: Places) -> Iterator[Response]:
    plant = Plant(tmp_path)
    digest = stated(two_lines(plant), query="start=2026-03-30&end=2026-03-31").digest
    parts = plant.parts()
    yield bundle_route.bundle_file(digest, parts, LOCAL, places, history=None)
    parts.sources.close()
    plant.close()


async def _to_who_takes_nothing(answer: Response) -> list[str]:
    sent: list[str] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - of ASGI
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    await asyncio.wait_for(answer(scope, receive, send), 10.0)
    return sent


def test_who_takes_nothing_is_left(answer: Response, places: Places) -> None:
    cast("Streamed", answer).unread_s = 0.05
    with pytest.raises(StreamsError):
        places.take(LOCAL)
    sent = asyncio.run(_to_who_takes_nothing(answer))
    assert sent == ["http.response.start", "http.response.body"]
    places.take(LOCAL)


def test_bundles_that_are_sent_or_verified_take_a_place_and_give_it_back(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    digest = stated(two_lines(plant), query="start=2026-03-30&end=2026-03-31").digest
    parts = replace(plant.parts(), streams=StreamSection(per_person=1, in_all=1))
    asked = Asked(add_pages(create_app(parts), parts))
    at = f"/audit/bundles/{digest}"
    for _ in range(2):
        assert asked.get(f"{at}/bundle.zip").status_code == 200
        assert asked.get(f"{at}/checks").status_code == 200
    with asked.app.state.places.take(LOCAL):
        refused = [asked.get(f"{at}/{each}") for each in ("bundle.zip", "checks")]
        assert [each.status_code for each in refused] == [429, 429]
        page = asked.get(f"{at}/bundle.zip", accept="text/html")
        assert "E_STREAMS" in page.text
        assert (page.headers["retry-after"], "<h1>" in page.text) == ("10", True)
        assert asked.get(at).status_code == 200
    assert asked.get(f"{at}/bundle.zip").status_code == 200
    parts.sources.close()
    plant.close()


def test_what_could_not_be_put_together_holds_no_place(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = Plant(tmp_path)
    digest = stated(two_lines(plant), query="start=2026-03-30&end=2026-03-31").digest
    parts = plant.parts()
    monkeypatch.setattr(bundle_depth, "MOST_LEAVES", 0)
    with pytest.raises(RangeLimitError):
        bundle_route.bundle_file(digest, parts, LOCAL, places, history=None)
    places.take(LOCAL)
    parts.sources.close()
    plant.close()
