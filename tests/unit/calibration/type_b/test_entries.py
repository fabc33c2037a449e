"""Entries for certificates and confirmations: pasted, they state the same influences."""

import datetime as dt
from pathlib import Path

import pytest

from calibration.basis import UncertaintyBasis, calibration_of
from calibration.certificate import CalibrationCertificate, Conformity, Instrument
from calibration.confirmation import MetrologicalConfirmation
from calibration.laboratory import Laboratory
from calibration.register import InForce
from calibration.type_b.electricity import meter_evaluations
from calibration.type_b.entries import confirmation_entries
from calibration.type_b.evaluation import TypeBEvaluation
from calibration.type_b.load import read_data_sheet
from calibration.type_b.reading import sheet_evaluations
from tests.unit.calibration.type_b.loads import meter, transformers
from tests.unit.calibration.type_b.sheets import CORIOLIS

DAY = dt.date(2026, 3, 2)
INSTANT = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


def verified(mpe_relative: float) -> CalibrationCertificate:
    return CalibrationCertificate(
        schema=1,
        id="V-1",
        kind="verification",
        performed_on=DAY,
        recorded_at=INSTANT,
        instrument=Instrument(maker="", model="", serial="S1"),
        laboratory=Laboratory(name=""),
        conformity=Conformity(mpe_relative=mpe_relative, statement="pass"),
    )


def confirmed(**more: object) -> MetrologicalConfirmation:
    return MetrologicalConfirmation(
        schema=1,
        id="M-1",
        certificate="V-1",
        serial="S1",
        requirement="",
        decision="pass",
        rule="",
        fitted_by="",
        effective_from=INSTANT,
        due_on=DAY,
        confirmed_by="",
        recorded_at=INSTANT,
        **more,  # type: ignore[arg-type]
    )


def test_a_verification_with_the_entries_has_the_shares_of_the_evaluations() -> None:
    found = (
        *meter_evaluations(meter("iec62053-22/0.5S", 0.3, "0.8")),
        *transformers("iec61869-2/0.5S", 0.3, "0.8", "CT1"),
    )
    entries = confirmation_entries(found, "S1")
    assert entries.mpe_relative == 0.006
    confirmation = confirmed(influences=entries.influences)
    certificate = verified(entries.mpe_relative)
    inside = InForce(confirmation=confirmation, certificate=certificate, result=None)
    applied = calibration_of(inside, None)
    assert applied.basis == UncertaintyBasis.VERIFICATION
    assert applied.shares == tuple(each.share for each in found)


def test_the_meters_own_class_stands_for_itself_and_is_not_declared_twice() -> None:
    found = meter_evaluations(meter("iec62053-22/0.5S", 0.3, "0.8"))
    assert confirmation_entries(found, "S1").influences == ()
    of_another = confirmation_entries(found, "S2")
    assert of_another.mpe_relative is None
    assert [each.id for each in of_another.influences] == ["inst:S1/class"]


def evaluated(folder: Path) -> tuple[TypeBEvaluation, ...]:
    path = folder / "sheet.toml"
    path.write_text(CORIOLIS, "utf-8")
    return sheet_evaluations(read_data_sheet(path), 40.0, "C1", UncertaintyBasis.NAMEPLATE)


def test_what_is_new_in_each_reading_is_no_influence_of_a_confirmation(tmp_path: Path) -> None:
    entries = confirmation_entries(evaluated(tmp_path), "C1", 40.0)
    assert entries.repeatability == {"fresh:C1/repeatability": pytest.approx(40.0 * 0.00025)}
    assert [each.id for each in entries.influences] == [
        "inst:C1/class",
        "inst:C1/temperature",
        "inst:C1.swing/temperature",
        "inst:C1/drift",
        "inst:C1.resolution/class",
    ]
    assert entries.mpe_relative is None


def test_what_adds_nothing_has_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    path.write_text(CORIOLIS.replace("years_since_calibration = 2.0\n", ""), "utf-8")
    found = sheet_evaluations(read_data_sheet(path), 40.0, "C1", UncertaintyBasis.NAMEPLATE)
    ids = [each.id for each in confirmation_entries(found, "C1", 40.0).influences]
    assert "inst:C1/drift" not in ids
