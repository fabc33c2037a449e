"""Plans and tests that agents log: kept, no reading is changed, each for its own site alone."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from calibration.load import parse_plan, parse_test
from collector.documented import libraries_of
from collector.judging import Judging
from collector.ledger_read import read_ledger
from evidence.judging.library import Library
from evidence.judging.planned import plans_of
from evidence.judging.planned import tests_of as records_of
from evidence.log.batch import document
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, TEST, ZERO
from tests.unit.collector.api.plant import LINE_1, START_NS, Kind, Plant, batch, stream
from tests.unit.collector.judged import HOUR_NS, Judged
from tests.unit.collector.test_deriving import AREA, SHOWN, Works, libraries, mean
from tests.unit.collector.test_library import SETTING

SITES = {"gw-1": "works", "gw-2": "works", "gw-3": "mill"}
ONE, MADE = parse_plan(PLAN.encode(), "plan.toml"), parse_test(TEST.encode(), "test.toml")
CONTENTS: tuple[tuple[Kind, str, bytes], ...] = (
    ("certificate", "cylinder.toml", CYLINDER.encode()),
    ("certificate", "zero.toml", ZERO.encode()),
    ("plan", "plan.toml", PLAN.encode()),
    ("test", "test.toml", TEST.encode()),
)


def library(*contents: tuple[Kind, str, bytes]) -> Library:
    found = Library()
    for kind, name, data in contents:
        found = found.with_document(document(("gw-1", "0" * 32, 0), kind, name, data))
    return found


def plan(old: str, new: str) -> Library:
    assert old in PLAN
    return library(("plan", "plan.toml", PLAN.replace(old, new).encode()))


def test_a_plan_a_test_and_cylinders_are_kept_each_once() -> None:
    found = library(*CONTENTS, *CONTENTS)
    assert (found.register.plans, found.register.tests) == ((ONE,), (MADE,))
    assert [each.id for each in found.register.certificates] == ["GBW-L2231", "GBW-N2"]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('rules = "hj75"', 'rules = "hj76"', "rules"),
        ('quantity = "mass"', 'quantity = "weight"', "quantity"),
        ('scheme = "hj75-2017"', 'scheme = "house"', "scheme"),
        ('limits = "hj75-2017"', 'limits = "pyproject.toml"', "limits"),
    ],
)
def test_a_plan_that_names_what_is_not_here_is_a_fault_with_a_code(
    old: str, new: str, name: str
) -> None:
    found = Judged().file("plan", "plan.toml", PLAN.replace(old, new, 1).encode())
    (fault,) = found.faults
    assert fault.code == "E_PLAN_UNKNOWN"
    assert name in fault.message
    assert found.documents == []


def test_what_a_file_does_not_say_is_a_fault_and_the_next_leaf_is_judged() -> None:
    judged = Judged()
    assert [each.code for each in judged.file("test", "t.toml", PLAN.encode()).faults] == ["E_CERT"]
    assert judged.file("test", "t.toml", TEST.encode()).faults == []


def test_a_new_plan_or_test_has_no_window_judged_again() -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 40))
    for kind, name, data in CONTENTS:
        found = judged.file(kind, name, data.replace(b"A7731", b"S-1"))
        assert (found.faults, found.late) == ([], False)
    before = library(*CONTENTS[:2])
    assert not library(*CONTENTS).changes(before, frozenset({"A7731", "S-1"}), 2**62)


def test_a_new_plan_or_test_has_no_channel_computed_again_and_a_setting_has() -> None:
    works, known = Works(), libraries(AREA)
    works.hours(known, *(mean(name) for name in SHOWN))
    register = known["gw-1"].register
    planned = msgspec.structs.replace(register, plans=(ONE,), tests=(MADE,))
    assert works.deriving._documented({"gw-1": Library(register=planned)}, []) == set()
    settled = msgspec.structs.replace(planned, settings=())
    assert works.deriving._documented({"gw-1": Library(register=settled)}, []) != set()
    works.store.close()


def test_agents_of_a_site_speak_for_it_together_and_a_document_counts_once() -> None:
    known = {"gw-2": library(*CONTENTS), "gw-1": library(CONTENTS[2])}
    assert plans_of(known, SITES) == (ONE,)
    assert records_of(known, SITES) == (MADE,)


def test_versions_are_all_there() -> None:
    again = TEST.replace('"passed"', '"failed"').replace("2026-03-14", "2026-03-20")
    found = records_of({"gw-1": library(CONTENTS[3], ("test", "t.toml", again.encode()))}, SITES)
    assert [each.outcome for each in found] == ["passed", "failed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('plan = "works/', 'plan = "mill/'),
        ('plan = "works/', 'plan = "works-2/'),
        ('[[analysers]]\nchannel = "works/cems/co2"', '[[analysers]]\nchannel = "mill/cems/co2"'),
        ('operation = { channel = "works/', 'operation = { channel = "mill/'),
    ],
)
def test_a_plan_that_touches_another_site_does_not_count(old: str, new: str) -> None:
    assert plans_of({"gw-1": plan(old, new)}, SITES) == ()


def test_an_agent_speaks_for_no_foreign_site_and_one_without_a_site_for_none() -> None:
    assert plans_of({"gw-3": library(*CONTENTS)}, SITES) == ()
    assert records_of({"gw-3": library(*CONTENTS)}, SITES) == ()
    assert plans_of({"gw-9": library(*CONTENTS)}, SITES) == ()
    assert records_of({"gw-9": library(*CONTENTS)}, SITES) == ()
    other = PLAN.replace("works/", "mill/")
    (found,) = plans_of({"gw-3": plan("works/", "mill/"), "gw-1": library(*CONTENTS[:2])}, SITES)
    assert found == parse_plan(other.encode(), "plan.toml")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path)
    yield made
    made.close()


def test_chosen_kinds_are_read_again_from_store_and_ledger(plant: Plant) -> None:
    plant.log_profile()
    for each in CONTENTS:
        plant.log_file(plant.gw1, *each)
    plant.log_file(plant.gw2, *CONTENTS[2])
    plant.log_file(plant.gw2, "plan", "bad.toml", PLAN.replace('"hj75"', '"own"').encode())
    plant.log_file(plant.gw2, "setting", "area.toml", SETTING)
    plant.judging.catch_up()
    with read_ledger(plant.folder) as ledger:
        found = libraries_of(plant.store.lookup, ledger, ("certificate", "plan", "test"))
        plans = libraries_of(plant.store.lookup, ledger, ("plan",))
    assert found["gw-1"].register == library(*CONTENTS).register
    assert found["gw-2"].register == library(CONTENTS[2]).register
    assert plans["gw-1"].register.certificates == ()
    assert plans_of(found, {"gw-1": "works", "gw-2": "mill"}) == (ONE,)


def test_a_collector_that_begins_again_keeps_them_and_judges_nothing_again(plant: Plant) -> None:
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 41)]))
    plant.judging.catch_up()
    end_ns = START_NS + 100 * HOUR_NS
    before = plant.store.lookup.windows(LINE_1, START_NS, end_ns)
    assert before
    for each in CONTENTS:
        plant.log_file(plant.gw1, *each)
    plant.judging.catch_up()
    again = Judging(plant.ledger, plant.store, plant.sites)
    assert again._judge.libraries["gw-1"].register.plans == (ONE,)
    assert again._judge.libraries["gw-1"].register.tests == (MADE,)
    assert plant.store.lookup.windows(LINE_1, START_NS, end_ns) == before
    assert again.catch_up() == 0
    assert not plant.store.is_late()
