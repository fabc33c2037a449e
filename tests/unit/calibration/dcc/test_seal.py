"""Whether a DCC bears out a certificate: of a foreign laboratory, and made of parts."""

import datetime as dt

import msgspec
import pytest

from calibration.certificate import CalibrationCertificate, Conformity, Point
from calibration.dcc.errors import DccManipulatedError
from calibration.dcc.mapping import Choices
from calibration.dcc.seal import Seal, seal_of
from calibration.dcc.transfer import export_certificate, import_document
from calibration.dcc.trust import Trust, trust_of
from tests.unit.calibration.dcc.dcc_documents import (
    CAME,
    MANIPULATED,
    RANGE,
    SIGNED,
    TEMPERATURES,
    authorities,
    document,
    sample,
)
from tests.unit.calibration.dcc.exported import LINE, POINT, certificate, values
from tests.unit.calibration.dcc.signing import authority, xml_signed

OF_PARTS = xml_signed(document(TEMPERATURES, statements=RANGE))
TRUST = trust_of({"authority": authority().pem})


def taken(data: bytes) -> CalibrationCertificate:
    """The certificate that an import takes."""
    choices = Choices(recorded_at=CAME, document_sha256="0" * 64)
    found = import_document(data, "a.xml", choices).certificate
    assert found is not None
    return found


def with_result(data: bytes, **changes: object) -> CalibrationCertificate:
    """The same with something else in its first result."""
    mine = taken(data)
    first, *rest = mine.results
    results = (msgspec.structs.replace(first, **changes), *rest)
    return msgspec.structs.replace(mine, results=results)


def moved(point: Point, **by: float) -> Point:
    return msgspec.structs.replace(
        point, **{name: getattr(point, name) + step for name, step in by.items()}
    )


def of(certificate: CalibrationCertificate, trust: Trust | None = TRUST) -> Seal:
    return seal_of(OF_PARTS, certificate, trust)


def test_what_an_import_takes_from_ptbs_signed_example_is_borne_out() -> None:
    data = sample(SIGNED)
    found = seal_of(data, taken(data), trust_of(authorities()))
    assert (found.signature, found.differs, found.numbers) == ("intact, signer trusted", "", "same")
    assert all(each.issuer and each.serial_number for each in found.signatures)


def test_ptbs_manipulated_example_is_refused() -> None:
    mine = taken(sample(SIGNED))
    with pytest.raises(DccManipulatedError):
        seal_of(sample(MANIPULATED), mine, None)


def test_points_are_the_same_where_they_are_few_of_those_printed() -> None:
    (result,) = taken(OF_PARTS).results
    assert of(taken(OF_PARTS)).numbers == "same"
    assert of(with_result(OF_PARTS, points=result.points[1:])).numbers == "same"
    assert of(with_result(OF_PARTS, channel="t1", conditions="air")).numbers == "same"


@pytest.mark.parametrize("name", ["at", "value", "expanded_uncertainty", "coverage_factor"])
def test_one_other_number_of_a_point_is_found(name: str) -> None:
    (result,) = taken(OF_PARTS).results
    first, *rest = result.points
    found = of(with_result(OF_PARTS, points=(moved(first, **{name: 1e-6}), *rest)))
    assert (found.numbers, found.differs) == ("different", "results")
    noise = of(with_result(OF_PARTS, points=(moved(first, **{name: 1e-15}), *rest)))
    assert noise.numbers == "same"


def test_results_of_another_unit_or_state_are_not_compared() -> None:
    for change in ({"unit": "K"}, {"argument_unit": "K"}, {"condition": "as_found"}):
        found = of(with_result(OF_PARTS, **change))
        assert (found.numbers, found.differs) == ("not compared", "")


def test_a_function_that_the_document_does_not_state_is_not_compared() -> None:
    assert of(with_result(OF_PARTS, points=(), function=LINE)).numbers == "not compared"
    assert of(with_result(OF_PARTS, function=LINE)).numbers == "same"


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"id": "CAL-2"}, "id"),
        ({"performed_on": dt.date(2026, 2, 1)}, "performed_on"),
        ({}, ""),
    ],
)
def test_identity_is_compared(change: dict[str, object], differs: str) -> None:
    assert of(msgspec.structs.replace(taken(OF_PARTS), **change)).differs == differs


def test_another_serial_number_comes_before_all_else() -> None:
    mine = taken(OF_PARTS)
    other = msgspec.structs.replace(mine.instrument, serial="S-2")
    found = of(msgspec.structs.replace(mine, instrument=other, id="CAL-2"))
    assert (found.differs, found.numbers) == ("serial", "not compared")


def test_the_other_verdict_is_found() -> None:
    passed = Conformity(mpe_relative=0.01, statement="pass")
    stated = msgspec.structs.replace(
        certificate(values(POINT)), kind="verification", conformity=passed
    )
    data = export_certificate(stated, "v0.3.0")
    failed = Conformity(mpe_relative=0.01, statement="fail")
    assert seal_of(data, stated, None).differs == ""
    other = msgspec.structs.replace(stated, conformity=failed)
    assert seal_of(data, other, None).differs == "conformity"


def test_an_encoding_with_a_long_name_raises_nothing_foreign() -> None:
    """It is longer than the names that are refused; both parsers read UTF-8 all the same."""
    data = document(TEMPERATURES, statements=RANGE).replace(b"UTF-8", b"U" * 300, 1)
    assert seal_of(data, taken(OF_PARTS), None).signature == "unsigned"
