"""Parts of a record of activity data: its schema, what is declared, what is null and overdue."""

import datetime as dt
from pathlib import Path
from typing import get_args, get_type_hints

import jsonschema
import msgspec
import pytest

import evidence.statement.record.compose as composing
from calibration.model.load import constants_named
from evidence.clock import parse_utc
from evidence.statement.declaration.saying import Declared
from evidence.statement.record.declared import About, Rating, Withholdable, merged
from evidence.statement.record.explained import Explained, explained, withheld
from evidence.statement.record.form_behind import ActivityRecord
from evidence.statement.record.known import Zone
from evidence.statement.record.standing_behind import overdue_seconds
from evidence.statement.record.stated import constants_digest

SHIPPED = Path(composing.__file__).with_name("record-v1.schema.json")
DAY = dt.date(2026, 4, 1)


def about(of: str, by: str = "Q. Ma", **said: object) -> About:
    return msgspec.convert({"of": of, "declared_by": by, "declared_on": "2026-04-01"} | said, About)


def test_the_shipped_schema_is_that_of_the_types() -> None:
    assert SHIPPED.read_text("utf-8") == composing.record_schema_text(), (
        "write evidence.statement.record.compose.record_schema_text() to record-v1.schema.json"
    )
    jsonschema.Draft202012Validator.check_schema(composing.record_schema())


def test_a_record_has_its_fifteen_groups_in_order_and_each_may_explain_itself() -> None:
    hints = get_type_hints(ActivityRecord)
    groups = [name for name in ActivityRecord.__struct_fields__ if name not in ("schema", "digest")]
    assert len(groups) == 15
    assert all(issubclass(hints[name], Explained) for name in groups)


@pytest.mark.parametrize("name", get_args(Withholdable))
def test_what_may_be_withheld_is_a_field_that_may_be_null(name: str) -> None:
    group, _, field = name.partition(".")
    kind = get_type_hints(ActivityRecord)[group]
    assert type(None) in get_args(get_type_hints(kind)[field])


class Two(Explained, frozen=True, kw_only=True):
    one: int | None
    other: int | None


def test_each_null_has_one_reason_and_what_is_given_has_none() -> None:
    assert explained(Two(one=1, other=None)).absent == {"other": "not on record"}
    made = explained(Two(one=None, other=None), "unknown", other="infinite")
    assert made.absent == {"one": "unknown", "other": "infinite"}
    left = withheld(explained(Two(one=1, other=None)), "one")
    assert (left.one, left.absent) == (None, {"other": "not on record", "one": "withheld"})


def test_what_is_said_of_less_counts_more_whatever_the_order_of_the_file() -> None:
    site = about("jinan", organisation="Works", product="steel", notes=["a"])
    line = about("jinan/line-1", product="billets", notes=["b"], primary=False)
    other = about("jinan/line-10", product="slabs")
    found = Declared(about={each.of: each for each in (line, other, site)})
    said = found.of("jinan/line-1/energy", "0" * 64, 0)
    assert [each.told for each in said] == [site, line]
    whole = merged((each.told for each in said), "jinan/line-1/energy")
    assert (whole.organisation, whole.product, whole.primary) == ("Works", "billets", False)
    assert whole.notes == ("a", "b")
    assert found.of("jinan-2/line/energy", "0" * 64, 0) == ()


def test_a_rating_is_one_whole_and_its_scale_must_be_said() -> None:
    with pytest.raises(msgspec.ValidationError, match="scale"):
        about("jinan", rating={"time": 1})
    with pytest.raises(msgspec.ValidationError, match="<= 5"):
        about("jinan", rating={"time": 6, "scale": "s", "best": 1, "derivation": "d"})
    rating = Rating(time=1, scale="pedigree", best=1, derivation="by hand")
    assert merged((about("jinan", rating=msgspec.to_builtins(rating)),), "c").rating == rating


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-04-01T22:00:00Z", "2026-04-02T00:00:00Z", 0),
        ("2026-04-01T22:00:00Z", "2026-04-02T01:00:00Z", 3600),
        ("2026-04-03T00:00:00Z", "2026-04-03T02:00:00Z", 7200),
    ],
)
def test_an_instrument_is_overdue_from_the_end_of_its_last_day_on(
    start: str, end: str, seconds: int
) -> None:
    assert overdue_seconds(DAY, (parse_utc(start), parse_utc(end))) == seconds


def test_instants_have_the_offset_of_the_plants_clock_to_the_microsecond() -> None:
    east = Zone(tz=dt.timezone(dt.timedelta(hours=8)), name="+08:00", told_by="plan")
    assert east.text(parse_utc("2026-03-31T16:00:00Z")) == "2026-04-01T00:00:00+08:00"
    half = parse_utc("2026-03-31T16:00:00.25Z")
    assert east.text(half) == "2026-04-01T00:00:00.250000+08:00"
    assert parse_utc(east.text(half)) == half


def test_the_digest_of_constants_is_that_of_their_values() -> None:
    own = constants_named("hj75")
    first = own.values[0]
    other = msgspec.structs.replace(
        own, values=(msgspec.structs.replace(first, value=first.value * 1.01), *own.values[1:])
    )
    assert constants_digest(own) == constants_digest(constants_named("hj75"))
    assert constants_digest(own) != constants_digest(other)
