"""A certificate that comes late: a new statement that names the old one, which still reads."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from collector.judging import Judging
from collector.opening import emptied_store, open_store
from collector.store import Store
from evidence.statement.datum import ActivityData, digest_of
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    SITES,
    Asked,
    Plant,
    confirmation,
    energy_certificate,
    served,
    shown,
)

BASE = "/api/v1/activity-data"
PERIOD = "start=2026-03-29T16:00:00Z&end=2026-04-02T16:00:00Z"
HOURS = 96
EFFECTIVE_HOUR = 24


class Works(Plant):
    """A plant whose derived store lies where the collector's own commands look for it."""

    __slots__ = ()

    def open_store(self) -> Store:
        return open_store(self.folder)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Works(tmp_path)
    made.fill()
    yield made
    made.close()


@pytest.fixture
def asked(plant: Plant) -> Iterator[Asked]:
    parts = plant.parts()
    yield served(parts)
    parts.sources.close()


def stated(asked: Asked, channel: str) -> ActivityData:
    answer = asked.get(f"{BASE}?channel={channel}&{PERIOD}")
    assert answer.status_code == 200, answer.text
    (datum,) = msgspec.json.decode(answer.content, type=list[ActivityData])
    return datum


def at_hour(hour: int) -> float:
    """The register at an hour whose own poll was missed: halfway between its neighbours."""
    return (shown(LINE_1, 4 * hour - 1) + shown(LINE_1, 4 * hour + 1)) / 2


def log_late_certificate(plant: Plant, number: str = "E-9", error: bytes = b"0.004") -> None:
    """A calibration that the laboratory reports weeks after it was put into use."""
    certificate = energy_certificate(number, "S-1").replace(b"[0.002]", b"[" + error + b"]")
    confirmed = confirmation(f"K-{number}", number, "S-1", "2027-01-06").replace(
        b"2026-01-07T08:00:00+08:00", b"2026-03-30T16:00:00Z"
    )
    if number != "E-9":
        confirmed = confirmed.replace(b"2026-01-07T00", b"2026-02-07T00")
    plant.log_file(plant.gw1, "certificate", f"{number}.toml", certificate)
    plant.log_file(plant.gw1, "confirmation", f"k-{number}.toml", confirmed)
    plant.judging.catch_up()


def test_a_late_certificate_makes_a_new_statement_by_exactly_what_follows_from_it(
    plant: Plant, asked: Asked
) -> None:
    before = stated(asked, LINE_1)
    log_late_certificate(plant)
    after = stated(asked, LINE_1)
    grown = at_hour(HOURS) - at_hour(EFFECTIVE_HOUR)
    by_hand = grown / 1.004 - grown / 1.002
    assert after.value - before.value == pytest.approx(by_hand, rel=1e-9)
    assert after.uncorrected_value == before.uncorrected_value
    assert after.digest != before.digest
    assert after.supersedes == before.digest
    assert (before.certificates, after.certificates) == (("E-1",), ("E-1", "E-9"))
    assert after.confirmations == ("K-1", "K-E-9")


def test_the_old_statement_reads_as_it_was_answered_and_its_digest_still_verifies(
    plant: Plant, asked: Asked
) -> None:
    first = asked.get(f"{BASE}?channel={LINE_1}&{PERIOD}").content
    before = stated(asked, LINE_1)
    log_late_certificate(plant)
    after = stated(asked, LINE_1)
    old = asked.get(f"{BASE}/{before.digest}")
    assert b"[" + old.content + b"]" == first
    assert digest_of(msgspec.json.decode(old.content, type=ActivityData)) == before.digest
    new = asked.get(f"{BASE}/{after.digest}")
    assert digest_of(msgspec.json.decode(new.content, type=ActivityData)) == after.digest
    assert b'"supersedes":"' + before.digest.encode() + b'"' in new.content


def test_a_channel_of_another_meter_is_stated_as_before(plant: Plant, asked: Asked) -> None:
    before = stated(asked, LINE_2)
    log_late_certificate(plant)
    assert stated(asked, LINE_2) == before


def test_each_correction_names_the_one_before_it(plant: Plant, asked: Asked) -> None:
    chain = [stated(asked, LINE_1)]
    for number, error in (("E-9", b"0.004"), ("E-10", b"0.003")):
        log_late_certificate(plant, number, error)
        chain.append(stated(asked, LINE_1))
    assert [each.supersedes for each in chain] == [None, chain[0].digest, chain[1].digest]
    assert len({each.digest for each in chain}) == 3
    for each in chain:
        assert asked.get(f"{BASE}/{each.digest}").content == msgspec.json.encode(each)


def test_after_a_rebuild_both_statements_read_and_the_total_is_the_same(
    plant: Plant, asked: Asked
) -> None:
    before = stated(asked, LINE_1)
    log_late_certificate(plant)
    after = stated(asked, LINE_1)
    with emptied_store(plant.folder) as store:
        Judging(plant.ledger, store, SITES).catch_up()
    assert stated(asked, LINE_1) == after
    for each in (before, after):
        assert asked.get(f"{BASE}/{each.digest}").content == msgspec.json.encode(each)
