"""Stack area, K_v, span, moisture, O2 reference, meter factor: dated, signed, contradictable."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import (
    CalibrationError,
    CertificateError,
    SettingConflictError,
    SettingMissingError,
    SettingValueError,
    UnitMismatchError,
    UnknownUnitError,
)
from calibration.event import CalibrationEvent
from calibration.load import SourceFile, faults_of, kind_of, parse_setting, register_of
from calibration.setting import Setting, SettingValue
from calibration.setting_outcome import _SAID, CODES, SettingOutcome, setting_outcomes
from calibration.settings import (
    SettingInForce,
    SettingNotApplied,
    SettingsContradict,
    installed_at,
    settings_in_force,
)
from tests.unit.calibration.documents import spoiled
from tests.unit.calibration.examples import day

replace = msgspec.structs.replace
STACK = "liaocheng/stack-1"
TEXT = """\
schema = 1
id = "KV-2026-1"
setting = "velocity_coefficient"
subject = "liaocheng/stack-1"
effective_from = 2026-03-01T00:00:00+08:00
recorded_at = 2026-02-27T08:00:00Z
decided_by = "Li Wei"
reason = "comparison with the reference method of 26 February"
document = "report 2026-117"
document_sha256 = "00"
before = { value = 1.00, unit = "1", standard_uncertainty = 0.02 }
after = { value = 1.02, unit = "1", standard_uncertainty = 0.015 }
"""
KV = parse_setting(TEXT.encode(), "kv.toml")


def kv(name: str, start: str, value: float, recorded: str | None = None, **more: object) -> Setting:
    return replace(
        KV,
        id=name,
        effective_from=day(start),
        recorded_at=day(recorded or start),
        after=SettingValue(value=value, unit="1", standard_uncertainty=0.015),
        **more,
    )


def factor(name: str, start: str, value: float, serial: str) -> Setting:
    return kv(name, start, value, setting="meter_factor", subject="site/main-meter", serial=serial)


def in_force(settings: list[Setting], at: str, known: str | None = None) -> object:
    until = None if known is None else day(known)
    return settings_in_force(settings, STACK, day(at), until).get("velocity_coefficient")


def codes(*settings: Setting) -> list[str]:
    return [each.code for each in setting_outcomes(settings)]


def test_a_setting_file_says_what_was_set_by_whom_from_when_and_why() -> None:
    assert kind_of(TEXT.encode(), "any.toml") == "setting"
    assert (KV.setting, KV.subject, KV.decided_by) == ("velocity_coefficient", STACK, "Li Wei")
    assert KV.effective_from == day("2026-02-28T16:00:00")
    assert KV.before == SettingValue(value=1.0, unit="1", standard_uncertainty=0.02)
    assert KV.after.standard_uncertainty == 0.015
    assert not KV.is_bound
    register = register_of([SourceFile(name="kv.toml", data=TEXT.encode())])
    assert register.settings == (KV,)
    assert register.as_known(day("2026-02-26")).settings == ()


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ('"KV-2026-1"', '""', SettingMissingError, "'id' is missing"),
        ('decided_by = "Li Wei"', 'decided_by = " "', SettingMissingError, "'decided_by'"),
        ('document = "report 2026-117"', 'document = ""', SettingMissingError, "'document'"),
        ('"velocity_coefficient"', '"meter_factor"', SettingMissingError, "'serial' is missing"),
        ('"velocity_coefficient"', '"analyser_span"', SettingMissingError, "'serial' is missing"),
        ('"velocity_coefficient"', '"stack_area"', UnitMismatchError, "area"),
        ('"velocity_coefficient"', '"moisture"', SettingValueError, "'value' is 1.02"),
        ("value = 1.02", "value = 0.0", SettingValueError, "must be > 0 and < inf 1"),
        ("value = 1.02", "value = -1.0", SettingValueError, "'value' is -1.0"),
        ("value = 1.02", "value = nan", SettingValueError, "finite"),
        ("0.015 }", "-0.015 }", SettingValueError, "standard_uncertainty"),
        ('value = 1.02, unit = "1"', 'value = 1.02, unit = "one"', UnknownUnitError, "'one'"),
        ("2026-02-27T08:00:00Z", "2026-02-27T08:00:00", CertificateError, "no time zone"),
        ("reason", 'serial = "S-1"\neffective_until = 2026-01-01T00:00:00Z\nreason',
         SettingValueError, "'effective_until'"),
        ("schema = 1", "schema = 2", CertificateError, "schema"),
        ("reason", "remark", CertificateError, "this key is unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_setting_is_named(
    old: str, new: str, kind: type[CalibrationError], said: str
) -> None:
    spoilt = spoiled(TEXT, old, new)
    with pytest.raises(kind) as caught:
        parse_setting(spoilt, "kv.toml")
    assert said in caught.value.say("en")
    assert caught.value.say("zh").startswith(f"{caught.value.code} kv.toml")
    faults = faults_of(SourceFile(name="kv.toml", data=spoilt))
    assert any(isinstance(each, kind) for each in faults)


@pytest.mark.parametrize(
    ("setting", "value", "unit"),
    [
        ("stack_area", 19.635, "m2"),
        ("moisture", 12.5, "%"),
        ("moisture", 0.0, "1"),
        ("reference_oxygen", 6.0, "%"),
        ("reference_oxygen", 0.06, "1"),
    ],
)
def test_every_kind_has_its_unit_and_its_interval(setting: str, value: float, unit: str) -> None:
    text = TEXT.replace('"velocity_coefficient"', f'"{setting}"')
    text = text.replace('value = 1.02, unit = "1"', f'value = {value}, unit = "{unit}"')
    text = text.replace('before = { value = 1.00, unit = "1", standard_uncertainty = 0.02 }\n', "")
    found = parse_setting(text.encode(), "s.toml")
    assert (found.after.value, found.before) == (value, None)


def test_the_one_that_began_last_holds_and_an_uncertainty_may_be_unknown() -> None:
    first, second = kv("A", "2026-01-01", 1.0), kv("B", "2026-03-01", 1.02)
    assert in_force([second, first], "2025-12-31") is None
    assert in_force([second, first], "2026-02-28") == SettingInForce(setting=first)
    assert in_force([second, first], "2026-03-01") == SettingInForce(setting=second)
    unknown = replace(first, after=SettingValue(value=1.0, unit="1"))
    assert codes(unknown) == ["uncertainty_unknown"]


def test_a_setting_that_is_recorded_late_changes_the_past_as_known_now_only() -> None:
    first, late = kv("A", "2026-01-01", 1.0), kv("B", "2026-02-01", 1.05, recorded="2026-05-01")
    both = [first, late]
    assert in_force(both, "2026-03-01", known="2026-04-30") == SettingInForce(setting=first)
    assert in_force(both, "2026-03-01", known="2026-05-01") == SettingInForce(setting=late)
    assert in_force(both, "2026-03-01") == SettingInForce(setting=late)
    assert "recorded_late" in codes(*both)


def test_a_later_version_of_a_setting_stands_in_its_place() -> None:
    first = kv("A", "2026-01-01", 1.0)
    corrected = kv("A", "2026-01-01", 1.01, recorded="2026-02-01")
    for known, setting in (("2026-01-31", first), ("2026-02-01", corrected)):
        found = in_force([corrected, first], "2026-01-15", known=known)
        assert found == SettingInForce(setting=setting)
    twice = kv("A", "2026-01-01", 1.5)
    with pytest.raises(SettingConflictError, match="two contents"):
        in_force([first, twice], "2026-01-15")


def test_two_that_begin_at_one_instant_contradict_each_other_and_none_is_applied() -> None:
    one, other = kv("A", "2026-01-01", 1.0), kv("B", "2026-01-01", 1.02)
    assert in_force([one, other], "2026-02-01") == SettingsContradict(settings=(one, other))
    assert codes(one, other) == ["contradiction"]
    assert in_force([one, other, kv("C", "2026-03-01", 1.0)], "2026-03-02") != SettingsContradict(
        settings=(one, other)
    )


def test_two_that_say_the_same_in_other_units_do_not_contradict() -> None:
    one = kv("A", "2026-01-01", 1.02)
    percent = replace(one, id="B", after=SettingValue(value=102.0, unit="%"))
    assert in_force([one, percent], "2026-02-01") == SettingInForce(setting=percent)


def test_a_setting_for_a_time_ends_with_it_and_overlaps_are_told() -> None:
    lasting = kv("A", "2026-01-01", 1.0)
    march = kv("B", "2026-03-01", 1.02, effective_until=day("2026-04-01"), before=lasting.after)
    assert in_force([lasting, march], "2026-03-31") == SettingInForce(setting=march)
    assert in_force([lasting, march], "2026-04-01") == SettingInForce(setting=lasting)
    early = kv("C", "2026-03-20", 1.03, before=march.after)
    assert codes(march, early) == ["overlap"]
    later = kv("C", "2026-05-01", 1.03, before=march.after)
    assert codes(march, later) == ["gap"]


def test_what_it_was_must_be_what_was_set_before() -> None:
    first = kv("A", "2026-01-01", 0.97, before=None)
    assert codes(first, kv("B", "2026-03-01", 1.02)) == ["superseded", "before_differs"]
    assert codes(first, kv("B", "2026-03-01", 1.02, before=first.after)) == ["superseded"]
    assert codes(first, kv("B", "2026-03-01", 1.02, before=None))[-1] == "before_differs"


OLD = factor("F-1", "2011-01-01", 0.9979, "OLD-05")
EXCHANGE = day("2013-06-01")


def moved(kind: str, serial: str, at: dt.datetime = EXCHANGE) -> CalibrationEvent:
    return msgspec.convert(
        {
            "schema": 1,
            "event": kind,
            "at": at,
            "recorded_at": at,
            "recorded_by": "Li Wei",
            "serial": serial,
            "place": "site/main-meter",
        },
        CalibrationEvent,
    )


EVENTS = (
    moved("installation", "OLD-05", day("2010-01-01")),
    moved("installation", "NEW-02"),
    moved("removal", "OLD-05"),
)


def applied(at: dt.datetime, *settings: Setting) -> object:
    """The CDM case: a factor for a meter of class 0.5, applied after one of 0.2 took its place."""
    installed = installed_at(EVENTS, "site/main-meter", at)
    found = settings_in_force(settings, "site/main-meter", at, installed=installed)
    return found.get("meter_factor")


def test_a_meters_factor_ends_with_the_meter() -> None:
    before = EXCHANGE - dt.timedelta(seconds=1)
    assert applied(before, OLD) == SettingInForce(setting=OLD)
    assert applied(EXCHANGE, OLD) == SettingNotApplied(setting=OLD, installed="NEW-02")
    new = factor("F-2", "2013-06-01", 1.0003, "NEW-02")
    assert applied(EXCHANGE, OLD, new) == SettingInForce(setting=new)
    assert applied(before, OLD, new) == SettingInForce(setting=OLD)


def test_where_nobody_knows_which_meter_was_there_its_factor_is_not_applied() -> None:
    found = settings_in_force([OLD], "site/main-meter", EXCHANGE)
    assert found == {"meter_factor": SettingNotApplied(setting=OLD, installed=None)}


def test_what_is_installed_is_told_by_events_as_known() -> None:
    at = EXCHANGE + dt.timedelta(days=1)
    assert installed_at(EVENTS, "site/main-meter", at) == "NEW-02"
    assert installed_at(EVENTS, "site/main-meter", at, day("2012-01-01")) == "OLD-05"
    assert installed_at(EVENTS[:1] + EVENTS[2:], "site/main-meter", at) is None
    assert installed_at(EVENTS, "elsewhere", at) is None


@pytest.mark.parametrize("code", CODES)
def test_every_outcome_is_said_in_both_languages(code: str) -> None:
    told = SettingOutcome(
        code=code, subject=STACK, kind="stack_area", id="A", since=EXCHANGE, other="B", what="w"
    )
    assert told.weight in {"note", "finding"}
    for language in ("en", "zh"):
        assert STACK in told.say(language)
        assert "{" not in told.say(language)
    assert set(CODES) == set(_SAID)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from([1.0, 1.02])), max_size=8
    ),
    st.integers(0, 21),
    st.integers(0, 21),
)
def test_at_every_instant_a_kind_is_in_force_once_or_not_at_all(
    made: list[tuple[int, int, float]], at: int, known: int
) -> None:
    start = day("2026-01-01")
    settings = [
        replace(
            kv(f"S-{k}", "2026-01-01", value),
            effective_from=start + dt.timedelta(days=begin),
            recorded_at=start + dt.timedelta(days=recorded),
        )
        for k, (begin, recorded, value) in enumerate(made)
    ]
    moment, until = start + dt.timedelta(days=at), start + dt.timedelta(days=known)
    seen = [s for s in settings if s.recorded_at <= until and s.effective_from <= moment]
    found = settings_in_force(settings, STACK, moment, until).get("velocity_coefficient")
    if not seen:
        assert found is None
        return
    last = max(each.effective_from for each in seen)
    values = {each.after.value for each in seen if each.effective_from == last}
    assert isinstance(found, SettingInForce if len(values) == 1 else SettingsContradict)
