"""Loggers on real sockets report to the agent's listener: who is heard, answered, refused."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from device_profiles.hj212.crc import modbus_crc
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.times import CHINA, request_number
from edge_agent.centre_errors import NoListenerError
from edge_agent.drivers import hj212, hj212_peer
from edge_agent.drivers.hj212 import Centre, Hj212Driver
from edge_agent.drivers.hj212_mail import NS_PER_S
from edge_agent.errors import AnswerTimeoutError, NoIdentificationError
from evidence.clock import SystemClock
from tests.unit.device_profiles.hj212.vectors import SEGMENTS, data
from tests.unit.edge_agent.hj212_site import (
    MN,
    OTHER,
    PROFILE,
    REAL_TIME,
    Here,
    answer,
    content,
    ended,
    held,
    packet,
    segment,
)


def test_an_upload_is_read_and_answered_with_the_bytes_that_the_standard_prints() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(packet(18.42))
        reply = await here.read()
        assert reply.raw == packet(18.42)
        assert content(reply) == b"18.42"
        assert reply.requested_at_ns == reply.answered_at_ns
        assert await answer(reader) == packet_of(SEGMENTS["C.14 answer"])

    held(story)


def test_a_message_of_now_fits_its_data_time_and_one_of_another_hour_does_not() -> None:
    async def story(here: Here) -> None:
        _, writer = await here.connect()
        for ahead_h, off in ((0, False), (-1, True), (1, True)):
            at = datetime.fromtimestamp(SystemClock().now_ns() / NS_PER_S, UTC)
            writer.write(packet(qn=request_number(at + timedelta(hours=ahead_h), CHINA)))
            assert (await here.read()).off_time is off
        assert here.centre.counts == {"E_REPORT_TIME": 2}

    held(story)


def test_a_notice_gets_9013_and_a_packet_that_wants_none_no_answer() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(packet(flag=4))
        notice = f"QN=20160801085857223;ST=31;CN=1013;PW=123456;MN={MN};Flag=5;CP=&&&&"
        writer.write(packet_of(notice.encode()))
        assert await answer(reader) == packet_of(SEGMENTS["C.11 answer"])
        assert content(await here.read()) == b"1.5"

    held(story)


def test_a_message_is_read_once_also_if_its_logger_sends_it_again() -> None:
    async def story(here: Here) -> None:
        hasty = here.driver(MN, 0.05)
        reader, writer = await here.connect()
        writer.write(packet())
        assert content(await here.read()) == b"1.5"
        assert content(await hasty.exchange(REAL_TIME)) == b"1.5"  # each device has its own mail
        writer.write(packet())
        await answer(reader)
        await answer(reader)  # the repetition is answered as well
        with pytest.raises(AnswerTimeoutError):
            await hasty.exchange(REAL_TIME)
        writer.write(packet(qn="20160801085927223"))
        assert content(await here.read()) == b"1.5"

    held(story)


def test_a_packet_in_two_segments_and_one_without_an_end_are_whole() -> None:
    async def story(here: Here) -> None:
        _, writer = await here.connect()
        whole = packet(2.5)
        writer.write(whole[:40])
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(whole[40:])
        assert content(await here.read()) == b"2.5"
        writer.write(packet(3.5, qn="20160801085927223")[:-2])
        assert content(await here.read()) == b"3.5"
        writer.write(packet(4.5, qn="20160801085957223")[:-2])
        writer.close()
        assert content(await here.read()) == b"4.5"
        _, again = await here.connect()
        again.write(packet(5.5, qn="20160801090027223"))
        assert content(await here.read()) == b"5.5"
        assert "E_REPORT_TWO" not in here.centre.counts

    held(story)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (packet().replace(b"=1.5", b"=1.6"), "E_WIRE_CHECKSUM"),
        (packet()[:-6] + b"%04X\r\n" % modbus_crc(segment()), "E_WIRE_ALGORITHM"),
        (packet().replace(b"##0", b"##1"), "E_WIRE_LENGTH"),
        (b"##no packet\r\n", "E_WIRE_FORM"),
        (packet(mn="STRANGER"), "E_REPORT_MN"),
        (data("H2") + b"\r\n", "E_REPORT_MN"),
    ],
)
def test_what_is_refused_is_counted_and_the_connection_goes_on(sent: bytes, code: str) -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(sent + packet(7.5))
        assert content(await here.read()) == b"7.5"
        assert here.centre.counts == {code: 1, "E_REPORT_TIME": 1}
        assert await answer(reader) == packet_of(SEGMENTS["C.14 answer"])

    held(story)


def test_a_lower_case_crc_is_taken() -> None:
    async def story(here: Here) -> None:
        _, writer = await here.connect()
        whole = packet(1.25)
        writer.write(whole[:-6] + whole[-6:].lower())
        assert content(await here.read()) == b"1.25"

    held(story)


def test_two_loggers_report_on_one_line_over_connections_of_their_own_or_over_one() -> None:
    async def story(here: Here) -> None:
        _, first = await here.connect()
        _, second = await here.connect()
        first.write(packet(1.0))
        second.write(packet(2.0, mn=OTHER))
        assert content(await here.read()) == b"1.0"
        assert content(await here.read(OTHER)) == b"2.0"
        first.write(packet(4.0, mn=OTHER, qn="20160801085927223"))
        first.write(packet(3.0, qn="20160801085927223"))
        assert content(await here.read()) == b"3.0"
        assert "E_REPORT_TWO" in here.centre.counts  # the other connection is newer
        second.write(packet(5.0, mn=OTHER, qn="20160801085957223"))
        assert content(await here.read(OTHER)) == b"5.0"

    held(story)


def test_of_two_connections_of_one_logger_the_newest_counts() -> None:
    async def story(here: Here) -> None:
        old_reader, old = await here.connect()
        old.write(packet(1.0))
        assert content(await here.read()) == b"1.0"
        _, new = await here.connect()
        new.write(packet(2.0, qn="20160801085927223"))
        assert content(await here.read()) == b"2.0"
        await answer(old_reader)
        assert await ended(old_reader)  # it was closed
        assert here.centre.counts["E_REPORT_TWO"] == 1

    held(story)


def test_parts_of_a_message_are_put_together_and_each_is_answered() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        for number, item in (
            (2, "a21026-Rtd=8.5,a21026-Flag=N"),
            (1, "a19001-Rtd=9,a19001-Flag=N"),
        ):
            head = f"QN=2016080108585722{number};ST=31;CN=2011;PW=123456;MN={MN};Flag=7;"
            text = f"{head}PNUM=2;PNO={number};CP=&&DataTime=20160801085857;{item}&&"
            writer.write(packet_of(text.encode()))
            assert b"CN=9014" in await answer(reader)
        assert content(await here.read()) == b"8.5"

    held(story)


def test_a_connection_that_brings_nothing_of_use_is_closed_after_a_while() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(packet(mn="STRANGER"))
        assert await ended(reader)

    held(story, idle_s=0.2)


def test_a_flood_of_what_is_refused_ends_the_connection() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(b"##no packet\r\n" * hj212_peer.MOST_REFUSED)
        assert await ended(reader)
        assert here.centre.counts["E_REPORT_FLOOD"] == 1

    held(story)


def test_bytes_that_cost_much_to_take_apart_keep_no_other_logger_waiting() -> None:
    async def story(here: Here) -> None:
        _, stranger = await here.connect()
        stranger.write(b"#" * 1_000_000)
        _, known = await here.connect()
        for number in range(5):
            known.write(packet(float(number), qn=f"2016080108585722{number}"))
            assert content(await here.read()) == b"%d.0" % number
        most = hj212_peer.MOST_WAITING + 256 * 1024
        assert 0 < max(len(peer._waiting) for peer in here.centre._peers) <= most

    held(story)


def test_a_logger_that_does_not_read_its_answers_is_not_kept() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(packet(1.0))
        await here.read()
        (peer,) = here.centre._peers
        peer.pause_writing()
        await answer(reader)
        assert await ended(reader)
        assert here.centre.counts["E_REPORT_DEAF"] == 1

    held(story)


def test_when_all_places_are_taken_a_stranger_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hj212, "MOST_CONNECTIONS", 2)

    async def story(here: Here) -> None:
        stranger, _ = await here.connect()
        _, known = await here.connect()
        known.write(packet(1.0))
        await here.read()
        _, other = await here.connect()
        other.write(packet(2.0, mn=OTHER))
        assert content(await here.read(OTHER)) == b"2.0"
        assert await ended(stranger)
        refused, _ = await here.connect()
        assert await ended(refused)
        assert here.centre.counts["E_REPORT_FULL"] == 2

    held(story)


def test_an_interval_is_set_only_where_the_configuration_says_so() -> None:
    async def story(here: Here) -> None:
        reader, writer = await here.connect()
        writer.write(packet(flag=4))
        request = await answer(reader)
        assert b";CN=1062;PW=123456;MN=" + MN.encode() in request
        assert b"CP=&&RtdInterval=60&&" in request
        assert content(await here.read()) == b"1.5"
        qn = request.partition(b"QN=")[2][:17].decode()
        told = f"QN={qn};ST=91;CN=9011;PW=123456;MN={MN};Flag=4;CP=&&QnRtn=2&&"
        writer.write(packet_of(told.encode()) + packet(9.5, flag=4, qn="20160801085927223"))
        assert content(await here.read()) == b"9.5"
        assert here.centre.counts["E_REPORT_INTERVAL"] == 1

    held(story, rtd_interval_s=60)


def test_an_address_that_is_taken_is_told_and_the_line_can_be_opened_later() -> None:
    async def story(here: Here) -> None:
        again = Centre(here.centre.terms, clock=SystemClock())
        driver = Hj212Driver(again, PROFILE, MN, device="line x", timeout_s=0.05)
        with pytest.raises(NoListenerError, match="E_LISTEN"):
            await driver.exchange(REAL_TIME)
        with pytest.raises(NoIdentificationError):
            await driver.identify()
        await here.centre.close()
        with pytest.raises(AnswerTimeoutError):
            await driver.exchange(REAL_TIME)
        await driver.close()

    held(story)
