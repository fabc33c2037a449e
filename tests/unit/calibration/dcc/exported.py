"""Certificates that tests write as DCC and read again."""

import datetime as dt

from calibration.certificate import CalibrationCertificate, CalibrationResult, Instrument, Point
from calibration.dcc.mapping import Choices
from calibration.dcc.transfer import Imported, export_certificate, import_document
from calibration.function import CalibrationFunction
from calibration.laboratory import Laboratory
from calibration.measurand import KindOfQuantity
from tests.unit.calibration.dcc.dcc_documents import (
    schemas,
)

CAME = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


SCHEMAS = schemas()


def written(certificate: CalibrationCertificate) -> bytes:
    return export_certificate(certificate, "v0.3.0", SCHEMAS)


def read(data: bytes, certificate: CalibrationCertificate) -> Imported:
    choices = Choices(
        recorded_at=certificate.recorded_at, document_sha256=certificate.document_sha256
    )
    return import_document(data, "a.xml", choices, SCHEMAS)


def certificate(*results: CalibrationResult) -> CalibrationCertificate:
    return CalibrationCertificate(
        schema=1,
        id="CAL-1",
        kind="calibration",
        performed_on=dt.date(2026, 2, 1),
        recorded_at=CAME,
        instrument=Instrument(maker="Maker", model="T1", serial="S-1"),
        laboratory=Laboratory(name="Laboratory", accreditation="L0001", scope="temperature"),
        results=results,
        document_sha256="ab" * 32,
    )


def values(*points: Point, function: CalibrationFunction | None = None) -> CalibrationResult:
    return CalibrationResult(
        kind_of_quantity=KindOfQuantity.TEMPERATURE,
        unit="Cel",
        result="value",
        argument="indication",
        argument_unit="Cel",
        measuring_interval=(0.0, 100.0),
        points=points,
        function=function,
    )


POINT = Point(at=10.0, value=9.9, expanded_uncertainty=0.04)


LINE = CalibrationFunction(
    form="polynomial",
    coefficients=(10.02, 0.998, 1e-7),
    covariance=((1.6e-3, -1e-5, 0.0), (-1e-5, 4e-6, 1e-9), (0.0, 1e-9, 1e-12)),
    measuring_interval=(1.0, 90.0),
    centre=10.0,
    degrees_of_freedom=9.0,
)
