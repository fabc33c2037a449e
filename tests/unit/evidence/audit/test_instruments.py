"""Rows of the ledger of instruments: class from the certificate, status by the rule, safe cells."""

import csv
import io

import msgspec
import pytest

from evidence.audit.bearing import Bearing
from evidence.audit.gb17167 import notes, safe, table, to_csv
from evidence.audit.instruments import InstrumentRow, instrument_rows
from evidence.audit.load import layout
from evidence.audit.stood import Exchanged, Point, stood_at
from tests.unit.evidence.audit.whole import (
    CERTIFICATE,
    CHANNEL,
    CONFIRMATION,
    HOUR_NS,
    INSTALLATION,
    MEASURAND,
    SPAN,
    START_NS,
    VELOCITY,
    papers,
    register,
    window,
)

VERIFIED = (
    CERTIFICATE.replace('kind = "calibration"\nperformed', 'kind = "verification"\nperformed')
    + '[conformity]\nmpe_relative = 0.005\nstatement = "pass"\n'
)
REMOVAL = INSTALLATION.replace("installation", "removal").replace("2026-01-08", "2026-04-01")
LATER = VELOCITY.replace("F-1", "F-2").replace("2026-01-08", "2026-03-01").replace("C-1", "R-7")
OVER = CERTIFICATE.replace("[instrument]", "valid_until = 2026-02-01\n[instrument]")
REMOVAL = REMOVAL.replace('double_count_group = "boiler"\n', "").replace("seals", "#")


def row(**files: str) -> InstrumentRow:
    known = register(**files)
    point = Point(channel=CHANNEL, measurand=MEASURAND, serial="S-1", nameplate_mpe_relative=0.01)
    stood = stood_at(point, [window(each) for each in range(24)], known.events)
    (found,) = instrument_rows(known, stood, papers(known), SPAN[1])
    return found


def test_the_class_is_that_of_the_valid_certificate_and_never_of_the_name_plate() -> None:
    verified, plate = row(certificate=VERIFIED), row(certificate="", confirmation="")
    assert (verified.accuracy, verified.accuracy_from) == ("MPE ±0.5 %", "C-1")
    assert (plate.accuracy, plate.nameplate_mpe_relative) == ("", 0.01)


def test_a_calibration_states_no_class_but_its_largest_error_with_u() -> None:
    assert row().accuracy == "max |E| 0.3 %, U = 0.1 % (k = 2)"


def test_an_overdue_certificate_gives_no_class() -> None:
    overdue = row(confirmation=CONFIRMATION.replace("2027-01-06", "2026-03-31"))
    assert (overdue.accuracy, overdue.certificate) == ("", "C-1")


@pytest.mark.parametrize(
    ("files", "status", "because"),
    [
        ({}, "qualified", "in_order"),
        ({"standard": ""}, "qualified", "in_order"),
        (
            {"certificate": CERTIFICATE.replace("2024-01-01", "2026-02-01")},
            "limited",
            "findings",
        ),
        ({"confirmation": CONFIRMATION.replace('"pass"', '"fail"')}, "out_of_use", "failed"),
        ({"confirmation": CONFIRMATION.replace("2027", "2026")}, "out_of_use", "overdue"),
        ({"confirmation": ""}, "out_of_use", "not_confirmed"),
        ({"confirmation": "", "setting": VELOCITY}, "limited", "through_factor"),
        ({"confirmation": "", "setting": VELOCITY, "removal": REMOVAL}, "out_of_use", "removed"),
        (
            {"confirmation": "", "setting": VELOCITY.replace("2026-01-08", "2026-05-01")},
            "out_of_use",
            "not_confirmed",
        ),
        ({"confirmation": "", "setting": VELOCITY, "late": LATER}, "out_of_use", "not_confirmed"),
        (
            {"confirmation": "", "setting": VELOCITY, "certificate": OVER},
            "out_of_use",
            "not_confirmed",
        ),
        ({"certificate": ""}, "out_of_use", "unusable"),
        (
            {"repair": INSTALLATION.replace("installation", "repair").replace("double", "#")},
            "out_of_use",
            "ended",
        ),
        ({"removal": REMOVAL}, "out_of_use", "removed"),
    ],
)
def test_the_status_follows_the_stated_rule(
    files: dict[str, str], status: str, because: str
) -> None:
    found = row(**files)
    assert (found.status, found.because) == (status, because)
    assert bool(found.against) == (because == "findings")


def test_a_row_says_since_when_an_instrument_stands_there_and_what_is_applied() -> None:
    found = row()
    assert (found.in_use_from, found.in_use_until) == ("2026-01-08T00:00:00Z", None)
    assert (found.known_by, found.hours, found.seals) == ("event", 24, ("LQ-4711",))
    assert found.correction == "relative_error = 0.0025, x = load in kW"
    assert found.applied.en == "relative error = 0.0025, x = load in kW"
    assert found.applied.zh == "相对示值误差 = 0.0025，x = 负荷 / kW"
    assert found.settings == ("meter_factor = 1 (F-1)",)
    assert [each.id for each in found.papers] == ["C-1", "K-1"]


def test_a_broken_seal_is_no_seal() -> None:
    broken = INSTALLATION.replace("installation", "seal_broken").replace("2026-01-08", "2026-03-08")
    assert row(broken=broken.replace("double", "#")).seals == ()


def test_an_exchange_makes_two_rows_of_one_channel() -> None:
    hours = [window(each) for each in range(24)]
    late = msgspec.structs.replace(hours[0].grounds, serials=("S-2",))
    hours[12:] = [msgspec.structs.replace(each, grounds=late) for each in hours[12:]]
    at_ns = START_NS + 12 * HOUR_NS
    swap = Exchanged(channel=CHANNEL, at_ns=at_ns, old_serial="S-1", new_serial="S-2")
    point = Point(channel=CHANNEL, measurand=MEASURAND)
    one, other = stood_at(point, hours, (), [swap])
    assert (one.serial, one.until_ns, other.serial, other.from_ns) == ("S-1", at_ns, "S-2", at_ns)
    assert (other.until_ns, other.known_by, one.hours) == (None, "exchange", 12)


def test_the_table_has_the_columns_of_the_layout_and_says_which_are_unconfirmed() -> None:
    heads, body = table([row()], "zh")
    assert heads[:4] == ["序号 *", "计量器具名称 *", "型号规格 *", "准确度等级 *"]
    assert len(heads) == len(body) == len(layout().columns)
    assert dict(zip(heads, body, strict=True))["状态 *"] == "合格"
    assert [each.status for each in layout().columns[:11]] == ["unconfirmed"] * 11
    assert any("铭牌" in line for (line,) in notes("zh"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_a_foreign_serial_cannot_break_the_table() -> None:
    bad = msgspec.structs.replace(row(), serial='=cmd|"x"!A1', model='a,"b\r\n\x07\ud800')
    (_, body) = list(
        csv.reader(io.StringIO(to_csv(table([bad], "en")).decode("utf-8-sig"), newline=""))
    )
    assert body[6] == '\'=cmd|"x"!A1'
    assert body[2] == 'a,"b\r\n\ufffd\ufffd'


def test_papers_of_other_instruments_are_not_looked_at_and_change_nothing() -> None:
    others = {
        name: text.replace('"S-1"', '"S-7"').replace('"C-1"', '"C-7"').replace('"K-1"', '"K-7"')
        for name, text in (("other", CERTIFICATE), ("decided", CONFIRMATION))
    }
    known = register(**others)
    own, whole = Bearing(known).on("S-1"), register()
    assert {each.id for each in known.certificates} > {each.id for each in own.certificates}
    assert own.certificates == whole.certificates  # the standard's is among them
    assert (own.confirmations, own.events) == (whole.confirmations, whole.events)
    found, alone = (msgspec.structs.replace(each, papers=()) for each in (row(**others), row()))
    assert found == alone
    assert Bearing(known).on("S-0").certificates == ()


def test_papers_lead_from_an_instrument_to_what_it_cites_and_not_to_what_cites_the_same() -> None:
    known = register()
    standard = next(each for each in known.certificates if each.id != "C-1")
    own = Bearing(known).on(standard.instrument.serial)
    assert [each.id for each in own.certificates] == [standard.id]
