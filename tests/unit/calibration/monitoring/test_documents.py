"""Monitoring plans and test records as files: what they say, and what is refused with a code."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from calibration.errors import CalibrationError
from calibration.load import (
    SourceFile,
    faults_of,
    kind_of,
    parse_plan,
    parse_test,
    register_of,
)
from calibration.monitoring.errors import PlanConflictError
from calibration.monitoring.plan import plan_in_force
from tests.unit.calibration.documents import spoiled
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, TEST, ZERO

ONE, MADE = parse_plan(PLAN.encode(), "plan.toml"), parse_test(TEST.encode(), "test.toml")
DAY = dt.timedelta(days=1)


def test_a_file_says_what_it_is_and_stands_in_the_register() -> None:
    assert kind_of(PLAN.encode(), "any.toml") == "plan"
    assert kind_of(TEST.encode(), "any.toml") == "test"
    files = [
        SourceFile(name="any.toml", data=text.encode()) for text in (PLAN, TEST, CYLINDER, ZERO)
    ]
    assert [faults_of(each) for each in files] == [()] * 4
    register = register_of(files)
    assert (register.plans, register.tests) == ((ONE,), (MADE,))
    assert len(register.certificates) == 2


def test_what_was_recorded_later_was_not_known() -> None:
    register = register_of(
        [SourceFile(name="a", data=PLAN.encode()), SourceFile(name="b", data=TEST.encode())]
    )
    between = register.as_known(MADE.recorded_at - DAY)
    assert (between.plans, between.tests) == ((ONE,), ())
    assert register.as_known(ONE.recorded_at - DAY).plans == ()


def test_a_plan_names_all_channels_and_certificates_that_it_rests_on() -> None:
    assert ONE.channels == {"works/stack-1/co2", "works/cems/co2", "works/cems/velocity"}
    assert ONE.certificates == {"GBW-N2", "GBW-L2231"}


def test_a_plan_may_name_the_channel_that_shows_an_analysers_range() -> None:
    text = PLAN.replace('"" = 20.0', "low = 20.0, high = 40.0").replace(
        "kinds =",
        'ranges = { channel = "works/cems/range", shows = { low = 1, high = 2 } }\nkinds =',
    )
    found = parse_plan(text.encode(), "plan.toml")
    sign = found.analysers[0].ranges
    assert sign is not None
    assert (sign.range_of(2.0), sign.range_of(1.5)) == ("high", None)
    assert "works/cems/range" in found.channels


BAD_PLANS = (
    ('"works/stack-1/co2"', '"co2"', "E_CERT", "plan"),
    ('rules = "hj75"', 'rules = "a/b"', "E_CERT", "rules"),
    ('rules = "hj75"\n', "", "E_CERT", "rules"),
    ("schema = 1", "schema = 2", "E_CERT", "schema"),
    ("schema = 1", 'schema = 1\nkomment = "x"', "E_CERT", "komment"),
    ('decided_by = "Q. Ma"', 'decided_by = ""', "E_CERT", "decided_by"),
    ("2026-03-01T00:00:00+08:00", "2026-03-01T00:00:00", "E_CERT", "effective_from"),
    ("2026-02-20T08:00:00Z", "2026-02-20T08:00:00", "E_CERT", "recorded_at"),
    ("= 28800", "= 86400", "E_PLAN_VALUE", "utc_offset_s"),
    ("= 28800", "= 28800\nmaximum_potential = inf", "E_PLAN_VALUE", "maximum_potential"),
    ("= 28800", "= 28800\nmaximum_potential = -1.0", "E_PLAN_VALUE", "maximum_potential"),
    ("= 28800", "= 28800\ncertified_from = 2026-03-01T00:00:00", "E_CERT", "certified_from"),
    ("above = 2.0", "above = nan", "E_PLAN_VALUE", "above"),
    ('"from_detection"', '"never"', "E_CERT", "policy"),
    ('"daily_check", "rata"', '"daily_check", "rat"', "E_CERT", "kinds"),
    ('kind = "daily_check"', 'kind = "rata"', "E_CERT", "kind"),
    ('full_scale = { "" = 20.0 }', "full_scale = {}", "E_PLAN_VALUE", "full_scale"),
    ('full_scale = { "" = 20.0 }', 'full_scale = { "" = 0.0 }', "E_PLAN_VALUE", "full_scale"),
    ('full_scale = { "" = 20.0 }', 'full_scale = { "" = inf }', "E_PLAN_VALUE", "full_scale"),
    ("purge_s = 120.0", "purge_s = -1.0", "E_NUM_RANGE", "purge_s"),
    ("averaging_s = 180.0", "averaging_s = nan", "E_NUM_RANGE", "averaging_s"),
    ("purge_s = 120.0", "purge_s = 120.0\nrecovery_s = inf", "E_NUM_RANGE", "recovery_s"),
    ("purge_s = 120.0", "purge_s = 120.0\nresolution = -0.1", "E_NUM_RANGE", "resolution"),
    ("purge_s = 120.0", "purge_s = 120.0\nlongest_gap_s = nan", "E_NUM_RANGE", "longest_gap_s"),
    ("purge_s = 120.0", "purge_s = 120.0\nsettled_percent = nan", "E_NUM_RANGE", "settled_percent"),
    ("purge_s = 120.0", "purge_s = 120.0\noccasion_s = -1.0", "E_NUM_RANGE", "occasion_s"),
    ("purge_s = 120.0", "purge_s = 120.0\nleast_readings = 1", "E_PLAN_VALUE", "least_readings"),
    ('point = "zero"', 'point = "middle"', "E_CERT", "point"),
    ('certificate = "GBW-N2"', 'certificate = ""', "E_CERT", "certificate"),
    ("connected_at = 2026-02-28T00:00:00Z", "connected_at = 2026-02-28", "E_CERT", "connected_at"),
    (
        "connected_at = 2026-02-28T00:00:00Z",
        "connected_at = 2026-02-28T00:00:00Z\ndisconnected_at = 2026-02-28T08:00:00+08:00",
        "E_PLAN_VALUE",
        "disconnected_at",
    ),
    (
        "connected_at = 2026-02-28T00:00:00Z",
        'connected_at = 2026-02-28T00:00:00Z\nmeasuring_range = "low"',
        "E_PLAN_VALUE",
        "measuring_range",
    ),
    (
        "kinds =",
        "ranges = { channel = 'a/b/c', shows = { low = 1 } }\nkinds =",
        "E_PLAN_VALUE",
        "sh",
    ),
    (
        "kinds =",
        "ranges = { channel = 'a/b/c', shows = { low = 1, high = 1 } }\nkinds =",
        "E_PLAN_VALUE",
        "shows",
    ),
    (
        "kinds =",
        "ranges = { channel = 'a/b/c', shows = { low = 1, high = inf } }\nkinds =",
        "E_PLAN_VALUE",
        "shows",
    ),
    (
        "kinds =",
        "ranges = { channel = 'a/b/c', shows = { low = 1, high = 2 } }\nkinds =",
        "E_PLAN_VALUE",
        "full_scale",
    ),
    (
        'channel = "works/cems/velocity"\nscheme',
        'channel = "works/cems/co2"\nscheme',
        "E_PLAN_VALUE",
        "analysers",
    ),
)
BAD_TESTS = (
    ('test = "rata"', 'test = "guess"', "E_CERT", "test"),
    ('serial = "A7731"\n', "", "E_CERT", "serial"),
    ('"passed"', '"good"', "E_CERT", "outcome"),
    ('"works/cems/co2"', '"co2"', "E_CERT", "channel"),
    ('id = "RATA-2026-03"', 'id = ""', "E_CERT", "id"),
    ("2026-03-12T15:00:00+08:00", "2026-03-12T15:00:00", "E_CERT", "at"),
    ("2026-03-14T08:00:00Z", "2026-03-14T08:00:00", "E_CERT", "recorded_at"),
    ("schema = 1", "schema = 1\nquarters = 0", "E_TEST_RECORD", "quarters"),
    ("schema = 1", "schema = 1\nvalid_until = 2026-03-01T00:00:00Z", "E_TEST_RECORD", "valid"),
    ("schema = 1", "schema = 1\ndetected_at = 2026-03-01T00:00:00Z", "E_TEST_RECORD", "detected"),
    ("schema = 1", "schema = 1\ndetected_at = 2026-04-01T00:00:00", "E_CERT", "detected"),
    ("= -0.012", "= -1.0", "E_TEST_RECORD", "e = -1.0"),
    ("= -0.012", "= nan", "E_TEST_RECORD", "nan"),
    ("= 0.008", "= -0.008", "E_TEST_RECORD", "u = -0.008"),
)


@pytest.mark.parametrize(("old", "new", "code", "said"), BAD_PLANS)
def test_what_a_plan_cannot_say_is_refused_with_code_file_and_key(
    old: str, new: str, code: str, said: str
) -> None:
    _refused(parse_plan, spoiled(PLAN, old, new), code, said)


@pytest.mark.parametrize(("old", "new", "code", "said"), BAD_TESTS)
def test_what_a_test_record_cannot_say_is_refused_with_code_file_and_key(
    old: str, new: str, code: str, said: str
) -> None:
    _refused(parse_test, spoiled(TEST, old, new), code, said)


def _refused(
    parse: Callable[[bytes, str], msgspec.Struct], data: bytes, code: str, said: str
) -> None:
    with pytest.raises(CalibrationError) as refused:
        parse(data, "file.toml")
    assert refused.value.code == code
    assert said in refused.value.say("en")
    assert refused.value.say("zh").startswith(f"{code} file.toml")
    assert refused.value.say("zh") != refused.value.say("en") or code == "E_CERT"
    assert code in {each.code for each in faults_of(SourceFile(name="file.toml", data=data))}


def test_all_faults_of_a_plan_are_told_at_once() -> None:
    text = PLAN.replace("= 2.0", "= inf").replace('"zero"', '"middle"').replace('"hj75"', "1")
    found = faults_of(SourceFile(name="p.toml", data=text.encode()))
    assert [each.where.partition(":")[0] for each in found] == [
        "p.toml rules",
        "p.toml operation",
        "p.toml analysers[0].checks.gases[0].point",
    ]


def test_the_plan_that_began_last_holds_and_a_correction_from_its_recording_on() -> None:
    replace = msgspec.structs.replace
    later = replace(ONE, effective_from=ONE.effective_from + 10 * DAY, rules="mrr")
    corrected = replace(ONE, recorded_at=ONE.recorded_at + 30 * DAY, rules="part75")
    known, channel, at = (later, ONE, corrected), ONE.plan, ONE.effective_from
    assert plan_in_force(known, channel, at - DAY) is None
    assert plan_in_force(known, channel, at + 9 * DAY) == corrected
    assert plan_in_force(known, channel, at + 9 * DAY, ONE.recorded_at) == ONE
    assert plan_in_force(known, channel, at + 10 * DAY) == later
    assert plan_in_force([ONE, ONE], channel, at) == ONE
    with pytest.raises(PlanConflictError) as two:
        plan_in_force([ONE, replace(ONE, rules="mrr")], channel, at)
    assert "两份" in two.value.say("zh")
