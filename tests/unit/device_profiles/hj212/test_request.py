"""Requests as annex C prints them, and a request from its sending to its end."""

from collections.abc import Callable

import pytest

from device_profiles.hj212 import request
from device_profiles.hj212.answer import execution_result, request_answer, site_answer
from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.pending import Outcome, Pending, Retry, Step, heard, sent, waited
from device_profiles.hj212.segment import Segment, write_segment
from tests.unit.device_profiles.hj212.examples import QN, SITE, received, upload
from tests.unit.device_profiles.hj212.vectors import SEGMENTS

AT = "20160801085857"
PRINTED = {
    "C.1": request.set_timeouts(SITE, QN, 5, 3),
    "C.2 clock": request.read_clock(SITE, QN, "w01018"),
    "C.3": request.set_clock(SITE, QN, AT, "w01018"),
    "C.5": request.read_real_time_interval(SITE, QN),
    "C.6": request.set_real_time_interval(SITE, QN, 30),
    "C.7": request.read_minute_interval(SITE, QN),
    "C.8": request.set_minute_interval(SITE, QN, 10),
    "C.10": request.start_real_time(SITE, QN),
    "C.11": request.stop_real_time(SITE, QN),
    "C.20": request.history(SITE, "2051", QN, "20160801084000", "20160801084000"),
    "C.21": request.history(SITE, "2061", QN, "20160801080000", "20160801080000"),
    "C.22": request.history(SITE, "2031", QN, "20160801000000", "20160801000000"),
    "C.23": request.history(SITE, "2041", QN, "20160801000000", "20160801000000"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_request_is_written_as_annex_c_prints_it(name: str) -> None:
    assert write_segment(PRINTED[name]) == SEGMENTS[name]


def test_the_clock_of_the_logger_is_asked_for_without_a_factor() -> None:
    assert request.read_clock(SITE, QN).content == b""
    assert request.set_clock(SITE, QN, AT).content == b"SystemTime=20160801085857"


@pytest.mark.parametrize(
    ("build", "key"),
    [
        (lambda: request.set_real_time_interval(SITE, QN, 29), "RtdInterval"),
        (lambda: request.set_real_time_interval(SITE, QN, 3601), "RtdInterval"),
        (lambda: request.set_minute_interval(SITE, QN, 7), "MinInterval"),
        (lambda: request.set_timeouts(SITE, QN, 0, 3), "OverTime"),
        (lambda: request.set_timeouts(SITE, QN, 5, 100), "ReCount"),
        (lambda: request.set_clock(SITE, QN, "20160230000000"), "SystemTime"),
        (lambda: request.history(SITE, "2011", QN, AT, AT), "CN"),
        (lambda: request.history(SITE, "4711", QN, AT, AT), "CN"),
        (lambda: request.history(SITE, "2061", QN, "x", AT), "BeginTime"),
        (lambda: request.history(SITE, "2061", QN, AT, "20160801085856"), "EndTime"),
        (lambda: request.start_real_time(SITE, "1"), "QN"),
    ],
)
def test_what_the_standard_does_not_allow_is_not_asked(
    build: Callable[[], Segment], key: str
) -> None:
    with pytest.raises(ComposeError) as caught:
        build()
    assert caught.value.facts["key"] == key


HISTORY = PRINTED["C.21"]
RETRY = Retry(timeout_s=10.0, resends=3)
RECORD = upload(
    b"DataTime=20160801080000;a21026-Avg=1,a21026-Flag=N", qn="20160801085857534", flag=4
)
LATER = upload(b"DataTime=20160801090000;a21026-Avg=1,a21026-Flag=N", flag=5)


def _under_way(step: Step) -> Pending:
    assert step.pending is not None
    assert step.outcome is None
    return step.pending


def _accepted(asked: Segment = HISTORY) -> Pending:
    accepted = heard(sent(asked, 0.0, RETRY), received(request_answer(asked, 1)), 1.0)
    return _under_way(accepted)


def test_a_history_is_accepted_sent_and_done() -> None:
    pending = _accepted()
    assert pending.accepted
    step = heard(pending, RECORD, 2.0)
    assert step.data is RECORD
    ended = heard(_under_way(step), received(execution_result(HISTORY, 1)), 3.0)
    assert (ended.pending, ended.outcome, ended.refusal) == (None, Outcome.DONE, None)


def test_an_interval_is_read_under_the_qn_of_its_request() -> None:
    asked = PRINTED["C.5"]
    reply = upload(b"RtdInterval=30", cn="1061", flag=4)
    step = heard(_accepted(asked), reply, 2.0)
    assert step.data is reply
    other = upload(b"RtdInterval=30", cn="1061", flag=4, qn="20160801085857999")
    assert heard(_accepted(asked), other, 2.0).data is None


def test_what_belongs_to_something_else_leaves_a_request_as_it_is() -> None:
    pending = _accepted()
    strangers = [
        LATER,
        upload(b"DataTime=20160801080000", cn="2051"),
        upload(b"DataTime=20160801080000", mn="other"),
        upload(b"a21026-Avg=1"),
        upload(b"QnRtn=2", cn="9011", st="91", flag=4, qn="20160801085857999"),
        upload(b"ExeRtn=2", cn="9012", st="91", flag=4, mn="other"),
        upload(b"ExeRtn=x", cn="9012", st="91", flag=4),
        upload(b"", cn="9013", st="91", flag=4),
        upload(b"", cn="9014", st="91", flag=4),
    ]
    for each in strangers:
        assert heard(pending, each, 5.0) == Step(pending=pending)


def test_real_time_data_are_no_part_of_the_request_that_started_them() -> None:
    pending = _accepted(PRINTED["C.10"])
    record = upload(b"DataTime=20160801085930;a21026-Rtd=1", cn="2011", qn="20160801085930000")
    assert heard(pending, record, 2.0) == Step(pending=pending)


@pytest.mark.parametrize(
    ("code", "en", "zh"),
    [(3, "PW is wrong", "PW 错误"), (9, "the CRC is wrong", "CRC"), (77, "not in", "表中没有")],
)
def test_a_refusal_is_told_with_its_code(code: int, en: str, zh: str) -> None:
    step = heard(sent(HISTORY, 0.0, RETRY), received(request_answer(HISTORY, code)), 1.0)
    assert step.outcome is Outcome.REFUSED
    assert step.refusal is not None
    assert f"QnRtn {code}" in step.refusal.say("en")
    assert en in step.refusal.say("en")
    assert zh in step.refusal.say("zh")
    assert step.refusal.miss_reason == "exception"


@pytest.mark.parametrize(("code", "outcome"), [(2, "failed"), (5, "failed"), (100, "no_data")])
def test_a_failure_is_told_with_its_code(code: int, outcome: str) -> None:
    step = heard(_accepted(), received(execution_result(HISTORY, code)), 2.0)
    assert step.outcome == outcome
    assert step.refusal is not None
    assert f"ExeRtn {code}" in str(step.refusal)


def test_a_request_without_an_answer_is_sent_three_times_more_under_its_qn() -> None:
    pending, times = sent(HISTORY, 0.0, RETRY), []
    assert waited(pending, 9.9) == Step(pending=pending)
    while True:
        step = waited(pending, pending.due_s)
        if step.pending is None:
            break
        assert step.sends == HISTORY
        times.append(pending.due_s)
        pending = step.pending
    assert (step.outcome, times, pending.due_s) == (Outcome.UNREACHABLE, [10.0, 20.0, 30.0], 40.0)


def test_an_accepted_request_is_not_sent_again() -> None:
    pending = _accepted()
    assert pending.due_s == 11.0
    assert waited(pending, 11.0) == Step(pending=None, outcome=Outcome.TIMED_OUT)


def test_each_record_gives_the_next_one_its_own_time() -> None:
    assert _under_way(heard(_accepted(), RECORD, 9.0)).due_s == 19.0


def test_data_without_the_answer_before_them_count_as_its_acceptance() -> None:
    assert _under_way(heard(sent(HISTORY, 0.0, RETRY), RECORD, 1.0)).accepted


def test_a_notice_is_done_when_it_is_answered() -> None:
    stop = PRINTED["C.11"]
    answered = site_answer(stop)
    assert answered is not None
    step = heard(sent(stop, 0.0, RETRY), received(answered), 1.0)
    assert step.outcome is Outcome.DONE
