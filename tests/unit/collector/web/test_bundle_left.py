"""A reader of a bundle that takes nothing holds no file of the collector's for ever."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import Response

from collector.api.security import Reader
from collector.api.streamed import Streamed
from collector.web.audit import bundle_route
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.writing import two_lines
from tests.unit.evidence.bundle.made import stated


@pytest.fixture
def answer(tmp_path: Path) -> Iterator[Response]:
    plant = Plant(tmp_path)
    digest = stated(two_lines(plant), query="start=2026-03-30&end=2026-03-31").digest
    parts = plant.parts()
    yield bundle_route.bundle_file(digest, parts, Reader(person=None), history=None)
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


def test_who_takes_nothing_is_left(answer: Response) -> None:
    cast("Streamed", answer).unread_s = 0.05
    sent = asyncio.run(_to_who_takes_nothing(answer))
    assert sent == ["http.response.start", "http.response.body"]
