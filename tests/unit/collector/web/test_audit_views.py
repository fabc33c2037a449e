"""What the auditor's pages show, before it is a page: periods, evidence, fields, words."""

import json
from contextlib import suppress
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.refusal import RangeLimitError, RangeOrderError
from collector.rights import Role
from collector.web.audit.asked import Asked, asked_of, matching
from collector.web.audit.changes import asked_of as changes_asked
from collector.web.audit.checks import MOST_HOURS, MOST_SHOWN, evidence, readable
from collector.web.audit.checks_route import choosing
from collector.web.audit.effects import line_of
from collector.web.audit.fields import MOST, fields_in, fields_of
from collector.web.audit.logs import ON_A_PAGE, LogLine, Standing, paged
from collector.web.words import has
from evidence.audit.said import PointedAt, Pointer, said
from evidence.bundle.form import Key
from evidence.bundle.outcome import Result
from evidence.clock import parse_utc
from evidence.errors import CodedError
from evidence.log.entry import Act, Action
from evidence.statement.doubt import Doubt

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    PLAIN, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=20
)


def test_the_month_of_the_last_hour_stands_where_nothing_was_asked() -> None:
    found = asked_of({"channel": " a/b/c "}, SHANGHAI, parse_utc("2025-12-31T18:00:00Z"))
    assert (found.channel, found.start, found.end) == ("a/b/c", "2026-01-01", "2026-02-01")
    span = found.span(SHANGHAI)
    assert span == (parse_utc("2025-12-31T16:00:00Z"), parse_utc("2026-01-31T16:00:00Z"))


def test_a_period_that_is_none_or_too_long_is_refused() -> None:
    with pytest.raises(RangeOrderError):
        Asked(channel="", start="2026-02-01", end="2026-01-01").span(SHANGHAI)
    with pytest.raises(RangeLimitError):
        Asked(channel="", start="2024-01-01", end="2026-01-01").span(SHANGHAI)


@given(st.text(), st.text())
def test_whatever_is_written_as_a_period_is_taken_or_refused_in_words(start: str, end: str) -> None:
    found = asked_of({"start": start, "end": end}, SHANGHAI, 0)
    with suppress(CodedError):  # and nothing else
        first, last = found.span(SHANGHAI)
        assert first < last


def test_channels_are_found_by_parts_of_their_name_in_any_order() -> None:
    names = ["jinan/line-1/energy", "jinan/line-2/power", "weifang/mill/energy"]
    assert matching(names, "ENERGY jinan") == names[:1]
    rows = {f"a/d/{number}": None for number in range(300)}
    many = choosing(rows, "d")
    assert (many.names, len(many.found), many.more, many.is_chosen) == ([], 50, 250, False)
    assert choosing(rows, "a/d/7").is_chosen


def test_evidence_leads_to_its_page_and_of_many_hours_only_the_first_are_named() -> None:
    hours = [Pointer(kind="hour", id=f"c {at:02}") for at in range(24)]
    leaves = [Pointer(kind="leaf", id=f"g/e/{at:03}", leaf=f"g/e/{at:03}") for at in range(9)]
    paper = Pointer(kind="setting", id="KV 1", sha256="a" * 64)
    certificate = Pointer(kind="certificate", id="济 1/2", sha256="b" * 64)
    found = {each.kind: each for each in evidence([*hours, *leaves, paper, certificate])}
    assert (len(found["hour"].links), found["hour"].more) == (MOST_HOURS, 22)
    assert (len(found["leaf"].links), found["leaf"].more) == (MOST_SHOWN, 1)
    assert found["hour"].links[0].address == ""
    assert found["leaf"].links[0].address == "/audit/leaves/g/e/000"
    assert found["setting"].links[0].address == f"/api/v1/documents/{'a' * 64}"
    assert found["certificate"].links[0].address == "/certificates/%E6%B5%8E%201%2F2"


def test_names_within_ids_are_written_as_people_write_them_and_digests_short() -> None:
    told = said("gap jinan%2Fboiler%2Fco2.2026-01: 5 %25", "缺失 jinan%2Fboiler%2Fco2.2026-01")
    assert readable(told, "en") == "gap jinan/boiler/co2.2026-01: 5 %25"
    assert readable(told, "zh") == "缺失 jinan/boiler/co2.2026-01"
    (kept,) = evidence([Pointer(kind="statement", id="ab" * 32, sha256="ab" * 32)])
    assert kept.links[0].name == "abababababab…"
    assert kept.links[0].address == f"/audit/bundles/{'ab' * 32}"


def test_the_effect_of_a_bad_result_on_a_mass_is_told_in_tonnes() -> None:
    """A belt scale that had moved by 0.4 %: 12 000 kg of 3 000 t, with U = 7 000 kg."""
    doubt = Doubt(
        serial="BELT-1",
        because="shift",
        start="2026-01-01T00:00:00Z",
        end="2026-04-01T00:00:00Z",
        value=3e6,
        before="C-2025",
        after="C-2026",
        checks=(),
        correction=-12_000.0,
        standard_uncertainty=3_500.0,
        expanded_uncertainty=7_000.0,
    )
    line = line_of("works/coal/mass", "kg", doubt)
    assert line.relative == pytest.approx(-0.004)
    assert line.common is not None
    assert line.common.unit == "t"
    assert line.common.value == pytest.approx(-12.0)
    assert line.common.expanded_uncertainty == pytest.approx(7.0)


@given(JSON, JSON)
def test_fields_say_what_differs_and_nothing_else(old: Any, new: Any) -> None:  # noqa: ANN401 - JSON
    found = fields_of(old, new)
    assert len(found) <= MOST
    assert len({each.name for each in found}) == len(found)
    assert not any(each.is_changed for each in fields_of(new, json.loads(json.dumps(new))))


def test_a_correction_is_told_from_what_it_corrects() -> None:
    was, became = {"value": 12.5, "unit": "m3"}, {"value": 15.2, "unit": "m3"}
    act = Act(
        who="li",
        role="analyst",
        action=Action.CORRECTION,
        reason="digits exchanged",
        old={"entry": 4, "content": was},
        new=became,
    )
    corrected = {each.name: (each.was, each.became) for each in fields_in(act) if each.is_changed}
    assert corrected == {"value": ("12.5", "15.2")}
    gone = fields_in(msgspec.structs.replace(act, new=None))
    assert {each.name for each in gone if each.is_changed} == {"value", "unit"}
    assert [each.was for each in gone if not each.is_changed] == ["4"]


def test_a_boundary_is_told_in_chinese_with_its_other_words_behind() -> None:
    new = {"id": "w/a", "name": "Line 2", "kind": "gate to gate", "kind_zh": "门到门", "line": ""}
    act = Act(who="q", role="host", action=Action.BOUNDARY_SET, reason="", old=None, new=new)
    told = {each.name: each.became for each in fields_in(act, "zh")}
    assert told == {"name": "Line 2", "kind": "门到门（gate to gate）", "line": ""}
    assert {each.name: each.became for each in fields_in(act)}["kind_zh"] == "门到门"


def test_a_user_without_a_list_of_sites_may_see_all_of_them() -> None:
    new = {"name": "li", "sites": []}
    act = Act(who="q", role="host", action=Action.USER_ADDED, reason="", old=None, new=new)
    for language, words in (("en", "all sites"), ("zh", "全部厂区")):
        told = {each.name: each.became for each in fields_in(act, language)}
        assert told == {"name": "li", "sites": words}
    limited = msgspec.structs.replace(act, new={"name": "li", "sites": ["jinan"]})
    assert fields_in(limited)[-1].became == "jinan"


def test_nested_fields_are_named_from_the_outside_in() -> None:
    old = {"sites": ["jinan"], "start": {"value": 1.5}, "note": "x"}
    new = {"sites": ["jinan", "weifang"], "start": {"value": 2.5}, "parts": [{"of": "a"}]}
    found = {each.name: (each.was, each.became) for each in fields_of(old, new) if each.is_changed}
    assert found == {
        "sites": ("jinan", "jinan, weifang"),
        "start.value": ("1.5", "2.5"),
        "parts.0.of": ("", "a"),
        "note": ("x", ""),
    }


@given(st.dictionaries(st.sampled_from(["action", "subject", "before"]), st.text()))
def test_whatever_is_asked_of_the_changes_asks_for_something_or_nothing(
    query: dict[str, str],
) -> None:
    found = changes_asked(query)
    assert found.before is None or 0 <= found.before < 10**16
    assert Action.LEDGER_HEAD not in found.actions or found.action is Action.LEDGER_HEAD


def test_pages_of_logs_begin_and_end_where_there_are_logs() -> None:
    line = LogLine(
        agent="gw",
        site="jinan",
        epoch="0" * 32,
        size=1,
        root="",
        signed=Standing.GOOD,
        receipted=1,
        receipt=Standing.NONE,
        receipted_ns=None,
        note="",
    )
    lines = [line] * (ON_A_PAGE + 1)
    assert [len(paged(lines, page).rows) for page in (0, 1, 2, 9)] == [ON_A_PAGE, ON_A_PAGE, 1, 1]
    assert paged([], 3).pages == 1


def test_every_value_of_a_closed_vocabulary_has_its_words() -> None:
    keys = [f"audit_log.action_{each.value}" for each in Action]
    keys += [f"audit_log.role_{each.value}" for each in Role]
    keys += [f"audit.kind_{each}" for each in get_args(PointedAt)]
    keys += [f"audit_proof.result_{each.name.lower()}" for each in Result]
    keys += [f"audit_proof.key_{each}" for each in get_args(Key.__annotations__["role"])]
    keys += [f"audit_heads.{what}_{each}" for each in Standing for what in ("signed", "receipt")]
    keys += [f"audit_effects.because_{each}" for each in get_args(Doubt.__annotations__["because"])]
    assert [each for each in keys if not has(each)] == []
