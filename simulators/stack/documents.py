"""What is issued about a stack: certificates of cylinders and traverses, and what they support.

The coefficient of a traverse and the area of the duct are declared, by a setting that cites the
document. There is no confirmation of the traverse's certificate: with one the flow meter's own
indications would be corrected, and K_v be applied twice.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    DeclaredSetting,
    InstrumentIdentity,
    PolynomialFunction,
    StandardUsed,
)
from simulators.issue import issue, issue_reference_material, issue_setting
from simulators.laboratory_form import LaboratoryForm
from simulators.stack.cylinder import Cylinder
from simulators.stack.reference import Traverse
from simulators.stack.truth import Stack

DEGREES_OF_FREEDOM = 19.0


def stack_documents(
    stack: Stack,
    laboratory: LaboratoryForm,
    cylinders: Sequence[Cylinder],
    traverses: Sequence[Traverse],
    decided_by: str,
) -> dict[str, str]:
    """The documents as TOML, by file name."""
    texts = {
        f"{each.certificate}.toml": issue_reference_material(each, laboratory.as_issuer())
        for each in cylinders
    }
    texts |= _named(_area(stack, decided_by))
    for traversed in traverses:
        texts |= dict(_coefficient(stack, laboratory, traversed, decided_by))
    return texts


def instrument_serial(stack: Stack, quantity: str) -> str:
    """The serial number of one of a stack's instruments."""
    return f"{stack.id}-{quantity}"


def _coefficient(
    stack: Stack, laboratory: LaboratoryForm, traversed: Traverse, decided_by: str
) -> Iterator[tuple[str, str]]:
    certificate = coefficient_certificate(stack, laboratory, traversed)
    text = issue(certificate)
    yield f"{certificate.id}.toml", text
    declared = DeclaredSetting(
        id=f"SET-{certificate.id}",
        setting="velocity_coefficient",
        subject=stack.id,
        effective_from=certificate.recorded_at,
        recorded_at=certificate.recorded_at,
        decided_by=decided_by,
        reason=f"traverse of {certificate.performed_on.isoformat()}",
        value=traversed.kv,
        unit="1",
        standard_uncertainty=traversed.standard_uncertainty,
        document=certificate.id,
        document_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    yield from _named(declared).items()


def _area(stack: Stack, decided_by: str) -> DeclaredSetting:
    """The drawing's area; it holds from the commissioning on."""
    since = datetime.fromtimestamp(stack.commissioned_ns // 1_000_000_000, UTC)
    area = stack.spec.duct.area_m2
    return DeclaredSetting(
        id=f"SET-AREA-{stack.id}",
        setting="stack_area",
        subject=stack.id,
        effective_from=since,
        recorded_at=since,
        decided_by=decided_by,
        reason="as built",
        value=area,
        unit="m2",
        standard_uncertainty=area * stack.spec.duct.area_standard_uncertainty,
        document=f"DRAWING-{stack.id}",
    )


def _named(declared: DeclaredSetting) -> dict[str, str]:
    return {f"{declared.id}.toml": issue_setting(declared)}


def coefficient_certificate(
    stack: Stack, laboratory: LaboratoryForm, traversed: Traverse
) -> CalibrationCertificate:
    """The certificate of a traverse: the flow meter's relative error e, with K_v = 1/(1 + e)."""
    performed = _day(traversed.from_ns)
    standard = f"PITOT-{performed.year}"
    meter = stack.spec.sensors["velocity"]
    return CalibrationCertificate(
        id=f"KV-{stack.id}-{performed.isoformat()}",
        kind="calibration",
        performed_on=performed,
        recorded_at=datetime.combine(performed + timedelta(days=1), time(0), tzinfo=UTC),
        instrument=InstrumentIdentity(
            maker=meter.maker, model=meter.model, serial=instrument_serial(stack, "velocity")
        ),
        laboratory=laboratory.as_issuer(),
        standards=(
            StandardUsed(
                influence=f"std:{laboratory.id}/{standard}",
                certificate=standard,
                relative_standard_uncertainty=traversed.pitot,
            ),
        ),
        results=(_result(traversed, meter.ranges[-1]),),
    )


def _result(traversed: Traverse, top: float) -> CalibrationResult:
    error = 1 / traversed.kv - 1
    own = math.hypot(traversed.section, traversed.scatter) * (1 + error)
    whole = traversed.standard_uncertainty / traversed.kv * (1 + error)
    return CalibrationResult(
        kind_of_quantity="velocity",
        unit="m/s",
        result="relative_error",
        argument_unit="m/s",
        condition="as_left",
        measuring_interval=(0.5, top),
        points=(
            CalibrationPoint(
                at=traversed.mean_velocity,
                value=error,
                expanded_uncertainty=2 * whole,
                coverage_factor=2.0,
            ),
        ),
        function=PolynomialFunction(
            centre=traversed.mean_velocity,
            coefficients=(error,),
            covariance=((own**2,),),
            degrees_of_freedom=DEGREES_OF_FREEDOM,
        ),
    )


def _day(at_ns: int) -> date:
    return datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).date()
