"""Declarations: what can stand in one, which version counts for a period, what ends it."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.clock import parse_utc, utc_text
from evidence.errors import TimestampError
from evidence.log.entry import Act, Action, Entry, decode_entry, encode_entry, entered
from evidence.statement.declaration.book import Declarations
from evidence.statement.declaration.content import Declaration, plain, tidied
from evidence.statement.declaration.errors import DeclarationUnreadError, DeclarationValueError
from evidence.statement.declaration.saying import Declared
from evidence.statement.record.declared import About, Verification, Verified, merged

LINE, CHANNEL, DIGEST = "works/line-1", "works/line-1/energy", "ab" * 32
Q1 = parse_utc("2026-01-01T00:00:00Z"), parse_utc("2026-04-01T00:00:00Z")
FEBRUARY = "2026-02-01T00:00:00Z"
DAY = dt.date(2026, 4, 20)
CQC = Verified(body="CQC", level="limited", standard="ISO 14064-3:2019", verified_on=DAY)


def entry(told: Declaration | None, of: str = LINE, site: str = "works", at_ns: int = 0) -> Entry:
    action = Action.DECLARATION_WITHDRAWN if told is None else Action.DECLARATION_SET
    act = Act(
        who="li", role="analyst", action=action, site=site, subject=of, reason="asked by CQC",
        new=None if told is None else plain(told),
    )  # fmt: skip
    return entered(act, at_ns, 0, b"\0" * 32)


def book(*told: Declaration | None, of: str = LINE) -> Declarations:
    return Declarations().with_entries((n, entry(each, of)) for n, each in enumerate(told))


def products(declared: Declared, start_ns: int = Q1[0]) -> list[str | None]:
    return [each.told.product for each in declared.of(CHANNEL, DIGEST, start_ns)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"of": "works//energy"}, "of"),
        ({"of": "works/line 1"}, "of"),
        ({"of": "works/line-1\n"}, "of"),
        ({"of": "/works"}, "of"),
        ({"of": DIGEST, "effective_from": FEBRUARY}, "effective_from"),
        ({"verification": CQC}, "verification"),
        ({"notes": ("\u9650" * 1000,) * 9}, "declaration"),
        ({"organisation": "Works\x1b[31m"}, "organisation"),
        ({"notes": ("one line", "another\u2028one")}, "notes"),
        ({"management_numbers": {"S-1\x00": "A-17"}}, "management_numbers"),
    ],
)
def test_a_field_that_cannot_be_so_is_named_in_two_languages(
    wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(DeclarationValueError) as refused:
        Declaration(**{"of": LINE, **wrong})
    assert refused.value.where == field
    assert refused.value.say("zh") != refused.value.say("en")


def test_an_instant_that_is_none_and_a_field_that_is_unknown_are_refused() -> None:
    with pytest.raises(TimestampError):
        Declaration(of=LINE, effective_from="2026-02-30T00:00:00Z")
    with pytest.raises(msgspec.ValidationError, match="declared_by"):
        msgspec.convert({"of": LINE, "declared_by": "li"}, Declaration)


def test_of_the_versions_that_have_come_into_effect_the_one_entered_last_counts() -> None:
    first = Declaration(of=LINE, product="billets")
    later = Declaration(of=LINE, product="slabs", effective_from=FEBRUARY)
    declared = Declared(journal=book(first, later))
    assert products(declared) == ["billets"]
    assert products(declared, Q1[1]) == ["slabs"]
    assert declared.changes(CHANNEL, DIGEST, Q1) == ((LINE, FEBRUARY),)
    corrected = Declared(journal=book(first, later, Declaration(of=LINE, product="bars")))
    assert (products(corrected), products(corrected, Q1[1])) == (["bars"], ["bars"])
    assert corrected.changes(CHANNEL, DIGEST, Q1) == ()


def test_a_withdrawal_ends_all_before_it_and_what_a_configuration_says() -> None:
    own = About(of=LINE, declared_by="ma", declared_on=DAY, product="billets")
    by_file = {LINE: own}
    assert products(Declared(about=by_file)) == ["billets"]
    later = Declaration(of=LINE, product="slabs", effective_from=FEBRUARY)
    both = Declared(journal=book(later), about=by_file)
    assert (products(both), products(both, Q1[1])) == (["billets"], ["slabs"])
    assert both.changes(CHANNEL, DIGEST, Q1) == ((LINE, FEBRUARY),)
    assert products(Declared(journal=book(later, None), about=by_file), Q1[1]) == []
    again = Declared(journal=book(later, None, later), about=by_file)
    assert (products(again), products(again, Q1[1])) == ([], ["slabs"])


def test_what_is_said_of_less_counts_more_and_of_the_statement_itself_most() -> None:
    entries = [
        entry(Declaration(of=name, product=name, notes=(name[:9],)), name)
        for name in (DIGEST, CHANNEL, "works", LINE, "works/line-10")
    ]
    declared = Declared(journal=Declarations().with_entries(enumerate(entries)))
    said = declared.of(CHANNEL, DIGEST, Q1[0])
    assert [each.told.of for each in said] == ["works", LINE, CHANNEL, DIGEST]
    whole = merged((each.told for each in said), CHANNEL)
    assert (whole.product, whole.notes[0]) == (DIGEST, "works")
    assert (said[0].by, said[0].on, said[0].version and said[0].version.entry) == (
        "li", dt.date(1970, 1, 1), 2
    )  # fmt: skip


def test_a_verifier_s_statement_is_of_the_journal_before_a_configuration() -> None:
    by_file = {
        DIGEST: Verification(
            digest=DIGEST, body="SGS", level="limited", standard="s", verified_on=DAY,
            declared_by="ma",
        )
    }  # fmt: skip
    told = Declaration(of=DIGEST, verification=CQC)
    found = Declared(verifications=by_file).verification_of(DIGEST)
    assert found is not None
    assert (found.told.body, found.by, found.entry) == ("SGS", "ma", None)
    entered_one = Declared(journal=book(told, of=DIGEST), verifications=by_file)
    found = entered_one.verification_of(DIGEST)
    assert found is not None
    assert (found.told, found.by, found.entry) == (CQC, "li", 0)
    withdrawn = Declared(journal=book(told, None, of=DIGEST), verifications=by_file)
    assert withdrawn.verification_of(DIGEST) is None
    assert withdrawn.verification_of("cd" * 32) is None


def test_an_entry_of_newer_software_is_not_passed_over() -> None:
    newer = msgspec.structs.replace(entry(None), new={"of": LINE, "cubes": 3})
    of_other = msgspec.structs.replace(entry(None, "works/line-2"), site="mill")
    read = Declarations().with_entries([(4, newer), (5, of_other)])
    for name, number in ((LINE, 4), ("works/line-2", 5)):
        with pytest.raises(DeclarationUnreadError, match=str(number)):
            read.last(name)
    with pytest.raises(DeclarationUnreadError):
        Declared(journal=read).of(CHANNEL, DIGEST, Q1[0])
    assert Declared(journal=read).of("works/line-3/energy", DIGEST, Q1[0]) == ()


PLAIN = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
TEXT = st.text(PLAIN, min_size=1, max_size=40)


@given(
    st.builds(
        Declaration,
        of=st.just(LINE),
        product=st.none() | TEXT,
        notes=st.lists(TEXT, max_size=3).map(tuple),
        primary=st.none() | st.booleans(),
        effective_from=st.just("") | st.integers(0, 4 * 10**9).map(lambda s: utc_text(s * 10**9)),
    ).map(tidied)
)
def test_a_declaration_comes_back_from_the_bytes_of_its_entry(told: Declaration) -> None:
    data = encode_entry(entry(told), b"b" * 32)
    last = Declarations().with_entries([(7, decode_entry(data, "entry"))]).last(LINE)
    assert last is not None
    assert (last.told, last.entry) == (told, 7)


def test_one_instant_is_kept_in_one_way() -> None:
    east = Declaration(of=LINE, effective_from="2026-02-01T08:00:00+08:00")
    assert tidied(east).effective_from == FEBRUARY
