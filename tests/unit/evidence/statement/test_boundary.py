"""Boundaries: what can stand in one, which version counts for a period, when it ends."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.clock import parse_utc
from evidence.errors import TimestampError
from evidence.log.entry import Act, Action, decode_entry, encode_entry, entered
from evidence.statement.boundary.book import Boundaries, Version, version_of
from evidence.statement.boundary.content import (
    Boundary,
    BoundaryTerm,
    exact,
    is_id,
    plain,
    tidied,
)
from evidence.statement.boundary.errors import (
    BoundaryPeriodError,
    BoundarySiteError,
    BoundaryValueError,
    BoundaryWithdrawnError,
)

MAIN, SUB = "works/main/energy", "works/sub/energy"
Q1 = parse_utc("2025-12-31T16:00:00Z"), parse_utc("2026-03-31T16:00:00Z")


def boundary(*terms: tuple[str, str], **changed: Any) -> Boundary:  # noqa: ANN401 - any field
    told = terms or ((MAIN, "1"), (SUB, "-1"))
    facts: dict[str, Any] = {"id": "works/line-2", "name": "Line 2", "line": "Line 2", **changed}
    return Boundary(terms=tuple(BoundaryTerm(channel=c, factor=f) for c, f in told), **facts)


def version(entry: int, said: Boundary | None, at_ns: int = 0) -> Version:
    return Version(
        id="works/line-2", entry=entry, at_ns=at_ns, who="li", role="engineer", reason="r",
        boundary=said,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "line-2"}, "id"),
        ({"id": "works/line 2"}, "id"),
        ({"id": "works/line-2\n"}, "id"),
        ({"name": "  "}, "name"),
        ({"line": "x" * 101}, "line"),
        ({"product": "a\x07b"}, "product"),
        ({"terms": ()}, "terms"),
        ({"terms": (BoundaryTerm(channel=MAIN), BoundaryTerm(channel=MAIN))}, "terms"),
        ({"terms": (BoundaryTerm(channel=MAIN, factor="0.00"),)}, "factor"),
        ({"terms": (BoundaryTerm(channel=MAIN, factor="1e3"),)}, "factor"),
        ({"terms": (BoundaryTerm(channel="works/a b/c"),)}, "channel"),
    ],
)
def test_a_field_that_cannot_be_so_is_named_in_two_languages(
    wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(BoundaryValueError) as refused:
        Boundary(**{"id": "works/a", "name": "A", "terms": (BoundaryTerm(channel=MAIN),), **wrong})
    assert refused.value.where == field
    assert refused.value.say("zh") != refused.value.say("en")


def test_a_channel_of_another_site_and_a_day_that_is_none_are_refused() -> None:
    with pytest.raises(BoundarySiteError):
        boundary((MAIN, "1"), ("mill/main/energy", "1"))
    with pytest.raises(TimestampError):
        boundary(effective_from="2026-02-30T00:00:00Z")


@given(st.decimals(-999_999, 999_999, places=6).filter(bool))
def test_a_factor_is_kept_exactly_and_written_in_one_way(value: Decimal) -> None:
    kept = exact(format(value, "f"))
    assert Decimal(kept) == value
    assert exact(kept) == kept
    assert exact(f"{value:+f}00"[:22]) == kept


def test_what_is_said_alike_has_one_digest_and_what_is_not_has_another() -> None:
    loose = boundary((MAIN, "+1.0"), (SUB, "-1"), effective_from="2026-01-01T00:00:00+08:00")
    plain = boundary((MAIN, "1"), (SUB, "-1"), effective_from="2025-12-31T16:00:00Z")
    assert tidied(loose) == tidied(plain)
    assert tidied(loose).digest == tidied(plain).digest
    assert tidied(plain).digest != tidied(boundary()).digest
    assert tidied(plain).digest != tidied(boundary((MAIN, "1"), (SUB, "1"))).digest
    assert boundary(name_zh="二线").called("zh") == "二线"
    assert (boundary().called("zh"), is_id("works/a"), is_id("a")) == ("Line 2", True, False)


def test_it_is_told_in_the_language_that_is_asked_for_where_it_says_something_in_it() -> None:
    told = boundary(line="Utilities", line_zh="公用工程", kind="gate to gate")
    assert [told.told("line", each) for each in ("en", "zh")] == ["Utilities", "公用工程"]
    assert told.told("kind", "zh") == "gate to gate"
    assert plain(told)["line_zh"] == "公用工程"


def test_a_boundary_of_an_earlier_version_keeps_its_bytes_and_its_digest() -> None:
    """The digest is the one that the version before Chinese names of lines gave."""
    told = Boundary(
        id="works/line-2",
        name="Line 2, gate to gate",
        name_zh="二线（门到门）",
        line="Line 2",
        product="rolled steel",
        kind="gate to gate",
        terms=(BoundaryTerm(channel="works/a/energy"),),
    )
    assert told.digest == "b78f7d7f2842b334acc35ca57071f93a9db7f7385bdcf395514ed0c4b81a43d3"
    assert not {"line_zh", "product_zh", "kind_zh"} & set(plain(told))


def test_the_version_that_counts_is_the_last_entered_that_has_come_into_effect() -> None:
    first, later = boundary(), boundary((MAIN, "1"), effective_from="2026-03-31T16:00:00Z")
    book = Boundaries().with_versions([version(3, first), version(7, later, 50)])
    assert book.in_force("works/line-2", Q1)[0].entry == 3
    assert book.in_force("works/line-2", (Q1[1], Q1[1] + 1))[0].entry == 7
    assert book.in_force("works/line-2", (Q1[1], Q1[1] + 1), known_ns=49)[0].entry == 3
    corrected = book.with_versions([version(9, boundary((SUB, "1")), 60)])
    assert corrected.in_force("works/line-2", (Q1[1], Q1[1] + 1))[0].entry == 9


def test_a_period_in_which_the_channels_change_has_no_sum_and_says_where_to_cut() -> None:
    later = boundary((MAIN, "1"), effective_from="2026-02-01T00:00:00Z")
    book = Boundaries().with_versions([version(3, boundary()), version(7, later)])
    with pytest.raises(BoundaryPeriodError, match=r"2026-02-01T00:00:00Z"):
        book.in_force("works/line-2", Q1)
    renamed = boundary(name="Line two", effective_from="2026-02-01T00:00:00Z")
    same = Boundaries().with_versions([version(3, boundary()), version(7, renamed)])
    assert same.in_force("works/line-2", Q1)[0].entry == 3


def test_before_the_first_version_there_is_no_sum() -> None:
    book = Boundaries().with_versions([version(3, boundary(effective_from="2026-02-01T00:00:00Z"))])
    with pytest.raises(BoundaryPeriodError) as refused:
        book.in_force("works/line-2", Q1)
    assert "不早于 2026-02-01T00:00:00Z" in refused.value.say("zh")


def test_a_withdrawal_ends_all_versions_before_it_and_none_after_it() -> None:
    book = Boundaries().with_versions([version(3, boundary(), 10), version(5, None, 20)])
    with pytest.raises(BoundaryWithdrawnError) as refused:
        book.in_force("works/line-2", Q1)
    assert refused.value.facts["entry"] == 5
    assert list(book.standing()) == []
    assert book.in_force("works/line-2", Q1, known_ns=15)[0].entry == 3
    again = book.with_versions([version(8, boundary((SUB, "1")), 30)])
    assert again.in_force("works/line-2", Q1)[0].entry == 8
    assert [each.id for _, each in again.standing()] == ["works/line-2"]


def test_a_version_comes_back_from_the_bytes_of_its_entry() -> None:
    told = tidied(boundary(name_zh="二线", product="steel", kind="gate to gate"))
    act = Act(
        who="li", role="engineer", action=Action.BOUNDARY_SET, site="works", subject=told.id,
        reason="audit 2026", new=plain(told),
    )  # fmt: skip
    entry = decode_entry(encode_entry(entered(act, 9, 0, b"\0" * 32), b"b" * 32), "entry")
    assert version_of(4, entry).boundary == told
    with pytest.raises(msgspec.ValidationError):
        version_of(4, msgspec.structs.replace(entry, new={"id": "works/line-2", "cubes": 3}))
    with pytest.raises(BoundaryValueError, match="works/other"):
        version_of(4, msgspec.structs.replace(entry, subject="works/other"))
