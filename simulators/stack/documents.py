"""What is issued about a stack: certificates of cylinders and of velocity-field coefficients."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    InstrumentIdentity,
    PolynomialFunction,
    StandardUsed,
)
from simulators.confirm import Period, Requirement, confirm
from simulators.issue import issue, issue_confirmation, issue_reference_material
from simulators.scenario import LaboratoryForm
from simulators.stack.cylinder import Cylinder
from simulators.stack.reference import Traverse
from simulators.stack.truth import Stack

VALID_DAYS = 365
DEGREES_OF_FREEDOM = 19.0
REQUIREMENT = Requirement(
    text="velocity-field coefficient found by traverse (simulated site)", mpe_relative=0.25
)


def stack_documents(
    stack: Stack,
    laboratory: LaboratoryForm,
    cylinders: Sequence[Cylinder],
    traverses: Sequence[Traverse],
    confirmed_by: str,
) -> dict[str, str]:
    """The documents as TOML, by file name."""
    texts = {
        f"{each.certificate}.toml": issue_reference_material(each, laboratory.as_issuer())
        for each in cylinders
    }
    for traversed in traverses:
        texts |= dict(_coefficient(stack, laboratory, traversed, confirmed_by))
    return texts


def flow_meter_serial(stack: Stack) -> str:
    """The serial number of a stack's flow meter."""
    return f"{stack.id}-velocity"


def _coefficient(
    stack: Stack, laboratory: LaboratoryForm, traversed: Traverse, confirmed_by: str
) -> Iterator[tuple[str, str]]:
    certificate = coefficient_certificate(stack, laboratory, traversed)
    yield f"{certificate.id}.toml", issue(certificate)
    received = certificate.recorded_at
    period = Period(
        effective_from=received,
        due_on=certificate.performed_on + timedelta(days=VALID_DAYS),
        due_reason=f"{VALID_DAYS} days after the traverse",
        recorded_at=received,
    )
    confirmation = confirm(f"MC-{certificate.id}", certificate, REQUIREMENT, period, confirmed_by)
    yield f"{confirmation.id}.toml", issue_confirmation(confirmation)


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
        recorded_at=datetime.combine(
            performed + timedelta(days=1), datetime.min.time(), tzinfo=UTC
        ),
        instrument=InstrumentIdentity(
            maker=meter.maker, model=meter.model, serial=flow_meter_serial(stack)
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
