"""Any certificate comes back, from a valid DCC and from its TOML."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.certificate import CalibrationCertificate, CalibrationResult, Instrument, Point
from calibration.laboratory import Laboratory
from calibration.load import parse_certificate
from calibration.measurand import DIMENSION_OF, KindOfQuantity
from calibration.toml_text import toml_of
from calibration.unit import UNITS
from tests.unit.calibration.dcc.exported import (
    LINE,
    POINT,
    certificate,
    read,
    values,
    written,
)
from tests.unit.calibration.test_reference_page import BLOCKS

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


TEXT = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


NUMBER = st.floats(-1e6, 1e6, allow_subnormal=False)


KIND = st.sampled_from(KindOfQuantity)


@st.composite
def point_lists(draw: st.DrawFn) -> tuple[Point, ...]:
    stands = sorted(draw(st.sets(NUMBER, min_size=1, max_size=6)))
    return tuple(
        Point(
            at=at,
            value=draw(NUMBER),
            expanded_uncertainty=draw(st.floats(0.0, 1e3, allow_subnormal=False)),
            coverage_factor=draw(st.sampled_from([1.0, 2.0, 2.0, 2.87])),
        )
        for at in stands
    )


@st.composite
def results(draw: st.DrawFn) -> CalibrationResult:
    kind = draw(KIND)
    codes_ = [code for code, unit in UNITS.items() if unit.dimension == DIMENSION_OF[kind]]
    unit = draw(st.sampled_from(codes_))
    is_value = draw(st.booleans())
    return CalibrationResult(
        kind_of_quantity=kind,
        unit=unit,
        result="value" if is_value else "relative_error",
        argument="indication",
        argument_unit=unit,
        measuring_interval=(-2e6, 2e6),
        condition=draw(st.sampled_from(["as_found", "as_left"])),
        points=draw(point_lists()),
        repeatability=draw(st.floats(0.0, 10.0, allow_subnormal=False)),
        conditions=draw(st.one_of(st.just(""), TEXT)),
        channel=draw(st.sampled_from(["", "low", "high"])),
    )


def place(result: CalibrationResult) -> tuple[str, str, str]:
    """No two results may claim the same."""
    return result.kind_of_quantity.value, result.condition, result.channel


CERTIFICATES = st.builds(
    CalibrationCertificate,
    schema=st.just(1),
    id=WORDS.filter(lambda text: not set(text) & set(" /:\t\n")),
    kind=st.just("calibration"),
    performed_on=st.dates(dt.date(1900, 1, 1)),
    recorded_at=st.datetimes(timezones=st.just(dt.UTC)),
    instrument=st.builds(Instrument, maker=TEXT, model=TEXT, serial=TEXT),
    laboratory=st.builds(
        Laboratory, name=TEXT, accreditation=TEXT, scope=st.one_of(st.just(""), TEXT)
    ),
    standards=st.just(()),
    results=st.lists(results(), max_size=2, unique_by=place).map(tuple),
    conformity=st.none(),
    document_sha256=st.sampled_from(["", "cd" * 32]),
)


@given(CERTIFICATES)
def test_any_certificate_comes_back_from_a_valid_dcc(original: CalibrationCertificate) -> None:
    assert read(written(original), original).certificate == original


@given(CERTIFICATES)
def test_any_certificate_comes_back_from_its_toml(original: CalibrationCertificate) -> None:
    text = toml_of(original)
    assert parse_certificate(text.encode("utf-8"), "a.toml") == original


@pytest.mark.parametrize(
    "text", ['"quoted" \\ back', "line\nbreak\ttab", "\x7f\x1f\x00", "# [no] = table", "度 😀", ""]
)
def test_any_text_comes_back_from_toml(text: str) -> None:
    original = msgspec.structs.replace(
        certificate(msgspec.structs.replace(values(POINT, function=LINE), conditions=text)),
        laboratory=Laboratory(name=text),
    )
    assert parse_certificate(toml_of(original).encode(), "a.toml") == original


@pytest.mark.parametrize("block", BLOCKS[:5])
def test_the_certificates_of_the_page_come_back_from_toml(block: str) -> None:
    original = parse_certificate(block.encode(), "page")
    assert parse_certificate(toml_of(original).encode(), "a.toml") == original
