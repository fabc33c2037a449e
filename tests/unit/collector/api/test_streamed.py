"""Long files: the same bytes as short ones, no connection held meanwhile, and no false end."""

import asyncio
import io
import json
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Message

from collector.activity.acts import Acts
from collector.api import exports, exports_parquet, portions, streamed
from collector.api.exports import ExportAsked
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.api.portions import divided, streaming
from collector.api.refusal import RangeLimitError, StoreBusyError
from collector.api.security import Reader
from collector.api.statement import MAX_STATEMENTS, PORTION
from collector.api.streamed import Streamed, lent
from collector.ledger_read import read_ledger
from tests.unit.collector.api.plant import LINE_1, Asked, Plant, served
from tests.unit.collector.api.test_exports import EXPORT, digests

LIST = "/api/v1/activity-data"
DAY = "start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"
ALL = Reader(person=None)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is long begins at three statements, and a portion holds seven."""
    monkeypatch.setattr(exports, "MAX_STATEMENTS", 3)
    monkeypatch.setattr(portions, "PORTION", 7)
    monkeypatch.setattr(exports_parquet, "GROUP_ROWS", 20)


@pytest.fixture
def parts(plant: Plant) -> Iterator[Parts]:
    found = plant.parts()
    yield found
    found.sources.close()


def question(**more: str) -> ExportAsked:
    asked = {"start": "2026-03-29T16:00:00Z", "end": "2026-03-30T16:00:00Z", "by": "hour"}
    return ExportAsked.model_validate({**asked, "format": "csv", **more})


@pytest.mark.parametrize("form", ["csv", "components-csv", "json", "json-lines", "parquet"])
def test_a_file_that_is_sent_as_it_is_made_is_the_file_that_is_made_whole(
    asked: Asked, form: str, request: pytest.FixtureRequest
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    path = f"{EXPORT}?{DAY}&by=hour&format={form}"
    whole = asked.get(path)
    request.getfixturevalue("short")
    found = asked.get(path)
    assert found.status_code == 200
    assert digests(form, found.content) == digests(form, whole.content)
    assert len(digests(form, found.content)) > 50
    assert form == "parquet" or found.content == whole.content
    # nobody knew the digest when it began
    assert {"etag", "repr-digest"} & set(whole.headers) == {"etag", "repr-digest"}
    assert not {"etag", "repr-digest", "content-length"} & set(found.headers)
    assert found.headers["carbonmeter-time-zone"] == "Asia/Shanghai"


@pytest.mark.usefixtures("short")
def test_parquet_of_many_portions_has_groups_of_rows(asked: Asked) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    data = asked.get(f"{EXPORT}?{DAY}&by=hour&format=parquet").content
    found = parquet.ParquetFile(io.BytesIO(data))
    assert found.metadata.num_row_groups > 3
    with pytest.raises(ValueError, match="footer"):
        parquet.ParquetFile(io.BytesIO(data[:-100]))


@pytest.mark.usefixtures("short")
def test_each_statement_of_a_stream_is_that_of_the_single_question(asked: Asked) -> None:
    answer = asked.get(f"{EXPORT}?{DAY}&by=hour&format=json-lines&channel={LINE_1}")
    *rows, last = map(json.loads, answer.content.splitlines())
    assert len(rows) == last["end"]["statements"] == 24
    for row in rows[::6]:
        period = f"start={row['period']['start']}&end={row['period']['end']}"
        assert asked.get(f"{LIST}?channel={LINE_1}&{period}").json() == [row]
        assert asked.get(f"{LIST}/{row['digest']}").json() == row


@pytest.mark.usefixtures("short")
def test_the_last_line_counts_what_has_no_line(asked: Asked) -> None:
    whole = "start=2026-03-29T10:00:00Z&end=2026-03-30T16:00:00Z"
    answer = asked.get(f"{EXPORT}?{whole}&by=hour&format=json-lines&channel={LINE_1}")
    end = json.loads(answer.content.splitlines()[-1])["end"]
    assert (end["statements"], end["periods_without_data"]) == (24, 6)


def test_portions_hold_all_periods_of_all_channels_and_no_more_than_they_may(
    plant: Plant,
) -> None:
    rows = plant.store.lookup.channels()
    hour = 3_600_000_000_000
    for spans in (
        [(at * hour, (at + 1) * hour) for at in range(250)],
        [(at * hour, (at + 8000) * hour) for at in range(0, 80_000, 8000)],
    ):
        found = list(divided(rows, spans))
        pairs = [(row.channel, span) for pieces in found for row, some in pieces for span in some]
        assert pairs == [(row.channel, span) for row in rows for span in spans]
        assert max(sum(len(some) for _, some in pieces) for pieces in found) <= PORTION


@pytest.mark.usefixtures("short")
def test_no_connection_is_held_between_two_portions(plant: Plant) -> None:
    parts = plant.parts(size=1)
    acts = Acts(parts.journal)
    told = streaming(question(), parts, acts, ALL)
    begun = told.portions()
    first = next(begun)
    with parts.sources.lease() as sources:  # the only one, and a reader waits with the rest
        assert sources.store.lookup.activity(first[0].digest) == first[0]
    assert len(first) + sum(len(each) for each in begun) == told.statements
    acts.close()
    parts.sources.close()


def test_more_than_a_file_holds_is_refused_before_anything_is_made(parts: Parts) -> None:
    acts = Acts(parts.journal)
    asked = question(start="2010-01-01", end="2019-12-31", by="hour")
    with pytest.raises(RangeLimitError, match="holds 5"):
        streaming(asked, parts, acts, ALL, 5)
    assert streaming(asked, parts, acts, ALL).most > 100 * MAX_STATEMENTS
    acts.close()


def test_a_portion_waits_for_connections_longer_than_a_question(plant: Plant) -> None:
    pool = SourcePool(plant.open_store, lambda: read_ledger(plant.folder), size=1, wait_s=0.001)
    tried: list[int] = []

    def busy(_: object) -> int:
        tried.append(1)
        if len(tried) < 3:
            raise StoreBusyError("store", what="locked")
        return len(tried)

    assert lent(pool, busy) == 3
    with pool.lease(), pytest.raises(StoreBusyError, match="too many requests"):
        lent(pool, busy)
    pool.close()


async def sent(answer: Streamed, *, stalls: bool = False, leaves: bool = False) -> list[Message]:
    """What a server got to send; to a reader who stops reading, or goes away."""
    got: list[Message] = []
    never = asyncio.Event()

    async def send(message: Message) -> None:
        got.append(message)
        if len(got) > 2 and (stalls or leaves):
            await never.wait()

    async def receive() -> Message:
        while len(got) < 3 or not leaves:
            await (asyncio.sleep(0) if leaves else never.wait())
        return {"type": "http.disconnect"}

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    await answer(scope, receive, send)
    return got


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1000


def impatient(most_s: float, unread_s: float) -> Streamed:
    answer = Streamed(endless())
    answer.most_s, answer.unread_s = most_s, unread_s
    return answer


@pytest.mark.parametrize(("most_s", "unread_s", "stalls"), [(60, 0.05, True), (0.05, 60, False)])
def test_a_reader_who_takes_nothing_or_never_ends_is_left(
    most_s: float,
    unread_s: float,
    stalls: bool,  # noqa: FBT001 - one of two cases
    caplog: pytest.LogCaptureFixture,
) -> None:
    got = asyncio.run(sent(impatient(most_s, unread_s), stalls=stalls))
    assert all(each.get("more_body", True) for each in got)
    assert "E_STREAM_TIME" in caplog.text


def test_a_reader_who_went_away_ends_the_making() -> None:
    got = asyncio.run(sent(impatient(60, 60), leaves=True))
    assert all(each.get("more_body", True) for each in got)


def test_what_ends_well_has_a_last_chunk() -> None:
    got = asyncio.run(sent(Streamed(iter([b"a", b"b"]))))
    assert [each.get("more_body") for each in got] == [None, True, True, False]


@pytest.mark.usefixtures("short")
def test_what_goes_wrong_with_the_first_portion_is_a_refusal(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:

    def broken(*_: object) -> None:
        raise StoreBusyError("store", what="locked")

    monkeypatch.setattr(portions.Streaming, "_told", broken)
    monkeypatch.setattr(streamed, "TRIES", 2)
    parts = plant.parts()
    answer: httpx.Response = served(parts).get(f"{EXPORT}?{DAY}&by=hour&format=csv")
    assert (answer.status_code, answer.json()["code"]) == (503, "E_STORE_BUSY")
    parts.sources.close()
