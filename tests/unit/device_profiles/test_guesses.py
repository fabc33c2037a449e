"""Every reading of a run of registers: the right one is among them, and marked."""

import json
import struct
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.formats import CODECS, NotAvailable
from device_profiles.guesses import FORMATS, WHYS, Guess, guesses
from device_profiles.register_errors import WordRangeError
from device_profiles.registers import WordOrder, decode, encode

NUMBERS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "modbus_registers.json").read_text("utf-8")
)["numbers"]


def guessed(text: str, **named: str) -> Guess:
    raw = bytes.fromhex(text)
    words = struct.unpack(f">{len(raw) // 2}H", raw)
    (found,) = (
        guess
        for guess in guesses(words)
        if guess.register == 0 and all(getattr(guess, key) == named[key] for key in named)
    )
    return found


@pytest.mark.parametrize("vector", NUMBERS, ids=lambda vector: str(vector["id"]))
def test_a_vectors_number_is_among_the_guesses_and_plausible(vector: dict[str, Any]) -> None:
    single = CODECS[vector["format"]].word_count == 1
    order = vector["word_order"] if not single else "ABCD"
    found = guessed(vector["data"], format=vector["format"], order=order)
    if vector["number"] is None:
        assert not found.plausible
    else:
        assert found.number == vector["number"]
        assert found.plausible


def test_of_the_float_vectors_only_the_right_order_is_plausible() -> None:
    for vector in NUMBERS:
        if vector["format"] == "float32" and vector["number"] is not None:
            raw = bytes.fromhex(vector["data"])
            found = guesses(struct.unpack(">2H", raw), ("float32",))
            assert [guess.order for guess in found if guess.plausible] == [vector["word_order"]]


@given(st.lists(st.integers(0, 0xFFFF), max_size=6))
def test_every_reading_is_there_once_and_is_what_decode_says(words: list[int]) -> None:
    found = list(guesses(words))
    places = {(guess.register, guess.format, guess.order) for guess in found}
    expected = sum(
        max(0, len(words) - CODECS[name].word_count + 1)
        * (2 if CODECS[name].word_count == 1 else 4)
        for name in FORMATS
    )
    assert len(places) == len(found) == expected
    for guess in found:
        run = words[guess.register : guess.register + CODECS[guess.format].word_count]
        if guess.number != NotAvailable(reason="digits"):
            assert guess.number == decode(run, guess.format, guess.order)
        assert guess.why in WHYS
        assert not (guess.plausible and isinstance(guess.number, NotAvailable))


@given(st.floats(2**-19, 1e9, width=32), st.sampled_from(get_args(WordOrder)))
def test_a_number_that_a_device_shows_is_plausible_in_its_order(
    number: float, order: WordOrder
) -> None:
    found = guesses(encode(number, "float32", order), ("float32",))
    assert {guess.order: guess.number for guess in found if guess.plausible}[order] == number


@pytest.mark.parametrize(
    ("data", "name", "order", "why"),
    [
        ("0000 0000", "float32", "ABCD", "zero"),
        ("7FC0 0000", "float32", "ABCD", "not_a_number"),
        ("FF80 0000", "float32", "ABCD", "infinite"),
        ("7F00 0000", "float32", "ABCD", "huge"),
        ("0000 0001", "float32", "ABCD", "tiny"),
        ("FFFF FFFF", "uint32", "ABCD", "pattern"),
        ("8000 0000", "int32", "ABCD", "pattern"),
        ("0000 8000", "int32", "CDAB", "pattern"),
        ("0080", "uint16", "ABCD", "any"),
        ("0080", "int16", "BADC", "pattern"),
        ("7FFF", "int16", "ABCD", "pattern"),
        ("05F5 E0FF", "uint32", "ABCD", "fits"),
        ("05F5 E100", "uint32", "ABCD", "huge"),
        ("FFFF FB2E", "int32", "ABCD", "fits"),
        ("1234 567A", "bcd32", "ABCD", "digits"),
        ("1234 5678", "bcd32", "ABCD", "fits"),
    ],
)
def test_a_mark_says_why(data: str, name: str, order: str, why: str) -> None:
    assert guessed(data, format=name, order=order).why == why


def test_about_one_in_five_float_readings_of_random_bytes_passes() -> None:
    exponents = range(256)
    passed = [
        next(guesses((exponent << 7, 0x1234), ("float32",))).plausible for exponent in exponents
    ]
    assert 0.17 < sum(passed) / len(passed) < 0.22


def test_what_is_no_word_is_refused() -> None:
    with pytest.raises(WordRangeError):
        list(guesses([0x10000]))
