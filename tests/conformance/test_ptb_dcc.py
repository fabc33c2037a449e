"""PTB's Digital Calibration Certificates: its good-practice sample, its schemas, its signatures.

The sample GP_DCC_temperature_typical 1.2 is PTB's (DCC 3.1.1, LGPL-3.0); its signed edition and
the certificates of its signer come from siemens/pydcc. Numbers are those printed in the sample.
"""

import datetime as dt

import pytest

from calibration.dcc.document import parse_document
from calibration.dcc.errors import DccError, DccManipulatedError
from calibration.dcc.mapping import Choices
from calibration.dcc.read import read_certificate
from calibration.dcc.schema import check_schema
from calibration.dcc.signature import check_signatures
from calibration.dcc.transcript import TranscribedCertificate
from calibration.dcc.transfer import import_document
from calibration.dcc.trust import Trust, trust_of
from calibration.distribution import from_expanded
from tests.unit.calibration.dcc.dcc_documents import (
    INVALID,
    MANIPULATED,
    PLAIN,
    RANGE,
    SIGNED,
    TEMPERATURES,
    WEIGHTS,
    authorities,
    document,
    sample,
    schemas,
)

SIGNED_AT = dt.datetime(2023, 3, 27, 15, 14, 30, tzinfo=dt.UTC)
TODAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
REFERENCE = (306.248, 373.121, 448.253, 523.319, 593.154)
INDICATED = (306.32, 373.21, 448.36, 523.31, 593.07)
ERROR = (0.072, 0.089, 0.107, -0.009, -0.084)
ACCEPTANCE = (0.23, 0.23, 0.23, 0.30, 0.30)


@pytest.fixture(scope="module")
def content() -> TranscribedCertificate:
    return read_certificate(parse_document(sample(PLAIN), PLAIN), PLAIN)


@pytest.fixture(scope="module")
def trust() -> Trust:
    return trust_of(authorities())


def test_the_columns_of_the_sample_are_kept_as_printed(content: TranscribedCertificate) -> None:
    (table,) = content.measurements[0].results[0].data.tables
    reference, measured, error = table.quantities
    assert reference.renderings[0].values == REFERENCE
    assert measured.renderings[0].values == INDICATED
    assert error.renderings[0].values == ERROR
    assert reference.renderings[1].values == (33.098, 99.971, 175.103, 250.169, 320.004)
    assert [each.units for each in reference.renderings] == [(r"\kelvin",), (r"\degreecelsius",)]


def test_one_U_stands_for_five_values(content: TranscribedCertificate) -> None:
    """expandedUncXMLList has one entry, 0.061 with k = 2, p = 0.95, for five values."""
    error = content.measurements[0].results[0].data.tables[0].quantities[2]
    stated = error.renderings[0].uncertainty
    assert stated is not None
    assert (stated.values, stated.coverage_factors) == ((0.061,), (2.0,))
    assert (stated.coverage_probabilities, stated.distributions) == ((0.95,), ("normal",))


def test_the_limits_of_acceptance_are_kept(content: TranscribedCertificate) -> None:
    error = content.measurements[0].results[0].data.tables[0].quantities[2]
    lower, upper = error.statements[0].data.quantities
    assert lower.renderings[0].values == tuple(-limit for limit in ACCEPTANCE)
    assert upper.renderings[0].values == ACCEPTANCE
    assert error.statements[0].conformity == ("pass",)


def test_administrative_data_are_kept(content: TranscribedCertificate) -> None:
    assert (content.identifier, content.country) == ("GP_DCC_temperature_typical_1.2", "DE")
    assert (content.languages, content.mandatory_languages) == (("de", "en"), ("de",))
    assert [each.value for each in content.items[0].identifications] == [
        "string-manufacturer-item",
        "string-customer-item",
        "string-calibrationLaboratory-item",
    ]
    assert [each.contact.name[0].text for each in content.persons if each.main_signer] == [
        "Michaela Musterfrau"
    ]
    assert content.measurements[0].methods[1].norms == ("DKD-R 5-1:2018",)
    assert ("postCode", "00900") in content.customer.details


def test_the_sample_makes_points_of_indication_minus_error_with_u_of_30_5_mK() -> None:
    choices = Choices(recorded_at=TODAY, document_sha256="")
    found = import_document(sample(PLAIN), PLAIN, choices, schemas()).certificate
    assert found is not None
    (result,) = found.results
    assert tuple(point.at for point in result.points) == INDICATED
    assert tuple(point.value for point in result.points) == REFERENCE
    u = [from_expanded(p.expanded_uncertainty, p.coverage_factor) for p in result.points]
    assert u == [0.0305] * 5
    assert result.measuring_interval == (306.0, 593.0)
    assert found.performed_on == dt.date(1957, 8, 13)


def test_the_signed_sample_is_intact_and_trusted_at_its_time_of_signing(trust: Trust) -> None:
    """XAdES, two references, ECDSA with SHA-256; the certificate ended on 2024-12-02."""
    checked = check_signatures(sample(SIGNED), SIGNED, trust, TODAY)
    assert checked.outcome == "intact, signer trusted"
    (signature,) = checked.signatures
    assert (signature.form, signature.signed_at) == ("XAdES", SIGNED_AT)
    assert signature.signer == "CN=Calibration Lab A1,O=Calibration A GmbH,C=DE"
    assert [each.code for each in checked.findings] == ["F_DCC_SIGNER_EXPIRED"]
    assert "2024-12-02" in checked.findings[0].en


def test_before_the_signers_end_nothing_is_told(trust: Trust) -> None:
    assert check_signatures(sample(SIGNED), SIGNED, trust, SIGNED_AT).findings == ()


def test_the_manipulated_sample_is_refused_at_any_time(trust: Trust) -> None:
    for at in (SIGNED_AT, TODAY):
        with pytest.raises(DccManipulatedError, match="Digest mismatch"):
            check_signatures(sample(MANIPULATED), MANIPULATED, trust, at)


def test_the_signed_sample_says_the_same_as_the_plain_one(
    trust: Trust, content: TranscribedCertificate
) -> None:
    checked = check_signatures(sample(SIGNED), SIGNED, trust, TODAY)
    signed = read_certificate(parse_document(checked.data, SIGNED), SIGNED)
    assert signed.measurements == content.measurements
    assert signed.statements == content.statements


@pytest.mark.parametrize("name", [PLAIN, SIGNED, MANIPULATED, WEIGHTS])
def test_samples_follow_their_schemas(name: str) -> None:
    """DCC 3.1.1, 3.2.0 twice, and 2.3.0."""
    check_schema(parse_document(sample(name), name), name, schemas())


def test_an_empty_identifier_breaks_the_schema() -> None:
    """uniqueIdentifier '' does not fit the pattern of notEmptyStringType."""
    with pytest.raises(DccError, match=r"E_DCC_SCHEMA.*uniqueIdentifier.*pattern"):
        check_schema(parse_document(sample(INVALID), INVALID), INVALID, schemas())


def test_the_documents_that_tests_are_made_of_follow_the_schema_3_3_0() -> None:
    data = document(TEMPERATURES, statements=RANGE)
    check_schema(parse_document(data, "a.xml"), "a.xml", schemas())


def test_a_weight_set_of_dcc_2_3_is_read_with_both_its_items() -> None:
    found = read_certificate(parse_document(sample(WEIGHTS), WEIGHTS), WEIGHTS)
    assert [each.id for each in found.items] == ["dcc10g", "dcc100g"]
    mass = found.measurements[0].results[0].data.tables[0].quantities[2].renderings[0]
    assert (mass.values, mass.units, mass.labels) == (
        (10.000006e-3,),
        (r"\kilogram",),
        ("10 g + 0,006 mg",),
    )
    assert mass.uncertainty is not None
    assert mass.uncertainty.values == (0.000004e-3,)
    humidity = found.measurements[0].conditions[0].data.tables[0].tables[1].quantities[0]
    assert humidity.renderings[0].units == (r"\percent",)
