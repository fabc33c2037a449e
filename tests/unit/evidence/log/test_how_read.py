"""How a profile reads a channel, and that it says again what was logged."""

import struct

import pytest

from device_profiles.parse import parse_profile
from evidence.errors import LeafContentError
from evidence.log.how_read import how_read, quantity_words, read_again

TEXT = """schema = 1
id = "meter"
maker = "M"
model = "1"
protocol = "modbus"
title.en = "A meter"
title.zh = "电表"
sources = [
  { key = "us", document = "the tests", page = "1", grade = "A" },
  { key = "they", document = "a driver", page = "2", grade = "B" },
]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
[parameters.ct]
default = 1.0
meaning = "ratio of the current transformer"
[[channels]]
name = "energy"
kind_of_quantity = "active_energy"
unit = "kW.h"
accumulation = "register"
scale = 0.01
multiply_by = ["ct"]
plausible = [0.0, 100.0]
cites = "they"
source = { address = 16, format = "uint32", sentinels = ["FFFF FFFF"] }
"""
PROFILE = parse_profile(TEXT.encode(), "meter.toml")
CHANNEL = "jinan/line-1/energy"


def raw(number: int) -> str:
    return struct.pack(">I", number).hex()


def test_where_a_number_stands_and_what_is_made_of_it() -> None:
    found = how_read(PROFILE, CHANNEL, {"ct": 40.0})
    assert (found.profile, found.scale, found.factors) == ("meter", 0.01, {"ct": 40.0})
    assert "16" in found.parts[0].place
    assert "uint32" in found.parts[0].coding
    assert (found.cited.document, found.cited.page) == ("a driver", "2")
    assert [each.key for each in found.sources] == ["us", "they"]


def test_bytes_say_the_number_and_the_indication() -> None:
    found = read_again(PROFILE, CHANNEL, {"ct": 40.0}, raw(1234))
    assert (found.counted, found.number, found.remark) == (1234, 493.6, "")


@pytest.mark.parametrize(
    ("digits", "remark"),
    [
        ("ffffffff", "not_available"),
        (raw(10_001), "out_of_range"),
        ("zz", "unreadable"),
        ("00", "unreadable"),
    ],
)
def test_bytes_without_a_plain_number_say_why(digits: str, remark: str) -> None:
    assert read_again(PROFILE, CHANNEL, {}, digits).remark == remark


def test_what_the_profile_does_not_know_is_refused() -> None:
    with pytest.raises(LeafContentError):
        how_read(PROFILE, "jinan/line-1/power", {})
    with pytest.raises(LeafContentError):
        how_read(PROFILE, CHANNEL, {"vt": 2.0})
    with pytest.raises(LeafContentError):
        read_again(PROFILE, "jinan/line-1/power", {}, raw(1))


def test_a_kind_of_quantity_has_a_name_in_both_languages() -> None:
    assert quantity_words("active_energy", "en") == "active energy"
    assert quantity_words("active_energy", "zh") == "有功电能"
