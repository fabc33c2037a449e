"""What profiles make of a logger's factors: numbers, conditions, and both again from raw bytes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.dialect import Values
from device_profiles.dialects import dialect_of, interpreter, reader_of, requests_of
from device_profiles.formats import NotAvailable
from device_profiles.hj212.content import DataFlag
from device_profiles.hj212.dialect import records_of
from device_profiles.hj212.load import data_flags
from device_profiles.hj212.profile import Hj212Profile, Hj212Traits
from device_profiles.hj212.reading import Upload
from device_profiles.hj212.received import read_packet
from device_profiles.indicated import Impaired, Indicated, OutOfRange
from device_profiles.load import load_profile
from device_profiles.parse import lint
from device_profiles.status_model import Condition
from tests.unit.device_profiles.hj212.vectors import data

PROFILE = load_profile("hj212-2017-cems").profile
OLD = load_profile("hj212-2005-cems").profile
REAL_TIME = Upload(cn="2011")
STAMP = b"DataTime=20260115083000;"
CONDITIONS = {
    "N": None,
    "C": Condition.CALIBRATING,
    "M": Condition.MAINTENANCE,
    "D": Condition.FAULT,
    "F": Condition.STANDBY,
    "T": Condition.OVER_RANGE,
    "B": Condition.FAULT,
    "S": Condition.WARNING,
}


def read(content: bytes, profile: object = PROFILE) -> dict[str, tuple[bytes, Indicated]]:
    assert isinstance(profile, Hj212Profile)
    names = [channel.name for channel in profile.channels]
    places = reader_of(profile, names).places(REAL_TIME, content)
    return {names[place]: (raw, shown) for place, raw, shown in places}


def so2(content: bytes) -> Indicated:
    return read(STAMP + content)["so2"][1]


def test_a_packet_of_a_stack_from_the_field_is_read_as_it_stands() -> None:
    found = read(read_packet(data("H2")).segment.content, OLD)
    assert {name: shown for name, (_, shown) in found.items()} == {
        "so2": 3.05,
        "nox": 0.37,
        "dust": 1.48,
        "o2": 20.7,
        "velocity": 3.27,
        "temperature": 40.35,
        "pressure": 0.1,
        "humidity": 0,
        "flow": 7.43,
        "co2": NotAvailable(),
    }
    assert found["so2"][0] == b"DataTime=20200718123600;02-ZsRtd=5.08,02-Rtd=3.05,02-Flag=N"


def test_every_data_flag_of_the_standard_has_its_condition() -> None:
    assert {letter: entry.condition for letter, entry in data_flags().items()} == CONDITIONS
    assert set(CONDITIONS) == {flag.value for flag in DataFlag if flag is not DataFlag.UNKNOWN}


@pytest.mark.parametrize("flag", CONDITIONS)
def test_a_data_flag_says_what_is_the_matter_with_the_number(flag: str) -> None:
    condition = CONDITIONS[flag]
    expected = 18.42 if condition is None else Impaired(number=18.42, condition=condition)
    assert so2(b"a21026-Rtd=18.42,a21026-Flag=" + flag.encode()) == expected


@pytest.mark.parametrize("flag", [b"", b",a21026-Flag=", b",a21026-Flag=X", b",a21026-Flag=n"])
def test_no_flag_and_one_of_no_table_are_unlisted_and_never_normal(flag: bytes) -> None:
    expected = Impaired(number=18.42, condition=Condition.UNLISTED)
    assert so2(b"a21026-Rtd=18.42" + flag) == expected


def test_a_flag_without_a_value_says_why_there_is_none() -> None:
    found = so2(b"a21026-Flag=C")
    assert found == Impaired(number=NotAvailable(), condition=Condition.CALIBRATING)
    assert so2(b"a21026-Flag=N") == NotAvailable()


def test_what_is_no_number_is_none_and_what_is_not_there_is_not_available() -> None:
    assert so2(b"a21026-Rtd=--,a21026-Flag=N") == NotAvailable(reason="digits")
    found = so2(b"a21026-Rtd=,a21026-Flag=D")
    assert found == Impaired(number=NotAvailable(reason="digits"), condition=Condition.FAULT)
    assert read(STAMP + b"a21002-Rtd=1,a21002-Flag=N")["so2"] == (b"", NotAvailable())


def test_a_factor_that_stands_twice_counts_only_if_both_agree() -> None:
    same, other = (b"a21026-Rtd=" + text + b",a21026-Flag=N" for text in (b"18.42", b"18.43"))
    assert so2(same + b";" + same) == 18.42
    assert so2(same + b";" + other) == NotAvailable(reason="digits")
    contradicted = so2(same + b";a21026-Rtd=18.42,a21026-Flag=C")
    assert contradicted == Impaired(number=18.42, condition=Condition.UNLISTED)


def test_the_preferred_code_of_a_factor_counts_and_the_other_where_it_is_alone() -> None:
    assert so2(b"02-Rtd=1.5,02-Flag=N") == 1.5
    assert so2(b"02-Rtd=1.5,02-Flag=N;a21026-Rtd=2.5,a21026-Flag=N") == 2.5


def test_an_item_longer_than_the_standard_has_room_for_is_not_taken() -> None:
    long = b"a21026-Rtd=1,a21026-Flag=N,a21026-Info=" + b"x" * 950
    assert so2(long) == NotAvailable(reason="digits")


def test_a_flagged_number_is_scaled_and_compared_with_what_is_plausible() -> None:
    co2 = read(STAMP + b"a05001-Rtd=11.8,a05001-Flag=M")["co2"][1]
    assert isinstance(co2, Impaired)
    assert co2.condition is Condition.MAINTENANCE
    assert isinstance(co2.number, OutOfRange)  # per cent where mg/m3 belongs
    flow = interpreter(PROFILE, "flow", {"m3_s_in_flow": 1 / 3600})
    found = flow(STAMP + b"a00000-Rtd=321518,a00000-Flag=M")
    assert isinstance(found, Impaired)
    assert found.number == pytest.approx(89.3105556)


TEXTS = st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,3})?", fullmatch=True)


@given(text=TEXTS, flag=st.sampled_from(["", *CONDITIONS]))
def test_number_and_condition_follow_from_the_kept_bytes_alone(text: str, flag: str) -> None:
    more = f",a21026-Flag={flag}" if flag else ""
    raw, shown = read(STAMP + f"a21026-ZsRtd=1,a21026-Rtd={text}{more}".encode())["so2"]
    again = interpreter(PROFILE, "so2")(raw)
    assert again == shown
    number = again.number if isinstance(again, Impaired) else again
    assert number == float(text)
    assert raw.startswith(STAMP)


@given(st.binary(max_size=300))
def test_foreign_bytes_are_read_as_something_and_raise_nothing(content: bytes) -> None:
    for name, (raw, shown) in read(content).items():
        if raw:
            assert interpreter(PROFILE, name)(raw) == shown


def test_a_logger_sends_what_its_channels_show_and_a_flag_where_they_show_nothing() -> None:
    values: Values = {"so2": 18.42, "o2": NotAvailable()}
    assert isinstance(PROFILE, Hj212Profile)
    records = records_of(PROFILE, REAL_TIME, values, None, {"so2": DataFlag.CALIBRATION})
    assert [(each.code, dict(each.values), each.flag) for each in records] == [
        ("a21026", {"Rtd": 18.42}, DataFlag.CALIBRATION),
        ("a19001", {}, DataFlag.FAULT),
    ]
    content = dialect_of(PROFILE).compose(PROFILE, REAL_TIME, values, None)
    assert content == b"a21026-Rtd=18.42,a21026-Flag=N;a19001-Flag=D"


def test_one_upload_brings_all_channels_of_a_command() -> None:
    hour = load_profile("hj212-2017-cems-hour").profile
    assert requests_of(hour, [each.name for each in hour.channels]) == (Upload(cn="2061"),)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('command = "2011"', 'command = "2061"', "command 2061 brings no Rtd"),
        ('also = ["02"]', 'also = ["a21026"]', "a code twice"),
        ('also = ["02"]', 'also = ["a-1"]', "also"),
        ('st = "31"', 'utc_offset = "8"', "utc_offset"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named(before: str, after: str, found: str) -> None:
    text = load_profile("hj212-2017-cems").content.decode()
    assert before in text
    findings = lint(text.replace(before, after).encode(), "own.toml")
    assert findings
    assert all(found in each.say("en") for each in findings[:1])


@pytest.mark.parametrize(
    ("offset", "seconds"), [("+08:00", 28_800), ("-03:30", -12_600), ("+00:00", 0)]
)
def test_the_zone_of_a_logger_is_that_of_its_offset(offset: str, seconds: int) -> None:
    traits = msgspec.convert({"utc_offset": offset}, Hj212Traits)
    assert traits.zone.utcoffset(None).total_seconds() == seconds
