"""What a simulated logger sends is what the standard prints, and what our reader reads."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.hj212 import logger, request
from device_profiles.hj212.assemble import Assembly, take
from device_profiles.hj212.content import DataFlag
from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.logger import EquipmentRecord, FactorRecord, upload
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.segment import write_segment
from device_profiles.hj212.site import Site
from tests.unit.device_profiles.hj212.examples import QN, SITE, received
from tests.unit.device_profiles.hj212.vectors import SEGMENTS, data

Y_SITE = Site(st="31", mn="010000A8900016F000169DC0", pw="123456")
AT = "20260115083000"


def _factor(code: str, *, flag: DataFlag = DataFlag.NORMAL, **values: str | float) -> FactorRecord:
    return FactorRecord(code=code, values=values, flag=flag)


def test_a_real_time_upload_is_the_vector() -> None:
    records = [
        _factor("a21026", Rtd=18.42, ZsRtd=23.03),
        _factor("a21002", Rtd=41.6, ZsRtd=52.0),
        _factor("a34013", Rtd="3.1", ZsRtd="3.9"),
        _factor("a19001", Rtd="9.00"),
        _factor("a01011", Rtd=11.35),
        _factor("a01012", Rtd=128.4),
        _factor("a01013", Rtd=-0.215),
        _factor("a01014", Rtd=8.7),
        _factor("a00000", Rtd=42.5),
        _factor("a05001", Rtd=196432.1),
    ]
    (segment,) = upload(Y_SITE, "2011", "20260115083001123", AT, records)
    assert packet_of(write_segment(segment)) == data("Y1") + b"\r\n"


def test_equipment_is_written_as_tables_c15_and_c19_print_it() -> None:
    states = [EquipmentRecord(number=1, state=1), EquipmentRecord(number=2, state=0)]
    (segment,) = upload(SITE, "2021", QN, "20160801085857", states)
    assert segment.content == b"DataTime=20160801085857;SB1-RS=1;SB2-RS=0"
    hours = [
        EquipmentRecord(number=1, run_time_h=1.1),
        EquipmentRecord(number=2, run_time_h=24),
        EquipmentRecord(number=3, run_time_h=0.00001),
    ]
    (segment,) = upload(SITE, "2041", "20160802000000001", "20160801000000", hours)
    assert segment.content == b"DataTime=20160801000000;SB1-RT=1.1;SB2-RT=24;SB3-RT=0.0"


def test_start_and_settings_are_written_as_annex_c_prints_them() -> None:
    restarted = logger.restart(SITE, QN, "20160801085857", "20160801085624")
    assert write_segment(restarted) == SEGMENTS["C.24"]
    asked = request.read_real_time_interval(SITE, QN)
    reply = logger.response(asked, b"RtdInterval=30")
    assert write_segment(reply) == SEGMENTS["C.5 response"]


def test_flags_details_and_no_flag_are_written() -> None:
    records = [
        FactorRecord(
            code="w01018",
            values={"Rtd": 2},
            flag=DataFlag.CALIBRATION,
            details={"EFlag": "A01", "Info": "//清洗;管路//"},
        ),
        FactorRecord(code="LA", values={"Rtd": 50.1}, flag=DataFlag.UNKNOWN),
    ]
    (segment,) = upload(SITE, "2011", QN, AT, records)
    expected = (
        "DataTime=20260115083000;w01018-Rtd=2,w01018-Flag=C,w01018-EFlag=A01,"
        "w01018-Info=//清洗;管路//;LA-Rtd=50.1"
    )
    assert segment.content.decode() == expected
    assert received(segment).content.factors[0].flag is DataFlag.CALIBRATION


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        *((1e-7, "Cou", "0.0000001"), (1e22, "Cou", "10000000000000000000000"), (3, "Avg", "3")),
        *((0.5, "Avg", "0.50"), (2.675, "Avg", "2.67"), ("7.1000", "Avg", "7.1000")),
    ],
)
def test_numbers_are_written_without_an_exponent(value: str | float, name: str, text: str) -> None:
    (segment,) = upload(SITE, "2061", QN, AT, [FactorRecord(code="a21026", values={name: value})])
    assert f"a21026-{name}={text}," in segment.content.decode()


RECORD = st.builds(
    FactorRecord,
    code=st.from_regex(r"a[0-9]{5}", fullmatch=True),
    values=st.dictionaries(
        st.sampled_from(["Min", "Avg", "Max", "Cou", "ZsAvg"]),
        st.decimals(-(10**6), 10**6, places=3).map(str),
        min_size=1,
    ),
    flag=st.sampled_from(list(DataFlag)),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(RECORD, max_size=60, unique_by=lambda record: record.code),
    st.text(st.sampled_from("0123456789ABCDEF"), max_size=32),
    st.booleans(),
)
def test_any_records_come_back_however_they_were_divided(
    records: list[FactorRecord],
    identity: str,
    wanted: bool,  # noqa: FBT001
) -> None:
    site = Site(st="31", mn=identity, pw="123456")
    parts = upload(site, "2061", QN, AT, records, answer_wanted=wanted)
    assembly = Assembly()
    for number, part in enumerate(parts):
        segment = write_segment(part)
        assert len(part.content) <= 950
        assert len(segment) <= 1024
        read = received(part)
        assert read.segment.answer_wanted == wanted
        assert read.segment.qn == f"{int(QN) + number}"
        taken = take(assembly, read, 0.0)
        assembly = taken.assembly
    assert taken.message is not None
    factors = taken.message.content.factors
    assert [each.code for each in factors] == [record.code for record in records]
    for factor, record in zip(factors, records, strict=True):
        assert {name: each.text for name, each in factor.values.items()} == record.values
        assert factor.flag is record.flag


@pytest.mark.parametrize(
    ("build", "key"),
    [
        (lambda: upload(SITE, "9014", QN, AT, []), "CN"),
        (lambda: upload(SITE, "1062", QN, AT, []), "CN"),
        (lambda: upload(SITE, "2011", "1", AT, []), "QN"),
        (lambda: upload(SITE, "2011", QN, "1", []), "DataTime"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a;1", Rtd=1)]), "factor"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", flag=DataFlag.UNKNOWN)]), "factor"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Foo=1)]), "sub-field"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Rtd="1e5")]), "a1-Rtd"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Rtd="")]), "a1-Rtd"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Rtd=float("nan"))]), "a1-Rtd"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Rtd=float("inf"))]), "a1-Rtd"),
        (lambda: upload(SITE, "2011", QN, AT, [_factor("a1", Rtd="1" * 951)]), "CP"),
        (lambda: upload(SITE, "2021", QN, AT, [EquipmentRecord(number=1000, state=1)]), "SB"),
        (lambda: upload(SITE, "2021", QN, AT, [EquipmentRecord(number=1)]), "SB"),
        (lambda: upload(SITE, "2021", QN, AT, [EquipmentRecord(number=1, state=10)]), "SB-RS"),
        (lambda: upload(SITE, "2041", QN, AT, [EquipmentRecord(number=1, run_time_h=25)]), "SB-RT"),
        (lambda: logger.restart(SITE, QN, "x", AT), "DataTime"),
        (lambda: logger.restart(SITE, QN, AT, "x"), "RestartTime"),
    ],
)
def test_what_the_standard_has_no_form_for_is_not_sent(
    build: Callable[[], object], key: str
) -> None:
    with pytest.raises(ComposeError) as caught:
        build()
    assert caught.value.facts["key"] == key


@pytest.mark.parametrize("text", ["a;b", "a,b", "//a&b//"])
def test_a_detail_that_would_divide_the_content_is_not_sent(text: str) -> None:
    record = FactorRecord(code="i11001", values={}, details={"Info": text})
    with pytest.raises(ComposeError):
        upload(SITE, "3020", QN, AT, [record])
