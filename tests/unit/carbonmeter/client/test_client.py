"""The client against a collector on a port: what it gives is what was stated."""

import datetime as dt
import io
import math
import sys
from email.message import Message
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
import pytest

from carbonmeter.client import (
    Activity,
    Client,
    Link,
    LinkError,
    MissedReading,
    PackageError,
    QuestionError,
    Reading,
    RefusedError,
    covariance,
    joint_samples,
    linked,
    seen,
    total,
)
from carbonmeter.client.answers import checked_record
from carbonmeter.client.connection import Answer, Connection
from carbonmeter.client.errors import DigestError
from collector.access import issue
from collector.api.channels import ChannelSeen
from collector.api.page import ReadingPage
from collector.api.reading import MissedReading as AnsweredMiss
from collector.api.reading import Reading as AnsweredReading
from collector.rights import Role
from evidence.errors import PeriodError
from evidence.statement.datum import digest_of
from tests.unit.carbonmeter.client.conftest import Served, serving
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, Plant, batch, stream

START, END = "2026-03-30", "2026-04-04"
DAYS = 5


@pytest.fixture
def client(served: Served) -> Client:
    return Client(served.url)


def test_a_month_is_a_row_of_frozen_types_with_everything_that_was_stated(client: Client) -> None:
    rows = client.activity(LINE_1, START, END, by="month")
    assert isinstance(rows, Activity)
    assert [each.period.start for each in rows] == ["2026-03-29T16:00:00Z", "2026-03-31T16:00:00Z"]
    assert [digest_of(each) for each in rows] == [each.digest for each in rows]
    assert (len(rows), rows[0], rows[1:]) == (2, rows.rows[0], rows.rows[1:])
    assert rows.time_zone == "Asia/Shanghai"
    assert client.statement(rows[0].digest) == rows[0]


def test_a_statement_has_a_record_and_its_digest_is_checked(client: Client) -> None:
    (row,) = client.activity(LINE_1, START, END)
    found = client.record(row.digest)
    assert found.digests.statement_sha256 == row.digest
    assert float(found.quantity.value) == row.value
    assert found.quantity.start == "2026-03-30T00:00:00+08:00"
    data = msgspec.json.encode(found).replace(b'"E-1"', b'"E-7"')
    with pytest.raises(DigestError):
        checked_record(Answer(data=data, headers=Message()))


def test_dates_and_times_of_any_zone_ask_the_same_as_texts(client: Client) -> None:
    by_text = client.activity(LINE_1, START, END)
    zone = ZoneInfo("Asia/Shanghai")
    instants = (dt.datetime(2026, 3, 30, tzinfo=zone), dt.datetime(2026, 4, 4, tzinfo=zone))
    assert client.activity(LINE_1, *instants) == by_text
    assert client.activity(LINE_1, dt.date(2026, 3, 30), dt.date(2026, 4, 4)) == by_text


def test_a_time_without_a_zone_is_not_sent(client: Client) -> None:
    with pytest.raises(QuestionError, match="E_CLIENT_QUESTION start"):
        client.activity(LINE_1, dt.datetime(2026, 3, 30), END)  # noqa: DTZ001


def test_days_add_up_to_the_whole_in_value_and_uncertainty(client: Client) -> None:
    days = client.activity(LINE_1, START, END, by="day")
    (whole,) = client.activity(LINE_1, START, END)
    found = days.total()
    assert found.value == pytest.approx(whole.value, rel=1e-12)
    assert found.uncertainty.standard_uncertainty == pytest.approx(
        whole.standard_uncertainty or 0.0, rel=1e-9
    )
    u = [each.standard_uncertainty or 0.0 for each in days]
    # The reading at midnight was missed and is interpolated: it ends one day and begins the next.
    assert found.uncertainty.standard_uncertainty < 0.2 * math.hypot(*u)


def test_two_meters_of_one_standard_differ_by_less_than_quadrature_says(client: Client) -> None:
    rows = (*client.activity(LINE_1, START, END), *client.activity(LINE_2, START, END))
    apart = math.hypot(*(each.standard_uncertainty or 0.0 for each in rows))
    difference = total(rows, [1.0, -1.0]).uncertainty.standard_uncertainty
    assert difference < 0.6 * apart < apart < total(rows).uncertainty.standard_uncertainty
    matrix = covariance(rows).matrix
    assert matrix[0, 0] + matrix[1, 1] - 2.0 * matrix[0, 1] == pytest.approx(difference**2)
    drawn = joint_samples(rows, 20_000, seed=1)
    assert (drawn[0] - drawn[1]).std() == pytest.approx(difference, rel=0.03)


def test_the_sum_is_the_collector_s_own(client: Client, served: Served) -> None:
    rows = (*client.activity(LINE_1, START, END), *client.activity(LINE_2, START, END))
    found = total(rows, [1.0, -1.0])
    question = {"channels": f"{LINE_1},{LINE_2}", "factors": "1,-1", "start": START, "end": END}
    answer = Connection(url=served.url).get("/api/v1/activity-data/combined", question)
    stated = msgspec.json.decode(answer.data)
    assert stated["value"] == found.value
    assert stated["uncertainty"] == msgspec.to_builtins(found.uncertainty)


def test_hours_beyond_what_the_list_holds_come_as_one_answer(client: Client) -> None:
    """Four months of hours are more than 2,000."""
    hours = client.activity(LINE_1, "2026-01-01", "2026-05-01", by="hour")
    assert hours.total().value == pytest.approx(
        client.activity(LINE_1, START, END).total().value, rel=1e-12
    )
    assert hours.periods_without_data == 120 * 24 - len(hours)
    assert len({each.digest for each in hours}) == len(hours) > 100


def test_hours_of_all_channels_are_those_of_each(client: Client) -> None:
    start, end = "2026-03-30", "2026-03-31"
    hours = client.activity(None, start, end, by="hour")
    assert list(hours) == [
        row
        for each in client.channels()
        if each.hours_from is not None
        for row in client.activity(each.channel, start, end, by="hour")
    ]
    days = client.activity(None, start, end, by="day")
    assert {each.channel for each in hours} == {each.channel for each in days}


def test_without_pandas_a_frame_is_refused_with_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = client.activity(LINE_1, START, END)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PackageError, match=r"E_CLIENT_PACKAGE frame: .*carbonmeter\[client\]"):
        rows.frame()
    assert rows.total().value > 0.0


def test_the_frame_has_times_of_the_zone_units_and_what_is_missing(client: Client) -> None:
    rows = client.activity(None, START, END, by="day")
    frame = client.activity(LINE_1, START, END, by="day").frame()
    assert len(frame) == DAYS
    assert frame.attrs["units"]["value"] == frame.attrs["units"]["standard_uncertainty"] == "kW.h"
    assert frame.attrs["units"]["completeness_ratio"] == "1"
    assert str(frame["period_start"].dtype).endswith("Asia/Shanghai]")
    assert frame["period_start"][0] == pd.Timestamp("2026-03-30", tz="Asia/Shanghai")
    assert frame["missing"][1] == {"timeout": 3}
    everything = rows.frame()
    assert "value" not in everything.attrs["units"]
    assert set(everything["unit"]) >= {"kW.h", "m3"}
    mill = everything[everything["channel"] == MILL]
    assert mill["standard_uncertainty"].isna().all()
    assert (mill["u_basis"] == "unknown").all()
    assert not everything["value"].isna().any()


def test_a_frame_of_nothing_has_the_same_columns(client: Client) -> None:
    nothing = client.activity(LINE_1, "2020-01-01", "2020-02-01")
    assert (len(nothing), nothing.periods_without_data) == (0, 1)
    frame = nothing.frame()
    assert len(frame) == 0
    full = client.activity(LINE_1, START, END).frame()
    assert list(frame.columns) == list(full.columns)
    assert str(frame["period_start"].dtype) == str(full["period_start"].dtype)


def test_an_unknown_uncertainty_is_not_added_as_zero(client: Client) -> None:
    with pytest.raises(PeriodError, match="unknown"):
        client.activity(MILL, START, END, by="day").total()


def test_files_come_with_their_names_and_are_read_by_pandas(client: Client) -> None:
    file = client.export("csv", LINE_1, START, END, by="day")
    assert file.name == "activity-data_jinan-line-1-energy_20260330_20260404_day.csv"
    frame = pd.read_csv(io.BytesIO(file.data))
    assert list(frame["digest"]) == [
        e.digest for e in client.activity(LINE_1, START, END, by="day")
    ]
    body = client.export("brightway", LINE_1, START, END, samples=10, seed=2).data
    assert len(msgspec.json.decode(body)["samples"]["values"][0]) == 10


def test_exchanges_are_linked_by_the_analyst_and_by_nobody_else(client: Client) -> None:
    rows = client.activity(LINE_1, START, END, by="month")
    link = Link(input=("ecoinvent", "electricity"), type="technosphere")
    made = linked(rows, {LINE_1: link})
    assert [each["input"] for each in made] == [("ecoinvent", "electricity")] * 2
    assert made[0]["scale"] == rows[0].standard_uncertainty
    with pytest.raises(LinkError, match=f"E_CLIENT_LINK links: channel '{LINE_1}'"):
        linked(rows, {LINE_2: link})


def test_readings_are_taken_page_after_page(client: Client) -> None:
    start, end = "2026-03-29T16:00:00Z", "2026-04-03T16:00:00Z"
    found = list(client.readings(LINE_1, start, end))
    assert len(found) == DAYS * 96
    assert sum(isinstance(each, MissedReading) for each in found) == 14
    first = next(each for each in found if isinstance(each, Reading))
    assert (first.unit, first.certificate) == ("kW.h", "E-1")


def test_channels_say_which_hours_there_are(client: Client) -> None:
    (line,) = (each for each in client.channels() if each.channel == LINE_1)
    assert (line.hours_from, line.measurand.unit) == ("2026-03-29T16:00:00Z", "kW.h")


@pytest.mark.parametrize(
    ("mine", "answered"),
    [
        (seen.Channel, ChannelSeen),
        (seen.Reading, AnsweredReading),
        (seen.MissedReading, AnsweredMiss),
        (seen.ReadingPage, ReadingPage),
    ],
)
def test_the_client_knows_no_field_that_the_collector_does_not_answer(
    mine: type[msgspec.Struct], answered: type[msgspec.Struct]
) -> None:
    assert set(mine.__struct_fields__) <= set(answered.__struct_fields__)


def test_a_refusal_has_the_collector_s_code_and_words(served: Served) -> None:
    with pytest.raises(RefusedError) as refused:
        Client(served.url).activity("a/b/c", START, END)
    assert (refused.value.code, refused.value.status) == ("E_CHANNEL_UNKNOWN", 404)
    assert str(refused.value).startswith("E_CHANNEL_UNKNOWN channel: there is no channel 'a/b/c'")
    with pytest.raises(RefusedError, match="此处没有通道"):
        Client(served.url, language="zh").activity("a/b/c", START, END)
    with pytest.raises(RefusedError, match="E_RANGE_ORDER"):
        Client(served.url).activity(LINE_1, END, START, by="hour")


def test_a_token_is_sent_and_shown_nowhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    plant = Plant(tmp_path_factory.mktemp("guarded"))
    plant.log_profile()
    plant.take(plant.gw2, batch(plant.gw2, [stream(MILL, 0, 20)]))
    plant.judging.catch_up()
    now_ns = plant.bench.clock.now_ns()
    text, kept = issue(
        "analyst", Role.AUDITOR, b"s" * 32, created_ns=now_ns, expires_ns=now_ns + 10**18, sites=()
    )
    plant.parts().tokens.add(kept)
    with serving(plant) as found:
        with pytest.raises(RefusedError, match="E_ANONYMOUS"):
            Client(found.url).channels()
        known = Client(found.url, text)
        assert [each.channel for each in known.channels()] == [MILL]
        assert text not in repr(known._connection)
    plant.close()
