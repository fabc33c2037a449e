"""The documents of a plant: every instrument calibrated or verified, and confirmed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from msgspec.structs import replace

from device_profiles.model import DeviceProfile
from simulators.certificate import CalibrationCertificate, Confirmation, InstrumentIdentity
from simulators.confirm import Period, Requirement, confirm
from simulators.instant import instant_ns
from simulators.instrument import aged
from simulators.issue import issue, issue_confirmation
from simulators.laboratory import CalibrationOrder, calibrate, verify
from simulators.place import Instrument, Place
from simulators.plant import Plant, forms, installed_at, stream
from simulators.scenario import AsFoundForm, CalibrationForm, InstrumentForm, Scenario
from simulators.standing import channel_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """One instrument's certificate and its confirmation."""

    certificate: CalibrationCertificate
    confirmation: Confirmation


def certify(plant: Plant) -> tuple[Certified, ...]:
    """The documents of all instruments that the scenario calibrates, in its order.

    Raises:
        SimulatorError: points or repeats that no function can be fitted to.
    """
    certified = []
    for number, form in enumerate(forms(plant.scenario), start=1):
        if form.calibration is not None and form.requirement is not None:
            certified.append(_certified(plant, form, form.calibration, form.requirement, number))
    return tuple(certified)


def documents(certified: tuple[Certified, ...]) -> dict[str, str]:
    """The documents as TOML, by file name."""
    texts = {f"{one.certificate.id}.toml": issue(one.certificate) for one in certified}
    confirmations = (one.confirmation for one in certified)
    return texts | {f"{one.id}.toml": issue_confirmation(one) for one in confirmations}


def found_later(plant: Plant) -> dict[int, dict[str, str]]:
    """What the laboratory finds of instruments that were taken down: documents by file name.

    The certificate states the errors as found, drift included, at the points of the calibration
    before; the confirmation decides by them. They are told by the instant, UTC ns, at which they
    come in.

    Raises:
        SimulatorError: points or repeats that no function can be fitted to.
    """
    found: dict[int, dict[str, str]] = {}
    number = len(forms(plant.scenario))
    for form in plant.scenario.instruments:
        later = form.exchange and form.exchange.as_found
        if later and form.calibration and form.requirement:
            number += 1
            one = _found(plant, form, later, form.calibration, form.requirement, number)
            texts = found.setdefault(instant_ns(later.received_at), {})
            texts |= documents((one,))
    return found


def _found(
    plant: Plant,
    form: InstrumentForm,
    later: AsFoundForm,
    calibration: CalibrationForm,
    requirement: Requirement,
    number: int,
) -> Certified:
    place, instrument = _standing(plant, form.serial)
    again = replace(calibration, performed_on=later.performed_on)
    order = replace(
        _order(plant.scenario, form, place.site.profile, again, number),
        recorded_at=later.received_at,
        condition="as_found",
    )
    certificate = calibrate(
        order,
        aged(instrument.truth, instant_ns(later.received_at)),
        plant.standards[calibration.standard],
        plant.scenario.laboratory.as_issuer(),
        stream(plant.scenario, "as found", form.serial),
    )
    period = Period(
        effective_from=later.received_at,
        due_on=later.performed_on + timedelta(days=calibration.valid_days),
        due_reason=f"{calibration.valid_days} days after the calibration",
        recorded_at=later.received_at,
    )
    name = f"MC-{number:04d}"
    decided = confirm(name, certificate, requirement, period, plant.scenario.factory)
    return Certified(certificate=certificate, confirmation=decided)


def _certified(
    plant: Plant,
    form: InstrumentForm,
    calibration: CalibrationForm,
    requirement: Requirement,
    number: int,
) -> Certified:
    certificate = _certificate(plant, form, calibration, requirement.mpe_relative, number)
    confirmation = confirm(
        f"MC-{number:04d}",
        certificate,
        requirement,
        _period(plant.scenario, form, calibration),
        plant.scenario.factory,
    )
    return Certified(certificate=certificate, confirmation=confirmation)


def _certificate(
    plant: Plant,
    form: InstrumentForm,
    calibration: CalibrationForm,
    mpe_relative: float,
    number: int,
) -> CalibrationCertificate:
    place, instrument = _standing(plant, form.serial)
    order = _order(plant.scenario, form, place.site.profile, calibration, number)
    standard = plant.standards[calibration.standard]
    issuer = plant.scenario.laboratory.as_issuer()
    rng = stream(plant.scenario, "calibration", form.serial)
    if calibration.kind == "verification":
        return verify(order, instrument.truth, standard, issuer, mpe_relative, rng)
    return calibrate(order, instrument.truth, standard, issuer, rng)


def _standing(plant: Plant, serial: str) -> tuple[Place, Instrument]:
    return next(
        (place, instrument)
        for place in plant.places
        for instrument in place.instruments
        if instrument.serial == serial
    )


def _order(
    scenario: Scenario,
    form: InstrumentForm,
    profile: DeviceProfile,
    calibration: CalibrationForm,
    number: int,
) -> CalibrationOrder:
    channel = channel_of(form, profile, calibration.channel)
    return CalibrationOrder(
        certificate=f"{scenario.laboratory.id}-{calibration.performed_on.year}-{number:04d}",
        instrument=InstrumentIdentity(maker=profile.maker, model=profile.model, serial=form.serial),
        kind_of_quantity=channel.kind_of_quantity,
        unit=channel.unit,
        argument_unit=calibration.argument_unit,
        points=calibration.points,
        repeats=calibration.repeats,
        repeatability=calibration.repeatability,
        performed_on=calibration.performed_on,
        recorded_at=_received(calibration),
        result=calibration.result,
        form=calibration.form,
        degree=calibration.degree,
    )


def _period(scenario: Scenario, form: InstrumentForm, calibration: CalibrationForm) -> Period:
    received = _received(calibration)
    installed = installed_at(scenario, form)
    from_stock = installed > scenario.begins_at
    effective = installed if from_stock else received + timedelta(days=1)
    return Period(
        effective_from=effective,
        due_on=calibration.performed_on + timedelta(days=calibration.valid_days),
        due_reason=f"{calibration.valid_days} days after the {calibration.kind}",
        recorded_at=effective,
    )


def _received(calibration: CalibrationForm) -> datetime:
    """The day after the calibration, when its certificate comes in."""
    return datetime.combine(calibration.performed_on + timedelta(days=1), time(0), tzinfo=UTC)
