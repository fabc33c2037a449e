"""Statements in which 0 stood for what is unknown still follow from their bundles."""

from collections.abc import Iterator
from typing import Final

import pytest
from msgspec.structs import replace

from evidence.bundle.outcome import Check, Result
from evidence.bundle.said_before import determined_today, stated_today
from evidence.bundle.writing import Choice
from evidence.statement.hours.determination import digest_of as determination_digest
from evidence.statement.hours.hour import HourState
from evidence.statement.hours.totals import Sum
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.monitored import digest_of as monitored_digest
from evidence.statement.under_plan import PlanAmount, PlanEstimate, UnderPlan, unknown_amount
from tests.unit.evidence.bundle.made import failed as failing
from tests.unit.evidence.bundle.made import outcomes, written
from tests.unit.evidence.bundle.planned import Planned, planned, restated, said
from tests.unit.evidence.bundle.test_each_check import with_
from tests.unit.evidence.monitoring.test_unknown_amounts import emptied, measured, stated

WITHOUT: Final = "start=2026-04-03&end=2026-04-04&under_plan=true"
"""A day without values by the rules, as the check before it failed; its best estimate is known."""
NOUGHT: Final = PlanAmount(value=0.0, hours_without=24, substituted=0.0, substituted_share=0.0)
NO_SUM: Final = Sum(value=0.0, mean=None, without=24, substituted=0.0, substituted_share=0.0)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    found = planned(tmp_path_factory.mktemp("without"), WITHOUT)
    yield found
    found.plant.close()


def as_before(choice: Choice) -> Choice:
    """The choice as it was made when 0 stood for what is unknown."""
    (told,) = choice.monitored
    own = told.determination
    totals = replace(own.totals, compliance=NO_SUM)
    own = replace(own, totals=totals)
    held = replace(told, determination=replace(own, digest=determination_digest(own)))
    held = replace(held, digest=monitored_digest(held))
    return with_(restated(choice, saying(choice, NOUGHT, held.digest)), monitored=(held,))


def saying(choice: Choice, amount: PlanAmount, digest: str | None = None) -> UnderPlan:
    """What the statement says, with another amount."""
    short = said(choice.datum)
    (part,) = short.parts
    assert part.told is not None
    held = part.told.monitored_sha256 if digest is None else digest
    part = replace(part, told=replace(part.told, compliance=amount, monitored_sha256=held))
    return replace(short, compliance=amount, parts=(part,))


@pytest.mark.parametrize("which", ["short", "whole"])
def test_a_statement_that_says_0_follows_and_the_check_says_so(one: Planned, which: str) -> None:
    choice: Choice = getattr(one, which)
    assert said(choice.datum).compliance == unknown_amount(24)
    now, before = (outcomes(written(each)) for each in (choice, as_before(choice)))
    for every in (now, before):
        assert Result.FAILED not in {each.result for each in every.values()}
    found = before[Check.UNDER_PLAN]
    assert found.result is now[Check.UNDER_PLAN].result
    if which == "whole":
        assert now[Check.UNDER_PLAN].en == "24 hours"
        assert found.en.startswith("24 hours; 0 stands for amounts of which nothing is known")


@pytest.mark.parametrize(
    "lie",
    [
        replace(NOUGHT, value=1.0),
        replace(NOUGHT, hours_without=23),
        replace(NOUGHT, substituted=1.0),
        replace(NOUGHT, substituted_share=1.0),
    ],
)
def test_any_other_amount_of_what_is_unknown_does_not(one: Planned, lie: PlanAmount) -> None:
    assert failing(written(restated(one.whole, saying(one.whole, lie)))) == {Check.UNDER_PLAN}


def test_what_is_known_cannot_be_told_as_unknown() -> None:
    """Null and 0 are taken for each other only where no hour of operation has a value."""
    short = stated(emptied(HourState.MISSING, 4))
    assert short.compliance is not None
    nought = replace(short, compliance=replace(NOUGHT, hours_without=4))
    assert stated_today(nought) == nought
    still = stated(emptied(HourState.SHUTDOWN))
    assert stated_today(still) == still


def test_the_best_estimate_and_its_uncertainty_are_read_likewise() -> None:
    now = emptied(HourState.MISSING)
    short = stated(now)
    nought = PlanEstimate(
        value=0.0, standard_uncertainty=0.0, expanded_uncertainty=0.0, hours_without=24
    )
    (part,) = short.parts
    assert part.told is not None
    told = replace(part.told, compliance=NOUGHT, best_estimate=nought)
    old = replace(short, compliance=NOUGHT, best_estimate=nought, parts=(replace(part, told=told),))
    assert stated_today(old) == short
    assert determined_today(determined_before(now)) == now
    assert determined_today(measured()) == measured()


def determined_before(now: Monitored) -> Monitored:
    own = now.determination
    totals = replace(own.totals, compliance=NO_SUM, best_estimate=NO_SUM, standard_uncertainty=0.0)
    own = replace(own, totals=totals)
    return replace(now, determination=own, standard_uncertainty=0.0, expanded_uncertainty=0.0)
