"""A simulated data logger: what it reports when, how faults change it, what it sends again."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.received import Received, read_packet
from device_profiles.load import load_profile
from device_profiles.wire_errors import WireAlgorithmError, WireChecksumError
from simulators.constants import constants
from simulators.fault import (
    AnswersForAnother,
    AnyFault,
    BadChecksum,
    DataFlag,
    LowerCaseCrc,
    PlainModbusCrc,
    Reboot,
    Sentinel,
    Silence,
    SplitPacket,
)
from simulators.place import Place, Site
from simulators.servers.hj212_logger import NS_PER_S, LoggerSeat, ReportingLogger, Sending
from tests.unit.device_profiles.hj212.vectors import SEGMENTS

MN = "010000A8900016F000169DC0"
AT_NS = round(datetime(2026, 1, 15, 0, 30, tzinfo=UTC).timestamp()) * NS_PER_S


def logger(*faults: AnyFault, profile: str = "hj212-2017-cems") -> ReportingLogger:
    found = load_profile(profile).profile
    shown = {**constants(found, {}), "so2": 18.42}
    site = Site(profile=found, constants=shown, parameters={}, faults=faults, gaps="zero")
    return ReportingLogger(LoggerSeat(place=Place(site, ()), mn=MN, interval_s=30))


def said(sends: Sequence[Sending]) -> Received:
    (only,) = sends
    return read_packet(b"".join(only.pieces))


def test_real_time_data_are_sent_at_once_and_then_on_the_grid_of_the_interval() -> None:
    one = logger()
    found = said(one.report(AT_NS + 7 * NS_PER_S, 0.0))
    assert found.findings == ()
    assert (found.segment.qn, found.content.data_time) == ("20260115083007000", "20260115083007")
    assert found.segment.answer_wanted
    assert one.due_ns() == AT_NS + 30 * NS_PER_S
    assert one.report(AT_NS + 29 * NS_PER_S, 22.0) == []
    assert said(one.report(AT_NS + 30 * NS_PER_S, 23.0)).content.data_time == "20260115083030"


def test_hour_data_carry_the_start_of_the_last_whole_hour() -> None:
    one = logger(profile="hj212-2017-cems-hour")
    found = said(one.report(AT_NS, 0.0))
    assert (found.segment.cn, found.content.data_time) == ("2061", "20260115070000")
    assert one.due_ns() == AT_NS + 1800 * NS_PER_S


@pytest.mark.parametrize(
    ("faults", "item"),
    [
        ((), "a21026-Rtd=18.42,a21026-Flag=N"),
        ((DataFlag(channel="so2", flag="C"),), "a21026-Rtd=18.42,a21026-Flag=C"),
        ((DataFlag(channel="so2", flag=""),), "a21026-Rtd=18.42"),
        ((Sentinel(channel="so2"),), "a21026-Flag=D"),
        ((Sentinel(channel="so2"), DataFlag(channel="so2", flag="F")), "a21026-Flag=F"),
    ],
)
def test_a_factor_has_the_flag_that_a_fault_gives_it(
    faults: tuple[AnyFault, ...], item: str
) -> None:
    found = said(logger(*faults).report(AT_NS, 0.0))
    assert found.content.factors[0].raw == item.encode()


def test_faults_of_the_packet_are_what_they_are_called() -> None:
    lower = said(logger(LowerCaseCrc()).report(AT_NS, 0.0))
    assert [each.code for each in lower.findings] == ["crc_case"]
    with pytest.raises(WireAlgorithmError):
        said(logger(PlainModbusCrc()).report(AT_NS, 0.0))
    with pytest.raises(WireChecksumError):
        said(logger(BadChecksum()).report(AT_NS, 0.0))
    assert said(logger(AnswersForAnother(address="X")).report(AT_NS, 0.0)).segment.mn == "X"
    (split,) = logger(SplitPacket(pause_s=2)).report(AT_NS, 0.0)
    assert (len(split.pieces), split.pause_s) == (2, 2)
    assert said([split]).findings == ()
    (silent,) = logger(Silence()).report(AT_NS, 0.0)
    assert (silent.pieces, silent.reply.closes) == ((b"",), False)
    (closing,) = logger(Reboot()).report(AT_NS, 0.0)
    assert closing.reply.closes


def test_a_fault_strikes_the_uploads_that_it_names() -> None:
    one = logger(DataFlag(channel="so2", flag="C", first_poll=1, last_poll=1))
    flags = [
        said(one.report(AT_NS + n * 30 * NS_PER_S, n * 30.0)).content.factors[0].flag.value
        for n in range(3)
    ]
    assert flags == ["N", "C", "N"]


def test_without_an_answer_an_upload_is_sent_again_three_times_and_then_given_up() -> None:
    one = logger()
    (sent,) = one.report(AT_NS, 0.0)
    packet = b"".join(sent.pieces)
    assert one.again(9.9) == []
    assert [one.again(at_s) for at_s in (10.0, 20.0, 30.0)] == [[packet]] * 3
    assert one.again(40.0) is None
    assert one.again(50.0) == []


def test_an_answered_upload_is_not_sent_again() -> None:
    one = logger()
    qn = said(one.report(AT_NS, 0.0)).segment.qn
    told = f"QN={qn};ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&".encode()
    assert one.heard(read_packet(packet_of(told.replace(b"20", b"19", 1)))) == []
    assert one.again(10.0) != []
    assert one.heard(read_packet(packet_of(told))) == []
    assert one.again(20.0) == []


def ask(one: ReportingLogger, text: bytes) -> list[bytes]:
    return one.heard(read_packet(packet_of(text)))


def test_requests_are_answered_with_the_bytes_that_the_standard_prints() -> None:
    one = logger()
    accepted, done = packet_of(SEGMENTS["C.10 accepted"]), packet_of(SEGMENTS["C.10 done"])
    assert ask(one, SEGMENTS["C.10"]) == [accepted, done]
    assert ask(one, SEGMENTS["C.6"].replace(b"=30", b"=60")) == [accepted, done]
    assert one.interval_s == 60
    assert ask(one, SEGMENTS["C.1"]) == [accepted, done]
    assert (one.retry.timeout_s, one.retry.resends) == (5, 3)
    shown = ask(one, SEGMENTS["C.5"])
    assert (shown[0], shown[2]) == (accepted, done)
    assert shown[1] == packet_of(SEGMENTS["C.5 response"].replace(b"=30", b"=60"))


def test_a_notice_stops_real_time_data_and_a_request_starts_them() -> None:
    one = logger()
    assert ask(one, SEGMENTS["C.11"]) == [packet_of(SEGMENTS["C.11 answer"])]
    assert one.report(AT_NS, 0.0) == []
    ask(one, SEGMENTS["C.10"])
    assert len(one.report(AT_NS, 0.0)) == 1


def test_other_requests_are_refused_and_those_for_other_loggers_not_heard() -> None:
    one = logger()
    refused = packet_of(SEGMENTS["C.10 accepted"].replace(b"QnRtn=1", b"QnRtn=2"))
    assert ask(one, SEGMENTS["C.8"]) == [refused]
    assert ask(one, SEGMENTS["C.6"].replace(b"DC0", b"DC1")) == []
