"""The page of a certificate: its numbers against others', its words, who may see it."""

import math
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from scipy import stats

from calibration.certificate import CalibrationCertificate
from calibration.conformity.guard import parse_guard_band
from calibration.distribution import Distribution
from calibration.event import EventKind
from calibration.history.chain import Validity
from calibration.inputs import InputKind
from calibration.load import SourceFile, register_of
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.setting import SettingKind
from collector.api.app import create_app
from collector.api.standing import Standing
from collector.web.certificates.conforming import conformity_lines, limit_of
from collector.web.certificates.curves import result_views
from collector.web.certificates.drift import drift_view
from collector.web.pages import add_pages
from collector.web.words import has
from tests.unit.collector.api.plant import MILL, Asked, Plant, energy_certificate
from tests.unit.collector.web.certificate_papers import (
    AT,
    FOUND,
    LEFT,
    MPE,
    SERIAL,
    SHARE,
    U,
    history_papers,
    log_history,
)
from tests.unit.collector.web.conftest import Browser

_KV = """
schema = 1
id = "KV-1"
setting = "velocity_coefficient"
subject = "jinan/stack"
effective_from = 2025-01-10T00:00:00Z
recorded_at = 2025-01-10T00:00:00Z
decided_by = "Q. Wang"
reason = "traverse"
document = "H-3"

[after]
value = 1.02
unit = "1"
standard_uncertainty = 0.015
"""
ONE_U = parse_guard_band("1U")


@pytest.fixture(scope="module")
def register() -> CalibrationRegister:
    return register_of(SourceFile(name=name, data=data) for _, name, data in history_papers())


@pytest.fixture(scope="module")
def latest(register: CalibrationRegister) -> CalibrationCertificate:
    return next(each for each in register.certificates if each.id == "H-3")


@pytest.fixture
def filled(people: Plant) -> Iterator[Browser]:
    people.fill()
    log_history(people)
    parts = people.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


def test_the_probability_of_conformity_is_that_of_a_foreign_library(
    latest: CalibrationCertificate,
) -> None:
    found, left = latest.results
    for result in (found, left):
        for line in conformity_lines(result, MPE, ONE_U):
            normal = stats.norm(line.deviation, U / 2)
            assert math.isclose(line.probability, normal.cdf(MPE) - normal.cdf(-MPE), rel_tol=1e-9)


def test_a_guard_band_refuses_what_simple_acceptance_takes(latest: CalibrationCertificate) -> None:
    found, left = (conformity_lines(each, 0.0038, ONE_U) for each in latest.results)
    assert [each.simple for each in found] == ["pass"] * 3
    assert [each.guarded for each in found] == ["fail"] * 3
    assert [each.acceptance for each in found] == pytest.approx([0.0032] * 3)
    assert {each.guarded for each in left} == {"pass"}


def test_a_guard_band_that_leaves_nothing_says_so(latest: CalibrationCertificate) -> None:
    (line, *_) = conformity_lines(latest.results[0], MPE, parse_guard_band("0.1"))
    assert (line.guard_band, line.guarded, line.acceptance) == (None, "", None)


def test_a_value_is_weighed_by_its_error_of_indication(latest: CalibrationCertificate) -> None:
    assert limit_of(latest.results[0], 5.0, 0.01) == 0.01


def test_what_is_drawn_goes_through_the_points_in_percent(latest: CalibrationCertificate) -> None:
    view = result_views(latest, None, MPE, ONE_U)[1]
    assert view.plot is not None
    assert (view.unit, view.plot.is_deviation) == ("%", True)
    values = [100 * (LEFT["H-3"] + at * 1e-6) for at in AT]
    assert [each[1] for each in view.plot.points] == pytest.approx(values)
    drawn = {each[0]: each[1] for each in view.plot.curve}
    assert drawn[20.0] == pytest.approx(values[0])
    assert {each[1] for each in view.plot.limits} == {100 * MPE}
    assert [each[1] for each in view.plot.acceptance] == pytest.approx([100 * (MPE - U)] * 3)
    assert view.plot.residuals == ()  # points are joined, so nothing is left of them


def test_drift_is_from_as_left_to_as_found(
    register: CalibrationRegister, latest: CalibrationCertificate
) -> None:
    view = drift_view(register, latest, latest.results[1], MPE, 99.0)
    assert (view.argument, view.arguments) == (100.0, AT)
    assert [(each.before, each.after) for each in view.moves] == [("H-1", "H-2"), ("H-2", "H-3")]
    shifts = [100 * (FOUND["H-2"] - LEFT["H-1"]), 100 * (FOUND["H-3"] - LEFT["H-2"])]
    assert [each.shift for each in view.moves] == pytest.approx(shifts)
    # the share of the standard that both used is the same in both, and has gone from the difference
    own = (U / 2) ** 2 - SHARE**2
    assert [each.expanded_uncertainty for each in view.moves] == pytest.approx(
        [100 * 2 * math.sqrt(2 * own)] * 2
    )
    assert all(each.is_significant for each in view.moves)
    assert [each.condition for each in view.history] == [
        "as_left",
        "as_found",
        "as_left",
        "as_found",
        "as_left",
    ]


def test_the_forecast_is_the_day_on_which_the_line_and_its_band_meet_the_limit(
    register: CalibrationRegister, latest: CalibrationCertificate
) -> None:
    """By hand: y0 + b*t + t_0.975(1)*u(t) = MPE, with one degree of freedom from two moves."""
    view = drift_view(register, latest, latest.results[1], MPE, 100.0)
    days = [365.0, 366.0]
    moved = [each.shift for each in view.moves]
    slope = sum(d * m for d, m in zip(days, moved, strict=True)) / sum(d * d for d in days)
    left = [m - slope * d for d, m in zip(days, moved, strict=True)]
    variance = sum(each**2 for each in left)
    u0 = view.history[-1].expanded_uncertainty / 2
    factor = stats.t.ppf(0.975, 1)

    def top(day: float) -> float:
        u = math.sqrt(u0**2 + variance * (1 + day**2 / sum(d * d for d in days)))
        return view.history[-1].value + slope * day + factor * u

    assert top(0.0) > 100 * MPE  # two moves alone say little
    assert view.is_wide
    wider = drift_view(register, latest, latest.results[1], 5 * MPE, 100.0)
    assert wider.reaches_on is not None
    assert not wider.is_wide
    reached = (wider.reaches_on - latest.performed_on).days
    assert top(reached) <= 500 * MPE < top(reached + 1)


def test_the_page_says_all_of_it(filled: Browser) -> None:
    filled.sign_in("analyst")
    page = filled.get("/certificates/H-3")
    assert page.status_code == 200
    text = re.sub(r"\s+", " ", page.text)
    for each in ("Calibration certificate H-3", SERIAL, "as found", "overdue", "std:SDIM/E-17"):
        assert each in text
    assert "0.120 ± 0.060" in text  # at 100 kW, as left
    assert "E-17, which was valid to 2024-06-01 only" in text
    assert text.count("<svg") == 3
    assert "/chain" not in text  # an analyst may not read evidence
    chinese = filled.get("/certificates/H-3?lang=zh&guard=2U&at=300").text
    assert "保护带" in chinese
    assert "在 300 kW 处" in chinese


def test_a_decision_stands_with_what_was_left_and_times_are_those_of_the_page(
    filled: Browser,
) -> None:
    filled.sign_in("analyst")
    page = filled.get("/certificates/H-3?lang=en&tz=Asia/Shanghai").text
    found, left = page.split('id="result-')[1:3]
    assert "as found" in found
    assert "decided: pass" not in found
    assert "decided: pass" in left
    assert "+00:00" not in page
    assert re.search(r"\d 16:00:00</time>", page)


def test_a_guard_band_that_cannot_be_read_is_said_beside_its_field(filled: Browser) -> None:
    filled.sign_in("auditor")
    for wrong in ("x", "global:0.1", "%3Cscript%3E"):
        page = filled.get(f"/certificates/H-3?guard={wrong}")
        assert page.status_code == 200
        assert 'aria-invalid="true"' in page.text
        assert "<script>" not in page.text


def test_a_function_without_points_is_drawn_too(filled: Browser) -> None:
    filled.sign_in("auditor")
    page = filled.get("/certificates/P-1").text
    assert "Active power" in page
    assert "<code>y = " in page
    assert "·x" in page
    assert "Reference value against indication / kW</p>" in page
    ratio = filled.get("/certificates/E-1").text  # of a meter of kW.h: its error has no unit
    assert "y: Relative error (indication − reference)/reference</p>" in ratio
    assert page.count("<svg") == 1
    assert "the certificate names none" in page


def test_a_declared_number_stands_with_the_certificate_it_rests_on(people: Plant) -> None:
    people.fill()
    log_history(people)
    people.log_file(people.gw1, "setting", "kv.toml", _KV.encode())
    people.judging.catch_up()
    parts = people.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("analyst")
    page = re.sub(r"\s+", " ", browser.get("/certificates/H-3").text)
    _, numbers = page.split("Declared numbers that rest on it", 1)
    for each in ("velocity coefficient", "jinan/stack", "1.020(15)", "traverse"):
        assert each in numbers
    assert "速度场系数" in browser.get("/certificates/H-3?lang=zh").text
    assert "Declared numbers" not in browser.get("/certificates/H-2?lang=en").text
    parts.sources.close()


def test_a_certificate_that_acts_through_a_declared_number_says_one_thing_everywhere(
    people: Plant,
) -> None:
    people.fill()
    declared = _KV.replace("jinan/stack", "weifang/stack").replace("H-3", "E-9").encode()
    people.log_file(people.gw2, "certificate", "e9.toml", energy_certificate("E-9", "S-9"))
    people.log_file(people.gw2, "setting", "kv.toml", declared)
    people.judging.catch_up()
    parts = people.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("auditor")
    page = browser.get("/certificates/E-9").text
    assert "Channels of its instrument" in page
    assert "Channels that use it now" not in page
    assert "What is computed with the declared numbers below rests on it" in page
    assert "no reading is corrected by it" not in page
    instrument = browser.get(f"/instruments/{MILL}").text
    assert "limited use" in instrument
    assert "out of use" not in instrument
    assert "no certificate" not in instrument
    assert "acts through a declared number, not on these readings" in instrument
    parts.sources.close()


def test_what_is_not_there_and_what_is_of_another_site_is_not_found(filled: Browser) -> None:
    filled.sign_in("engineer")
    for path in ("X-9", "E-1?site=weifang", "%3Cb%3E"):
        refused = filled.get(f"/certificates/{path}")
        assert refused.status_code == 404
        assert "E_PAPER_UNKNOWN" in refused.text
        assert "<b>" not in refused.text


def test_every_closed_vocabulary_has_its_words() -> None:
    wanted = [
        *(f"certificate.quantity_{each.value}" for each in KindOfQuantity),
        *(f"budget.d_{each.value}" for each in Distribution),
        *(f"budget.kind_{each.value}" for each in InputKind if each != InputKind.CORRECTION),
        *(f"certificate.standing_{each.value}" for each in Standing),
        *(f"certificate.event_{each}" for each in get_args(EventKind)),
        *(f"certificate.kind_{each}" for each in ("calibration", "verification")),
        *(f"certificate.number_{each}" for each in get_args(SettingKind)),
        *(f"chain.validity_{each}" for each in get_args(Validity)),
    ]
    assert [each for each in wanted if not has(each)] == []


def test_a_page_without_findings_leads_to_the_conformity_that_it_has_only(filled: Browser) -> None:
    filled.sign_in("auditor")
    for each, has_one in (("H-1", True), ("E-17", False)):
        page = filled.get(f"/certificates/{each}?lang=en").text
        assert "Nothing in it is missing" in page
        assert ('id="conformity-' in page) == has_one
        assert ("is said under Conformity" in page) == has_one
