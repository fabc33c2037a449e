"""What each side answers, compared with annex C."""

import pytest

from device_profiles.hj212 import answer, request
from device_profiles.hj212.answer import centre_answer, site_answer
from device_profiles.hj212.packet import packet_of, segment_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.segment import Segment, read_segment, write_segment
from tests.unit.device_profiles.hj212.examples import QN, SITE, upload
from tests.unit.device_profiles.hj212.vectors import SEGMENTS, SOUND, data

TIME = b"DataTime=20160801080000"


def _sent(segment: Segment | None) -> bytes:
    assert segment is not None
    return write_segment(segment)


def test_an_upload_that_wants_an_answer_gets_9014() -> None:
    assert _sent(centre_answer(upload(TIME).segment)) == SEGMENTS["C.14 answer"]


def test_an_upload_that_wants_none_gets_none() -> None:
    assert centre_answer(upload(TIME, flag=4).segment) is None


def test_each_part_is_answered_under_its_own_qn() -> None:
    part = upload(TIME, flag=7, pnum=2, pno=2, qn="20160801085857535").segment
    answered = centre_answer(part)
    assert answered is not None
    assert (answered.qn, answered.flag, answered.pnum) == ("20160801085857535", 4, None)


def test_a_notice_gets_9013_from_the_side_it_went_to() -> None:
    clock = upload(b"PolId=w01018", cn="1013").segment
    assert _sent(centre_answer(clock)) == SEGMENTS["C.11 answer"]
    stop = request.stop_real_time(SITE, QN)
    assert _sent(site_answer(stop)) == SEGMENTS["C.11 answer"]
    assert centre_answer(stop) is None
    assert site_answer(request.start_real_time(SITE, QN)) is None


def test_a_request_is_accepted_and_its_result_told() -> None:
    started = request.start_real_time(SITE, QN)
    assert _sent(answer.request_answer(started, 1)) == SEGMENTS["C.10 accepted"]
    assert _sent(answer.execution_result(started, 1)) == SEGMENTS["C.10 done"]


@pytest.mark.parametrize(
    "command", ["9011", "9012", "9013", "9014", "1012", "1072", "3011", "7777"]
)
def test_answers_and_what_a_site_never_sends_are_not_answered(command: str) -> None:
    assert centre_answer(upload(TIME, cn=command).segment) is None


@pytest.mark.parametrize("command", ["2013", "2052", "2062", "2111", "2999"])
def test_data_commands_of_other_editions_are_answered(command: str) -> None:
    answered = centre_answer(upload(TIME, cn=command).segment)
    assert answered is not None
    assert answered.cn == "9014"


def test_the_identity_of_a_field_device_comes_back_as_it_is() -> None:
    answered = centre_answer(read_packet(data("H8")).segment)
    assert answered is not None
    assert (answered.pw, answered.mn) == ("BF470F88957588DE902D1A52", "Z13401000010301")
    assert segment_of(packet_of(write_segment(answered))).findings == ()


@pytest.mark.parametrize("vector", ["H2", "H11"])
def test_a_packet_of_2005_style_gets_no_answer(vector: str) -> None:
    assert centre_answer(read_packet(data(vector)).segment) is None


@pytest.mark.parametrize(
    "head",
    [
        b"QN=;ST=31;CN=2011;PW=;MN=;Flag=5;",
        b"QN=1 2;ST=31;CN=2011;PW=;MN=;Flag=5;",
        b"QN=\xff\xff;ST=31;CN=2011;PW=;MN=;Flag=5;",
        b"QN=1;ST=31;CN=2011;PW=;MN=" + b"x" * 400 + b";Flag=5;",
        b"ST=31;CN=2011;PW=;MN=;Flag=5;",
    ],
)
def test_what_cannot_be_repeated_is_not_answered(head: bytes) -> None:
    assert centre_answer(read_segment(head + b"CP=&&&&")) is None


def test_every_answer_can_be_sent() -> None:
    for vector in SOUND:
        answered = centre_answer(read_packet(vector["data"].encode()).segment)
        if answered is not None:
            assert read_segment(write_segment(answered)) == answered
