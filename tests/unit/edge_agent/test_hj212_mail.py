"""Which message a poll gets, and whether its DataTime fits the time at which it came."""

import asyncio
from datetime import UTC, datetime

import pytest

from device_profiles.hj212.times import CHINA
from edge_agent.drivers.hj212_mail import NS_PER_S, Letter, Mail, is_off
from edge_agent.drivers.tally import Tally

NOON = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)  # 12:00 in China


def letter(data_time: str | None, after_s: float = 0) -> Letter:
    at_ns = round((NOON.timestamp() + after_s) * NS_PER_S)
    return Letter(content=b"", raw=b"", arrived_ns=at_ns, data_time=data_time)


async def fetched(mail: Mail) -> str | None:
    return (await mail.fetch("2011", 0.02)).data_time


def test_each_message_is_fetched_once_and_then_the_next_is_waited_for() -> None:
    async def held() -> None:
        mail = Mail(["2011"])
        assert not mail.put("2011", letter("20260115120000"))
        assert await fetched(mail) == "20260115120000"
        with pytest.raises(TimeoutError):
            await mail.fetch("2011", 0.01)
        waiting = asyncio.create_task(mail.fetch("2011", 5))
        await asyncio.sleep(0)
        mail.put("2011", letter("20260115120100"))
        assert (await waiting).data_time == "20260115120100"

    asyncio.run(held())


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("20260115120000", "20260115120030", "20260115120030"),
        ("20260115120030", "20260115110000", "20260115120030"),
        ("20260115120000", None, "20260115120000"),
        ("9" * 14, "20260115120000", "20260115120000"),
        (None, "no time", "no time"),
    ],
)
def test_of_two_messages_the_later_data_time_is_kept_and_the_other_told_gone(
    first: str | None, second: str | None, kept: str
) -> None:
    mail = Mail(["2011"])
    assert not mail.put("2011", letter(first))
    assert mail.put("2011", letter(second))
    assert asyncio.run(fetched(mail)) == kept


@pytest.mark.parametrize(
    ("command", "data_time", "after_s", "off"),
    [
        ("2011", "20260115120000", 0, False),
        ("2011", "20260115120000", 300, False),
        ("2011", "20260115120000", 301, True),
        ("2011", "20260115120000", -301, True),
        ("2011", "20260115040000", 0, True),  # the logger stamps in UTC
        ("2011", None, 0, True),
        ("2011", "20260230120000", 0, True),
        ("2061", "20260115110000", 20, False),
        ("2061", "20260115110000", -301, True),
        ("2061", "20260115100000", 20, True),
        ("2051", "20260115115900", 5, False),
        ("2051", "20260115113000", 5, False),
        ("2051", "20260115112400", 5, True),
        ("2031", "20260114000000", -43_000, False),
        ("2031", "20260114000000", 0, True),
    ],
)
def test_a_message_is_due_at_its_data_time_or_at_the_end_of_its_interval(
    command: str, data_time: str | None, after_s: float, off: object
) -> None:
    assert is_off(letter(data_time, after_s), command, CHINA, 300.0) is off


def test_of_what_happens_often_now_and_then_a_line_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tally = Tally()
    for _ in range(120):
        tally.add("E_X", "something")
    assert tally.counts == {"E_X": 120}
    assert [record.getMessage() for record in caplog.records] == [
        f"something ({count} so far)" for count in (1, 10, 100)
    ]
