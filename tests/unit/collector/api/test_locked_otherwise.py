"""A period that is locked in one kind, with its plan or without, and asked for in the other."""

import pytest

from evidence.clock import utc_text
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import WHOLE
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import DATA, WHY, clerk
from tests.unit.collector.api.writing import Person

OTHERWISE = "Carbonmeter-Locked-Otherwise"
PLAIN, UNDER = f"channel={CO2}&{WHOLE}", f"channel={CO2}&{WHOLE}&under_plan=true"


@pytest.fixture
def who(monitored: Plant) -> Person:
    return clerk(monitored)


def lock(who: Person, query: str) -> None:
    (datum,) = who.read(f"{DATA}?{query}")
    for what in ("release", "lock"):
        who.does(f"{DATA}/{datum['digest']}/{what}", WHY)


@pytest.mark.parametrize(("own", "other"), [(PLAIN, UNDER), (UNDER, PLAIN)])
def test_an_answer_counts_the_rows_whose_other_kind_is_locked(
    who: Person, own: str, other: str
) -> None:
    for query in (own, other):
        assert OTHERWISE not in who.get(f"{DATA}?{query}").headers
    lock(who, own)
    assert OTHERWISE not in who.get(f"{DATA}?{own}").headers
    answer = who.get(f"{DATA}?{other}")
    assert answer.headers[OTHERWISE] == "1"
    assert "Carbonmeter-Locked" not in answer.headers
    lock(who, other)
    both = who.get(f"{DATA}?{other}").headers
    assert (both["Carbonmeter-Locked"], both[OTHERWISE]) == ("1", "1")


def test_another_period_is_not_locked_otherwise(who: Person) -> None:
    lock(who, PLAIN)
    answer = who.get(f"{DATA}?{UNDER}&by=day")
    assert len(answer.json()) == 6
    assert OTHERWISE not in answer.headers


def test_files_say_so_too(who: Person) -> None:
    lock(who, PLAIN)
    for query, count in ((UNDER, 1), (PLAIN, 0)):
        answer = who.get(f"{DATA}/export?format=json-lines&{query}")
        assert answer.headers.get(OTHERWISE, "0") == str(count)
        assert f'"locked_otherwise":{count}' in answer.text.splitlines()[-1]
    assert who.get(f"{DATA}/export?format=csv&{UNDER}").headers[OTHERWISE] == "1"


def test_as_of_an_instant_no_lock_is_told(who: Person, monitored: Plant) -> None:
    lock(who, PLAIN)
    at = utc_text(monitored.bench.clock.now_ns())
    assert OTHERWISE not in who.get(f"{DATA}?{UNDER}&as_of={at}").headers
