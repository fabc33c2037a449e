import datetime as dt
import string

import msgspec
import pytest

from calibration.errors import CertificateError
from calibration.history.chain import chain, resting_on, resting_on_any, shared_influences
from calibration.history.due import due
from calibration.history.outcome import _SAID, CODES, RegisterOutcome
from calibration.history.review import review, serials
from calibration.laboratory import Capability
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from tests.unit.calibration.examples import day
from tests.unit.calibration.history.years import (
    FIRST,
    MC_2025,
    MC_2026,
    METER,
    REFERENCE,
    SECOND,
    SERIAL,
    STANDARD,
    YEARS,
    calibrated,
    checked,
    energy,
    event,
    withdrawn,
)

replace = msgspec.structs.replace
ON = dt.date(2026, 6, 1)


def codes(register: CalibrationRegister, on: dt.date | None = None) -> dict[str, RegisterOutcome]:
    """The outcomes of the meter by code; of equal codes the first."""
    found: dict[str, RegisterOutcome] = {}
    for each in review(register, SERIAL, on):
        found.setdefault(each.code, each)
    return found


def with_confirmations(*decided: object) -> CalibrationRegister:
    """The years with other confirmations of the meter."""
    return replace(YEARS, confirmations=(*decided, YEARS.confirmations[-1]))


def test_a_well_kept_register_has_notes_and_the_shift() -> None:
    found = codes(YEARS, ON)
    assert set(found) == {"superseded", "overlap", "shift"}
    assert (found["overlap"].since, found["overlap"].until) == (
        dt.date(2026, 1, 8),
        dt.date(2026, 1, 9),
    )
    assert found["shift"].what == "100 kW"
    assert [found[code].weight for code in ("overlap", "shift")] == ["note", "finding"]


def test_a_gap_is_the_time_in_which_nothing_was_in_date() -> None:
    late = replace(MC_2026, effective_from=day("2026-02-01"), recorded_at=day("2026-02-01"))
    found = codes(with_confirmations(MC_2025, late))["gap"]
    assert (found.since, found.until) == (dt.date(2026, 1, 10), dt.date(2026, 1, 31))


def test_a_confirmation_recorded_after_its_start_is_told_as_late() -> None:
    late = replace(MC_2026, recorded_at=day("2026-03-01"))
    assert codes(with_confirmations(MC_2025, late))["recorded_late"].until == dt.date(2026, 3, 1)


def test_of_two_from_one_instant_the_one_recorded_last_holds() -> None:
    again = replace(MC_2026, id="MC-2026b", recorded_at=day("2026-01-09"))
    assert codes(with_confirmations(MC_2026, again))["corrected"].other == "MC-2026b"


def test_what_is_due_is_judged_from_the_day_asked_for() -> None:
    assert "overdue" not in codes(YEARS, dt.date(2027, 1, 7))
    assert codes(YEARS, dt.date(2027, 1, 8))["overdue"].confirmation == "MC-2026"


def test_a_withdrawn_certificate_is_told_and_never_counts() -> None:
    found = codes(replace(YEARS, events=(withdrawn("C-2026", "2026-03-01"),)), ON)
    assert found["withdrawn"].confirmation == "MC-2026"
    assert found["overdue"].confirmation == "MC-2025"


def test_a_wrong_serial_and_a_missing_certificate_are_told() -> None:
    other = replace(FIRST, id="C-9", instrument=replace(METER, serial="B-9"))
    register = replace(
        with_confirmations(replace(MC_2025, certificate="C-9")),
        certificates=(*YEARS.certificates, other),
    )
    assert codes(register)["wrong_serial"].what == "B-9"
    missing = with_confirmations(replace(MC_2025, certificate="C-10"))
    assert codes(missing)["certificate_missing"].certificate == "C-10"


def test_a_confirmation_that_failed_or_was_ended_is_told() -> None:
    assert "failed" in codes(with_confirmations(replace(MC_2025, decision="fail")))
    broken = event("seal_broken", "2025-05-01", seals=("0417",))
    found = codes(replace(YEARS, events=(broken,)))["ended"]
    assert (found.confirmation, found.since, found.what) == (
        "MC-2025",
        dt.date(2025, 5, 1),
        "seal_broken",
    )


def test_effect_before_calibration_and_beyond_validity_is_told() -> None:
    early = replace(MC_2025, effective_from=day("2024-12-01"))
    assert "before_calibration" in codes(with_confirmations(early))
    short = replace(FIRST, valid_until=dt.date(2025, 12, 31))
    register = replace(YEARS, certificates=(short, SECOND, REFERENCE))
    assert codes(register)["due_beyond_validity"].since == dt.date(2025, 12, 31)


def test_a_pass_beyond_the_requirement_is_told() -> None:
    strict = replace(MC_2025, mpe_relative=0.0015)
    assert codes(with_confirmations(strict))["outside_requirement"].what == "active_energy 100 kW"


def test_the_laboratorys_scope_capability_and_time_are_compared() -> None:
    capable = Capability(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        interval=(10.0, 200.0),
        unit="kW",
        relative_expanded_uncertainty=0.002,
    )
    laboratory = replace(
        FIRST.laboratory, capabilities=(capable,), accredited_until=dt.date(2024, 12, 31)
    )
    register = replace(
        YEARS, certificates=(replace(FIRST, laboratory=laboratory), SECOND, REFERENCE)
    )
    found = codes(register)
    assert found["outside_scope"].what == "active_energy 5 kW"
    assert found["below_capability"].what == "active_energy 100 kW"
    assert found["not_accredited"].since == dt.date(2025, 1, 1)


def test_an_adjustment_without_as_found_is_told() -> None:
    blind = calibrated("C-2026", "2026-01-01", energy((5.0, 0.0)), adjustment="gain trimmed")
    assert "as_found_missing" in codes(replace(YEARS, certificates=(FIRST, blind, REFERENCE)))


def test_a_check_that_failed_last_is_told() -> None:
    register = replace(YEARS, events=(checked("2026-04-01", 101.0),))
    assert codes(register)["check_failed"].until == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    ("standard", "code"),
    [
        (replace(STANDARD, certificate="C-X"), "standard_unknown"),
        (replace(STANDARD, certificate="C-X", valid_until=dt.date(2024, 1, 1)), "standard_expired"),
        (replace(STANDARD, relative_standard_uncertainty=None), "standard_share_unstated"),
    ],
)
def test_the_standards_are_judged_on_the_day_of_the_calibration(
    standard: object, code: str
) -> None:
    first = replace(FIRST, standards=(standard,))
    assert code in codes(replace(YEARS, certificates=(first, SECOND, REFERENCE)))


def test_a_standard_calibrated_only_afterwards_or_withdrawn_is_told() -> None:
    later = replace(REFERENCE, performed_on=dt.date(2025, 6, 1))
    assert "standard_later" in codes(replace(YEARS, certificates=(FIRST, SECOND, later)))
    register = replace(YEARS, events=(withdrawn("REF-7-2025", "2026-03-01"),))
    assert "standard_withdrawn" in codes(register)


def test_a_chain_leads_up_and_the_reverse_question_down() -> None:
    national = replace(
        REFERENCE,
        id="NAT-1",
        instrument=replace(METER, serial="N-1"),
        standards=(),
        valid_until=dt.date(2030, 1, 1),
    )
    up = replace(
        STANDARD, influence="std:NIM/NAT", certificate="NAT-1", relative_standard_uncertainty=None
    )
    reference = replace(REFERENCE, standards=(up,))
    register = replace(YEARS, certificates=(FIRST, SECOND, reference, national))
    (link,) = chain(register, FIRST)
    assert (link.validity, link.until) == ("valid", dt.date(2026, 11, 14))
    assert [each.certificate for each in link.upstream] == ["NAT-1"]
    assert resting_on(register, "NAT-1") == ("REF-7-2025", "C-2025", "C-2026")
    assert resting_on_any(register, ()) == ()
    assert resting_on_any(register, ("NAT-1", "REF-7-2025")) == ("REF-7-2025", "C-2025", "C-2026")


def test_a_chain_that_leads_in_a_circle_is_refused() -> None:
    circle = replace(REFERENCE, standards=(STANDARD,))
    with pytest.raises(CertificateError, match="circle"):
        chain(replace(YEARS, certificates=(circle,)), circle)


def test_instruments_on_one_standard_share_its_influence() -> None:
    neighbour = replace(FIRST, id="C-B", instrument=replace(METER, serial="B-1"))
    register = replace(YEARS, certificates=(*YEARS.certificates, neighbour))
    assert shared_influences(register) == {"std:NIM/REF-7": (SERIAL, "B-1")}


def test_what_is_due_comes_with_the_most_urgent_first() -> None:
    new = replace(FIRST, id="C-N", instrument=replace(METER, serial="N-1"))
    register = replace(YEARS, certificates=(*YEARS.certificates, new))
    rows = due(register, dt.date(2026, 12, 1), within_days=60)
    assert [(row.serial, row.state, row.days_left) for row in rows] == [
        ("N-1", "not_confirmed", None),
        ("REF-7", "overdue", -17),
        (SERIAL, "due", 37),
    ]
    assert due(register, dt.date(2026, 12, 1), within_days=36)[2].state == "in_date"


def test_a_gas_cylinder_is_due_when_it_expires() -> None:
    cylinder = msgspec.convert(
        {
            "schema": 1,
            "id": "GBW-1",
            "kind": "reference_material",
            "performed_on": "2026-01-01",
            "recorded_at": "2026-01-02T00:00:00Z",
            "instrument": {"maker": "NIM", "model": "GBW(E)060166", "serial": "L2231"},
            "laboratory": {"name": "NIM"},
            "valid_until": "2026-12-31",
            "certified": [
                {
                    "name": "CO2",
                    "kind_of_quantity": "amount_fraction",
                    "unit": "%",
                    "value": 15.02,
                    "expanded_uncertainty": 0.15,
                }
            ],
        },
        type(FIRST),
    )
    (row,) = due(CalibrationRegister(certificates=(cylinder,)), ON, within_days=60)
    assert (row.subject, row.state, row.days_left) == ("NIM GBW(E)060166 L2231", "in_date", 213)


def test_an_instrument_that_was_removed_is_not_due() -> None:
    gone = event("removal", "2026-05-01")
    assert [row.serial for row in due(replace(YEARS, events=(gone,)), ON, 60)] == ["REF-7"]
    back = event("installation", "2026-05-20")
    assert len(due(replace(YEARS, events=(back, gone)), ON, 60)) == 2


def test_a_register_knows_every_serial_once() -> None:
    assert serials(YEARS) == (SERIAL, "REF-7")


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", CODES)
def test_every_outcome_says_the_same_facts_in_both_languages(code: str) -> None:
    _, en, zh = _SAID[code]
    assert _fields(en) == _fields(zh)
    assert RegisterOutcome(code=code, serial="A-1").say("zh")
