import datetime as dt

import msgspec
import pytest

from calibration.certificate import CalibrationResult
from calibration.confirmation import FunctionApplied
from calibration.errors import CalibrationError, CertificateError, NotFiniteError, OutOfRangeError
from calibration.event import IntermediateCheck, ParameterReading
from calibration.load import SourceFile, parse_event, register_of
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister, InForce, NotConfirmed, result_of
from calibration.timeline import Installed, timeline_of
from tests.unit.calibration.documents import CERTIFICATE, CONFIRMATION
from tests.unit.calibration.examples import day, polynomial
from tests.unit.calibration.history.years import (
    MC_2025,
    SERIAL,
    YEARS,
    check,
    checked,
    energy,
    event,
    withdrawn,
)

replace = msgspec.structs.replace
ACTIVE = KindOfQuantity.ACTIVE_ENERGY
READBACK = """\
schema = 1
event = "parameter_readback"
serial = "2301-8812"
at = 2026-04-01T08:00:00Z
recorded_at = 2026-04-01T09:00:00Z
recorded_by = "Li Wei"

[[parameters]]
name = "ct_ratio"
found = 60.0
expected = 40.0
"""


def _at(register: CalibrationRegister, at: str, known_at: str | None = None) -> str:
    known = None if known_at is None else day(known_at)
    found = register.in_force(SERIAL, ACTIVE, day(at), known)
    if isinstance(found, InForce):
        return found.confirmation.id
    return found.because.event if found.because is not None else ""


def test_e_n_is_the_difference_by_both_uncertainties() -> None:
    assert check(100.14).normalised_deviation == pytest.approx(0.14 / 0.02**0.5)
    assert check(100.14).passes
    assert not check(100.15).passes
    assert not check(99.8).passes


@pytest.mark.parametrize("kind", ["repair", "adjustment", "seal_broken"])
def test_an_event_that_changes_the_instrument_ends_its_confirmation(kind: str) -> None:
    register = replace(YEARS, events=(event(kind, "2025-05-01"),))
    assert _at(register, "2025-04-30") == "MC-2025"
    assert _at(register, "2025-05-01") == kind
    assert _at(register, "2026-01-08") == "MC-2026"  # confirmed again


@pytest.mark.parametrize("kind", ["installation", "removal", "seal_applied"])
def test_an_event_that_changes_nothing_in_it_does_not(kind: str) -> None:
    assert _at(replace(YEARS, events=(event(kind, "2025-05-01"),)), "2025-06-01") == "MC-2025"


def test_what_was_not_known_then_does_not_count_then() -> None:
    late = replace(event("repair", "2025-05-01"), recorded_at=day("2025-08-01"))
    register = replace(YEARS, events=(late,))
    assert _at(register, "2025-06-01", known_at="2025-07-31") == "MC-2025"
    assert _at(register, "2025-06-01", known_at="2025-08-01") == "repair"


def test_a_check_and_a_read_back_end_it_only_where_they_disagree() -> None:
    assert _at(replace(YEARS, events=(checked("2025-05-01", 100.0),)), "2025-06-01") == "MC-2025"
    failed = replace(YEARS, events=(checked("2025-05-01", 101.0),))
    assert _at(failed, "2025-06-01") == "intermediate_check"
    agrees = ParameterReading(name="ct_ratio", found=40.0, expected=40.0)
    differs = replace(agrees, found=60.0)
    near = ParameterReading(name="span", found=20.01, expected=20.0, relative_limit=0.001)
    for parameters, expected in (
        ((agrees, near), "MC-2025"),
        ((agrees, differs), "parameter_readback"),
    ):
        told = event("parameter_readback", "2025-05-01", parameters=parameters)
        assert _at(replace(YEARS, events=(told,)), "2025-06-01") == expected


def test_a_withdrawn_certificate_never_supported_anything() -> None:
    register = replace(YEARS, events=(withdrawn("C-2026", "2026-03-01"),))
    assert _at(register, "2026-02-01") == "MC-2025"
    assert _at(register, "2026-02-01", known_at="2026-02-28") == "MC-2026"


def test_a_timeline_changes_where_an_event_ends_a_confirmation() -> None:
    register = replace(YEARS, events=(event("repair", "2025-05-01"),))
    installed = [Installed(from_ns=0, serial=SERIAL, nameplate_mpe_relative=0.01)]
    found = timeline_of(register, installed, ACTIVE, "kW.h")
    assert [each.basis.value for each in found.calibrations] == [
        "nameplate",
        "covariance_assumed",
        "nameplate",
        "covariance_assumed",
    ]
    assert found.from_ns[2] == int(day("2025-05-01").timestamp()) * 10**9


def test_a_function_that_the_user_fitted_stands_in_place_of_the_points() -> None:
    own = polynomial(0.0012, covariance=[[1e-8]])
    applied = FunctionApplied(kind_of_quantity=ACTIVE, function=own)
    register = replace(YEARS, confirmations=(replace(MC_2025, functions=(applied,)),))
    found = register.in_force(SERIAL, ACTIVE, day("2025-06-01"))
    assert isinstance(found, InForce)
    assert found.result is not None
    assert found.result.function == own


def test_a_result_that_names_the_channel_comes_before_one_for_any() -> None:
    certificate = YEARS.certificates[0]
    general, phase = energy((5.0, 0.001)), replace(energy((5.0, 0.002)), channel="energy_l1")
    certificate = replace(certificate, results=(general, phase))
    assert result_of(certificate, ACTIVE, "energy_l1") == phase
    assert result_of(certificate, ACTIVE, "energy_l2") == general
    assert result_of(replace(certificate, results=(phase,)), ACTIVE, "energy_l2") is None


def test_two_results_for_the_same_indications_are_refused() -> None:
    twice: tuple[CalibrationResult, ...] = (energy((5.0, 0.001)), energy((5.0, 0.002)))
    with pytest.raises(CertificateError, match="stated twice"):
        replace(YEARS.certificates[0], results=twice)


def test_an_event_file_is_told_from_the_others_and_acts() -> None:
    files = [
        SourceFile(name=f"{k}.toml", data=text.encode())
        for k, text in enumerate((CERTIFICATE, CONFIRMATION, READBACK))
    ]
    register = register_of(files)
    found = register.in_force("2301-8812", ACTIVE, day("2026-05-01"))
    assert isinstance(found, NotConfirmed)
    assert found.because == register.events[0]
    assert register.events[0].at == dt.datetime(2026, 4, 1, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        ('serial = "2301-8812"\n', "", "'serial' is missing"),
        ('"parameter_readback"', '"certificate_withdrawn"', "'certificate' is missing"),
        ('"parameter_readback"', '"intermediate_check"', "'check' is missing"),
        ('"parameter_readback"', '"calibrated"', "Invalid enum value"),
        ("at = 2026-04-01T08:00:00Z", "at = 2026-04-01T08:00:00", "no time zone"),
        ("found = 60.0", "found = nan", "finite"),
        ("found = 60.0", "value = 60.0", "unknown"),
    ],
)
def test_a_wrong_event_file_is_refused_by_key(was: str, now: str, what: str) -> None:
    with pytest.raises(CalibrationError, match=what):
        parse_event(READBACK.replace(was, now, 1).encode(), "event.toml")


def test_a_check_needs_numbers_that_can_be_compared() -> None:
    content = msgspec.structs.asdict(check(100.0))
    with pytest.raises(NotFiniteError):
        IntermediateCheck(**{**content, "indication": float("inf")})
    with pytest.raises(OutOfRangeError):
        IntermediateCheck(**{**content, "limit": -1.0})
    both = {"expanded_uncertainty": 0.0, "reference_expanded_uncertainty": 0.0}
    with pytest.raises(CertificateError, match="has an uncertainty"):
        IntermediateCheck(**{**content, **both})
