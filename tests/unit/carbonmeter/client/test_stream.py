"""Long answers of a collector on a port: whole in a frame, and noticed where they break off."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from carbonmeter.client import Client, UnreachableError
from collector.api import exports, portions
from collector.api.refusal import StoreBusyError
from tests.unit.carbonmeter.client.conftest import Served
from tests.unit.collector.api.plant import LINE_1

HOURS = ("2026-03-30", "2026-04-04", "hour")


@pytest.fixture
def client(served: Served, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of a collector that sends more than three statements as it makes them, ten at a time."""
    monkeypatch.setattr(exports, "MAX_STATEMENTS", 3)
    monkeypatch.setattr(portions, "PORTION", 10)
    return Client(served.url)


def test_hours_come_as_a_frame_and_their_end_is_known(client: Client) -> None:
    told = client.stream(LINE_1, *HOURS)
    assert told.end is None
    digests = [each.digest for each in told]
    assert told.end is not None
    assert told.end.statements == len(digests) == 119
    frame = client.activity(LINE_1, *HOURS).frame()
    assert list(frame["digest"]) == digests
    assert frame.attrs["units"]["value"] == "kW.h"


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_long_file_is_saved_as_it_comes(client: Client, form: str, tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        known = client.save(file, form, LINE_1, *HOURS)
    data = (tmp_path / "file").read_bytes()
    assert client.export(form, LINE_1, *HOURS).sha256 == known.sha256
    assert known.name.endswith(f"_hour.{form}")
    read: Any = {"csv": pd.read_csv, "json": pd.read_json, "parquet": pd.read_parquet}[form]
    assert len(read(io.BytesIO(data))) == 119


@pytest.mark.parametrize("form", ["csv", "json-lines"])
def test_an_answer_that_a_collector_cannot_finish_is_no_answer(
    client: Client, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = portions.Streaming._told
    told: list[int] = []

    def breaking(self: Any, *given: Any) -> Any:  # noqa: ANN401
        told.append(1)
        if len(told) > 4:
            raise StoreBusyError("store", what="gone")
        return made(self, *given)

    monkeypatch.setattr("collector.api.streamed.TRIES", 1)
    monkeypatch.setattr(portions.Streaming, "_told", breaking)
    with pytest.raises(UnreachableError):
        client.export(form, LINE_1, *HOURS)
    assert len(told) == 5  # it was begun
    told.clear()
    with pytest.raises(UnreachableError):
        list(client.stream(LINE_1, *HOURS))
