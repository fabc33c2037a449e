"""Fields: strict when written, borne and named when read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.errors import ProfileError
from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.finding import TEXTS
from device_profiles.hj212.segment import Segment, read_segment, write_segment
from device_profiles.wire_errors import WireFormError

HEAD = "QN=20260115083001123;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
END = "CP=&&DataTime=20260115083000;a21026-Rtd=1.5,a21026-Flag=N&&"


def _codes(head: str, end: str = END) -> list[str]:
    return [each.code for each in read_segment(f"{head}{end}".encode()).findings]


TEXT = st.text(st.sampled_from("0123456789ABCDEFabcXYZ_-."), max_size=32)
CONTENT = st.binary(max_size=950).map(
    lambda raw: bytes(byte for byte in raw if byte >= 0x20 and byte not in b"&\x7f")
)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    pnum = draw(st.none() | st.integers(1, 9999))
    version = draw(st.integers(1, 63))
    return Segment(
        qn=draw(st.from_regex(r"[0-9]{17}", fullmatch=True)),
        st=draw(st.from_regex(r"[0-9A-Z]{2}", fullmatch=True)),
        cn=draw(st.from_regex(r"[0-9]{4}", fullmatch=True)),
        pw=draw(TEXT),
        mn=draw(TEXT),
        flag=version << 2 | (pnum is not None) << 1 | draw(st.integers(0, 1)),
        pnum=pnum,
        pno=None if pnum is None else draw(st.integers(1, pnum)),
        content=draw(CONTENT),
    )


@given(segments())
def test_what_is_written_is_read_back(segment: Segment) -> None:
    assert read_segment(write_segment(segment)) == segment


def test_a_strict_segment_has_no_findings() -> None:
    segment = read_segment(f"{HEAD}{END}".encode())
    assert segment.findings == ()
    assert (segment.version, segment.answer_wanted) == (1, True)


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        (HEAD.replace("ST=31", "ST=101"), ["st_width"]),
        (HEAD.replace("ST=31", "ST=77"), ["st_unknown"]),
        (HEAD.replace("ST=31;", ""), ["st_missing"]),
        (HEAD.replace("QN=20260115083001123;", ""), ["qn_missing"]),
        (HEAD.replace("083001123", "253001123"), ["qn_form"]),
        (HEAD.replace("083001123", "083001"), ["qn_form"]),
        (HEAD.replace("PW=123456", "PW="), ["pw_width"]),
        (HEAD.replace("PW=123456;", ""), ["pw_missing"]),
        (HEAD.replace("9DC0", "9dc0"), ["mn_form"]),
        (HEAD.replace("MN=010000A8900016F000169DC0;", ""), ["mn_missing"]),
        (HEAD.replace("Flag=5;", ""), ["flag_missing"]),
        (HEAD.replace("Flag=5", "Flag=256"), ["flag_form"]),
        (HEAD.replace("Flag=5", "Flag=x"), ["flag_form"]),
        (HEAD.replace("Flag=5", "Flag=1"), ["flag_version"]),
        (HEAD.replace("Flag=5", "Flag=9"), ["flag_version"]),
        (HEAD.replace("Flag=5", "Flag=7"), ["part_missing"]),
        (HEAD + "PNUM=2;PNO=1;", ["part_unannounced"]),
        (HEAD.replace("Flag=5", "Flag=7") + "PNUM=2;PNO=3;", ["part_order"]),
        (HEAD.replace("Flag=5", "Flag=7") + "PNUM=2;PNO=0;", ["part_form"]),
        (HEAD.replace("Flag=5", "Flag=7") + "PNUM=x;PNO=1;", ["part_form"]),
        (HEAD.replace("CN=2011", "CN=2999"), ["cn_unknown"]),
        (HEAD.replace("123;ST", "123,ST"), ["field_separator"]),
        (HEAD[:-1], ["field_separator"]),
        (HEAD.replace("ST=31;CN=2011", "CN=2011;ST=31"), ["field_order"]),
        (HEAD + "Ver=2;", ["field_unknown"]),
        (HEAD + "junk;", ["field_form"]),
        (HEAD.replace(";ST", "; ST"), ["spaces"]),
        (HEAD.replace("CN=2011", "CN=9014"), ["st_answer"]),
        (HEAD.replace("9DC0", "9DC站"), ["field_ascii", "mn_form"]),
    ],
)
def test_a_deviation_is_named_and_the_rest_is_read(head: str, codes: list[str]) -> None:
    assert _codes(head) == codes
    assert set(codes) <= TEXTS.keys()
    assert read_segment(f"{head}{END}".encode()).content.startswith(b"DataTime=2026")


def test_fields_that_nobody_knows_are_kept() -> None:
    segment = read_segment(f"{HEAD}Ver=2;{END}".encode())
    assert segment.others == (("Ver", "2"),)


def test_a_content_over_950_bytes_is_read_and_named() -> None:
    assert _codes(HEAD, f"CP=&&{'x' * 951}&&") == ["content_over_limit"]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (f"{HEAD}".encode(), "CP"),
        (f"{HEAD}CP=DataTime=1&&".encode(), "CP"),
        (f"{HEAD}CP=&&DataTime=1&".encode(), "CP"),
        (f"{HEAD}CP=&&".encode(), "CP"),
        (f"{HEAD}CP=&&a&&b&&".encode(), "CP"),
        (f"{HEAD}CP=&&a&&\x00&&".encode(), "data segment"),
        (f"{HEAD}{END}\r\n".encode(), "data segment"),
        (f"{HEAD}ST=32;{END}".encode(), "ST"),
        (HEAD.replace("CN=2011;", "").encode() + END.encode(), "CN"),
        (HEAD.replace("2011", "201").encode() + END.encode(), "CN"),
        (HEAD.replace("2011", "２０１１").encode() + END.encode(), "CN"),
    ],
)
def test_what_cannot_be_understood_is_refused(raw: bytes, key: str) -> None:
    with pytest.raises(WireFormError) as caught:
        read_segment(raw)
    assert caught.value.facts["key"] == key


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"qn": None}, "QN"),
        ({"qn": "2026"}, "QN"),
        ({"st": "101"}, "ST"),
        ({"cn": "201"}, "CN"),
        ({"pw": None}, "PW"),
        ({"mn": "a;b"}, "MN"),
        ({"mn": "x" * 33}, "MN"),
        ({"mn": "站"}, "MN"),
        ({"flag": None}, "Flag"),
        ({"flag": 3}, "Flag"),
        ({"flag": 256}, "Flag"),
        ({"flag": 6}, "Flag"),
        ({"pnum": 2, "pno": 1}, "Flag"),
        ({"flag": 6, "pnum": 2}, "PNO"),
        ({"flag": 6, "pnum": 2, "pno": 3}, "PNO"),
        ({"content": b"x" * 951}, "CP"),
        ({"content": b"a&&b"}, "CP"),
        ({"content": b"a&"}, "CP"),
        ({"content": b"a\r\n"}, "CP"),
        ({"others": (("Ver", "2"),)}, "fields"),
    ],
)
def test_what_table_3_has_no_form_for_is_not_written(change: dict[str, object], key: str) -> None:
    sound: dict[str, object] = {"qn": "2" * 17, "st": "31", "cn": "2011", "pw": "", "mn": ""}
    segment = Segment(**{**sound, **change})  # type: ignore[arg-type]
    with pytest.raises(ComposeError) as caught:
        write_segment(segment)
    assert caught.value.facts["key"] == key
    assert isinstance(caught.value, ProfileError)
    assert caught.value.remedy("zh") in caught.value.say("zh")


def test_every_finding_is_told_in_both_languages() -> None:
    for english, chinese in TEXTS.values():
        assert english.isascii()
        assert any("\u4e00" <= each <= "\u9fff" for each in chinese)
