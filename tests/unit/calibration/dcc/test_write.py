"""A certificate written as a DCC and read again is the same certificate, to the last bit."""

import math
import re
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from calibration.certificate import CalibrationResult, Conformity, Instrument, Point
from calibration.dcc.document import SI
from calibration.dcc.errors import DccError, DccExportError
from calibration.dcc.kept_back import kept_back, without
from calibration.dcc.write import original_identifier
from calibration.function import CalibrationFunction
from calibration.laboratory import Laboratory, StandardUsed
from calibration.load import parse_certificate
from calibration.measurand import KindOfQuantity
from tests.unit.calibration.dcc.dcc_documents import PLAIN, RANGE, TEMPERATURES, document, sample
from tests.unit.calibration.dcc.exported import LINE, POINT, certificate, read, values, written
from tests.unit.calibration.dcc.importing import codes, imported

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "certificates.md"


BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS[:4])
def test_the_certificates_of_the_page_come_back(block: str) -> None:
    original = parse_certificate(block.encode(), "page")
    found = read(written(original), original)
    assert found.certificate == without(original)
    assert codes(found) == ["F_DCC_UNSIGNED", "F_DCC_TRANSCRIPTION"]


def test_what_bears_on_judging_alone_is_left_out_and_told() -> None:
    original = parse_certificate(BLOCKS[0].encode(), "page")
    assert kept_back(original) == (
        "laboratory.accredited_from",
        "laboratory.accredited_until",
        "laboratory.capabilities",
        "standards.valid_until",
    )
    assert kept_back(without(original)) == ()


def test_a_reference_material_and_an_adjustment_without_both_conditions_are_refused() -> None:
    with pytest.raises(DccExportError, match="reference_material"):
        written(parse_certificate(BLOCKS[4].encode(), "page"))
    adjusted = certificate(values(POINT))
    with pytest.raises(DccExportError, match="as_found and as_left"):
        written(msgspec.structs.replace(adjusted, adjustment="span trimmed"))
    both = (msgspec.structs.replace(values(POINT), condition="as_found"), values(POINT))
    whole = msgspec.structs.replace(adjusted, adjustment="span trimmed", results=both)
    assert read(written(whole), whole).certificate == without(whole)


@pytest.mark.parametrize("data", [document(TEMPERATURES, statements=RANGE), sample(PLAIN)])
def test_import_export_import_gives_equal_content(data: bytes) -> None:
    first = imported(data).certificate
    assert first is not None
    assert read(written(first), first).certificate == first


def test_what_is_written_says_that_it_is_a_transcription_and_of_what() -> None:
    original = msgspec.structs.replace(certificate(values(POINT)), id="PTB%20-%2017")
    text = written(original).decode()
    assert original_identifier(original) == "PTB - 17"
    assert text.count("Unsigned transcription of calibration certificate 'PTB - 17'") == 2
    assert text.count("ab" * 32) == 3
    assert "<dcc:uniqueIdentifier>transcription-of-PTB%20-%2017</dcc:uniqueIdentifier>" in text
    assert 'schemaVersion="3.3.0"' in text
    assert "Signature" not in text


def test_the_uncertainty_is_an_expandedMU_with_the_normal_probability_of_k() -> None:
    root = etree.fromstring(written(certificate(values(POINT))))
    stated = root.find(f".//{{{SI}}}expandedMUXMLList")
    assert stated is not None
    assert [each.text for each in stated] == ["0.04", "2.0", "0.9545", "normal"]
    assert math.erf(2.0 / math.sqrt(2.0)) == pytest.approx(0.9545, abs=5e-5)


@pytest.mark.parametrize(
    ("nu", "k", "distribution"), [(None, 2.7955, "normal"), (9.0, 3.4041, "t")]
)
def test_a_functions_covariance_is_written_as_a_coverage_region(
    nu: float | None, k: float, distribution: str
) -> None:
    """k of three coefficients: sqrt(chi2(0.95; 3)), or sqrt(3 F(0.95; 3, 9))."""
    function = msgspec.structs.replace(LINE, degrees_of_freedom=nu)
    original = certificate(values(function=function))
    data = written(original)
    assert read(data, original).certificate == original
    root = etree.fromstring(data)
    region = root.find(f".//{{{SI}}}ellipsoidalRegionMUXMLList")
    assert region is not None
    assert [each.text for each in region[1:]] == [f"{k:.4f}", "0.95", distribution]
    units = [each.text for each in region.iter(f"{{{SI}}}unitXMLList")]
    assert units[0] == (r"\degreecelsius\tothe{2} \degreecelsius \one")


@pytest.mark.parametrize(
    ("form", "coefficients"), [("power", (0.1, 0.9, 0.06)), ("exponential", (-9.0, 9.0, 0.1))]
)
def test_curves_come_back_and_their_coefficients_are_of_the_arguments_number(
    form: str, coefficients: tuple[float, float, float]
) -> None:
    function = msgspec.structs.replace(
        LINE, form=form, coefficients=coefficients, centre=0.0, measuring_interval=(1.0, 20.0)
    )
    original = certificate(values(function=function))
    data = written(original)
    assert read(data, original).certificate == original
    units = [each.text for each in etree.fromstring(data).iter(f"{{{SI}}}unitXMLList")]
    assert units[0] == r"\degreecelsius \degreecelsius \one"


def test_knots_and_a_load_and_repeatability_come_back() -> None:
    function = CalibrationFunction(
        form="piecewise_linear",
        coefficients=(0.001, 0.002),
        covariance=((1e-8, 0.0), (0.0, 1e-8)),
        measuring_interval=(0.5, 40.0),
        knots=(0.5, 40.0),
    )
    result = CalibrationResult(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        unit="kW.h",
        result="relative_error",
        argument="load",
        argument_unit="kW",
        measuring_interval=(0.5, 40.0),
        condition="as_found",
        points=(Point(at=0.5, value=0.004, expanded_uncertainty=0.002, coverage_factor=2.13),),
        function=function,
        repeatability=0.01,
        conditions='23 Cel,  50 Hz; <dry> & "still"\n',
    )
    original = certificate(result)
    assert read(written(original), original).certificate == original


@pytest.mark.parametrize("statement", ["pass", "fail"])
def test_a_verification_comes_back(statement: str) -> None:
    original = msgspec.structs.replace(
        certificate(),
        kind="verification",
        conformity=Conformity(
            mpe_relative=0.02, statement="pass" if statement == "pass" else "fail"
        ),
    )
    assert read(written(original), original).certificate == original


def test_standards_come_back_with_their_shares() -> None:
    original = msgspec.structs.replace(
        certificate(values(POINT)),
        standards=(
            StandardUsed(
                influence="std:NIM/REF-7",
                certificate="REF 7",
                relative_standard_uncertainty=1e-4,
                degrees_of_freedom=12.5,
            ),
            StandardUsed(influence="crm:GBW1/2"),
        ),
    )
    assert read(written(original), original).certificate == original


def test_a_unit_that_d_si_does_not_have_is_defined_in_a_statement() -> None:
    result = msgspec.structs.replace(
        values(POINT),
        kind_of_quantity=KindOfQuantity.REACTIVE_POWER,
        unit="kV.A{reactive}",
        argument_unit="kV.A{reactive}",
    )
    original = certificate(result)
    data = written(original)
    assert read(data, original).certificate == original
    assert b"<dcc:nonSIUnit>|kV.A{reactive}</dcc:nonSIUnit>" in data


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"instrument": Instrument(maker="M", model="T", serial="")}, "value"),
        ({"instrument": Instrument(maker="M", model=" T", serial="1")}, "model"),
        ({"instrument": Instrument(maker="M", model="T\x01", serial="1")}, "content"),
        ({"instrument": Instrument(maker="M  M", model="T", serial="1")}, "instrument"),
        ({"laboratory": Laboratory(name="L\tL")}, "laboratory"),
        (
            {
                "results": (
                    values(Point(at=1.0, value=1.0, expanded_uncertainty=0.1, coverage_factor=0.5)),
                )
            },
            "coverageFactor",
        ),
    ],
)
def test_what_a_dcc_cannot_say_is_refused_by_name(change: dict[str, object], name: str) -> None:
    with pytest.raises(DccExportError) as wrong:
        written(msgspec.structs.replace(certificate(values(POINT)), **change))
    assert wrong.value.facts["name"] == name


def test_numbers_that_d_si_cannot_carry_are_refused() -> None:
    huge = values(Point(at=1.0, value=1e308, expanded_uncertainty=0.1))
    with pytest.raises(DccError, match="E_DCC_NUMBER"):
        written(certificate(huge))
