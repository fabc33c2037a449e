"""What is done about each answer to a write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.views.influx_answer import (
    Answer,
    Meaning,
    error_of,
    meaning,
    retry_after_s,
    words,
)


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


@pytest.mark.parametrize(
    ("status", "meant", "code"),
    [
        (400, Meaning.NARROW, "E_INFLUX_SPEECH"),
        (401, Meaning.STOP, "E_INFLUX_REFUSED"),
        (403, Meaning.STOP, "E_INFLUX_REFUSED"),
        (404, Meaning.STOP, "E_INFLUX_ABSENT"),
        (413, Meaning.SPLIT, "E_INFLUX_SPEECH"),
        (422, Meaning.NARROW, "E_INFLUX_SPEECH"),
        (429, Meaning.LATER, "E_INFLUX_BUSY"),
        (500, Meaning.LATER, "E_INFLUX_BUSY"),
        (503, Meaning.LATER, "E_INFLUX_BUSY"),
        (302, Meaning.STOP, "E_INFLUX_SPEECH"),
        (418, Meaning.STOP, "E_INFLUX_SPEECH"),
    ],
)
def test_each_status_has_one_meaning_and_one_code(status: int, meant: Meaning, code: str) -> None:
    assert meaning(status) is meant
    wrong = error_of(answer(status, b'{"error":"so it is"}'), "write", "plant")
    assert wrong.code == code
    assert "so it is" in wrong.say("en")
    assert "so it is" in wrong.say("zh")


def test_only_204_and_200_say_that_lines_were_taken() -> None:
    assert [each for each in range(100, 600) if meaning(each) is Meaning.TAKEN] == [200, 204]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 30 ", 30.0),
        ("99999", 600.0),
        ("-1", None),
        ("Wed, 21 Oct", None),
        ("1" * 40, None),
    ],
)
def test_the_wait_that_is_asked_for_is_bounded(text: str, seconds: float | None) -> None:
    assert retry_after_s(answer(429, retry_after=text)) == seconds


def test_the_words_of_each_version_are_found() -> None:
    assert words(answer(400, b'{"error":"partial write: dropped=1"}')) == "partial write: dropped=1"
    assert words(answer(422, b'{"code":"x","message":"bad\\n  line"}')) == "bad line"
    assert words(answer(500, b'{"error":{"deep":1}}')) == '{"deep":1}'
    assert words(answer(502, b"<html>\x00Bad gateway")) == "<html> Bad gateway"
    assert len(words(answer(400, b'{"error":"' + b"x" * 9999 + b'"}'))) == 300


@given(st.binary(max_size=300))
def test_no_bytes_of_an_answer_raise(body: bytes) -> None:
    assert words(answer(400, body)).isprintable()
