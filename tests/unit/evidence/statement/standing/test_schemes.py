"""Files of schemes: each figure with its clause and status; what is wrong is named."""

from pathlib import Path

import msgspec
import pytest

from calibration.performance.criterion import Sourced
from evidence.statement.standing.errors import SchemeFileError
from evidence.statement.standing.load import known_schemes, read_scheme, scheme_of
from evidence.statement.standing.scheme import Scheme

SEEN = 'clause = "5", status = "S"'
TEXT = """\
schema = 1
id = "own"
title = "own"
sources = "own"
failed = { policy = "expiry", clause = "1", status = "S" }
aborted = { counts_as = "nothing", clause = "2", status = "S" }
overdue = { counts_as = "overdue", clause = "3", status = "S" }
[[validity]]
kind = "daily_check"
required = true
valid_for = 26
unit = "clock_hours"
clause = "4"
status = "S"
"""


def sourced(value: object) -> list[Sourced]:
    """Every datum with a clause, however deep."""
    if isinstance(value, tuple):
        return [each for part in value for each in sourced(part)]
    if not isinstance(value, msgspec.Struct):
        return []
    own = [value] if isinstance(value, Sourced) else []
    parts = (getattr(value, name) for name in value.__struct_fields__)
    return own + [each for part in parts for each in sourced(part)]


def statuses(scheme: Scheme) -> set[str]:
    return {each.status for each in sourced(scheme)}


def test_the_schemes_that_come_with_the_package() -> None:
    assert known_schemes() == (
        "en14181-2014",
        "hj75-2017",
        "iso10012-2003",
        "jjg",
        "part75-2011",
    )


@pytest.mark.parametrize("name", known_schemes())
def test_every_figure_has_a_clause_and_what_was_not_seen_is_marked(name: str) -> None:
    scheme, used = read_scheme(name)
    assert all(each.clause for each in sourced(scheme))
    assert scheme.id == used.id == name
    assert statuses(scheme) == ({"S", "K"} if name == "part75-2011" else {"K"})


def test_a_file_of_ones_own_is_read_and_its_digest_told(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(TEXT, "utf-8")
    scheme, used = read_scheme(str(path))
    assert (scheme.id, scheme.failed.policy) == ("own", "expiry")
    path.write_text(TEXT.replace("26", "27"), "utf-8")
    assert read_scheme(str(path))[1].sha256 != used.sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("valid_for = 26\n", "", "valid_for = None clock_hours"),
        ("valid_for = 26", "valid_for = 0", "valid_for = 0"),
        ('unit = "clock_hours"', 'unit = "as_stated"', "valid_for = 26 as_stated"),
        ('"daily_check"', '"tasting"', "Invalid enum value"),
        ("schema = 1", "schema = 2", "Invalid enum value"),
        ('clause = "4"\n', "", "clause"),
        ("[[validity]]", "[[validity", "Expected"),
        (
            'unit = "clock_hours"',
            f'unit = "days"\nstartup = {{ clock_hours = 8, {SEEN} }}',
            "with days",
        ),
        ('status = "S"\n', f'status = "S"\ngrace = {{ operating_hours = 0, {SEEN} }}', "hours = 0"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_in_both_languages(
    old: str, new: str, said: str
) -> None:
    with pytest.raises(SchemeFileError) as caught:
        scheme_of(TEXT.replace(old, new).encode(), "own.toml")
    assert said in caught.value.say("en")
    assert caught.value.say("zh").startswith("E_STANDING_SCHEME own.toml")


def test_a_kind_that_is_there_twice_is_refused() -> None:
    twice = TEXT + TEXT[TEXT.index("[[validity]]") :]
    with pytest.raises(SchemeFileError, match="daily_check twice"):
        scheme_of(twice.encode(), "own.toml")


@pytest.mark.parametrize("name", ["no-such-scheme", "a\0b", "/"])
def test_a_scheme_that_is_not_there_says_which_ones_are(name: str) -> None:
    with pytest.raises(SchemeFileError, match="part75-2011"):
        read_scheme(name)
