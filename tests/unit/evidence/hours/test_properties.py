"""What holds of any series: one code an hour, sums that are sums, no influence of order."""

import math
from collections import Counter
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.uncertainty import combine, merge, scaled
from evidence.statement.hours.averaging import averaged, gathered
from evidence.statement.hours.determination import Determination, digest_of
from evidence.statement.hours.determine import determine
from evidence.statement.hours.hour import HourState
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.hours.lost_points import with_lost_points
from evidence.statement.hours.observed import in_a_row, observed_of
from evidence.statement.hours.pack import RulePack
from evidence.statement.hours.point import HourlyRecord, Point, PointState
from evidence.statement.hours.totals import unknown_sum
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import DEFAULTS, START, at

STATES = st.sampled_from(list(PointState))
VALUES = st.floats(0.0, 1e6, allow_subnormal=False)


def told(state: PointState, value: float) -> float | None:
    return value if state in (PointState.VALID, PointState.MANUAL) else None


@st.composite
def records(draw: st.DrawFn) -> list[HourlyRecord]:
    hours = draw(st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True))
    shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    made = []
    for hour in hours:
        state = draw(STATES)
        value = told(state, draw(VALUES))
        made.append(
            HourlyRecord(at_ns=at(hour), value=value, state=state, operating_share=draw(shares))
        )
    return made


STANDINGS = st.dictionaries(st.integers(0, 60).map(at), st.sampled_from(list(Standing)))


@settings(max_examples=60, deadline=None)
@given(records(), st.sampled_from(PACKS), STANDINGS, st.randoms(use_true_random=False))
def test_of_any_hours(
    made: list[HourlyRecord], rules: str, standing: dict[int, Standing], rng: Random
) -> None:
    pack = rule_pack(rules)
    observed = [observed_of(each, standing.get(each.at_ns)) for each in made]
    found = determine(in_a_row(observed, standing), pack, DEFAULTS[rules])
    shuffled = list(observed)
    rng.shuffle(shuffled)
    again = determine(in_a_row(shuffled, standing), pack, DEFAULTS[rules])
    assert again == found
    assert found.digest == digest_of(found)
    check_hours(found, pack.pack)
    check_totals(found, amount=DEFAULTS[rules].kind == "amount")


def check_hours(found: Determination, pack: RulePack) -> None:
    codes = Counter(each.method for each in found.hours)
    assert set(codes) <= set(pack.codes)
    assert codes == Counter(found.totals.by_method)
    assert sum(found.totals.by_state.values()) == found.totals.hours == len(found.hours)
    for each in found.hours:
        measured = each.state == HourState.MEASURED
        assert measured == (each.method == pack.measured)
        assert (each.state == HourState.SHUTDOWN) == (each.method == pack.shutdown)
        assert (each.because is None) == measured
        without = each.state in (HourState.MISSING, HourState.INVALID, HourState.SHUTDOWN)
        assert (each.compliance is None) == without


def check_totals(found: Determination, *, amount: bool) -> None:
    total = found.totals
    ran = [each for each in found.hours if each.state != HourState.SHUTDOWN]
    weights = [1.0 if amount else each.operating_share for each in ran]
    for name, part in (("compliance", total.compliance), ("best_estimate", total.best_estimate)):
        values = [getattr(each, name) for each in ran]
        kept = [v * w for v, w in zip(values, weights, strict=True) if v is not None]
        assert part.without == sum(v is None for v in values)
        if ran and not kept:
            assert part == unknown_sum(len(ran))
            continue
        assert part.value == math.fsum(kept)
        share, filled = part.substituted_share, part.substituted
        assert share is not None
        assert filled is not None
        assert 0.0 <= share <= 1.0
        assert filled <= part.value or math.isclose(filled, part.value)
    assert 0.0 <= total.substituted_share_of_hours <= 1.0
    parts = (scaled(each.components, w) for each, w in zip(ran, weights, strict=True))
    known = total.best_estimate.value is not None
    assert total.standard_uncertainty == (combine(merge(*parts)) if known else None)


@st.composite
def points(draw: st.DrawFn) -> list[Point]:
    slots = draw(st.lists(st.integers(0, 179), min_size=1, max_size=150, unique=True))
    made = []
    for slot in slots:
        state = draw(STATES)
        value = told(state, draw(VALUES))
        made.append(Point(at_ns=START + slot * 60_000_000_000, value=value, state=state))
    return made


@settings(max_examples=40, deadline=None)
@given(points(), st.sampled_from(PACKS), st.integers(0, 150), st.randoms(use_true_random=False))
def test_the_order_and_the_chunks_of_points_do_not_matter(
    made: list[Point], rules: str, cut: int, rng: Random
) -> None:
    pack = rule_pack(rules)
    rule = pack.pack.valid_hour
    whole = gathered(made)
    shuffled = list(made)
    rng.shuffle(shuffled)
    again = gathered(shuffled)
    chunks = gathered(point for chunk in (made[cut:], made[:cut]) for point in chunk)
    for start in whole:
        hour = averaged(start, whole[start], rule)
        assert averaged(start, again[start], rule) == hour
        assert averaged(start, chunks[start], rule) == hour
        assert sum(hour.counts.values()) == 60
        assert 0.0 <= hour.operating_share <= 1.0
        assert (hour.value is None) == (hour.state not in ("measured", "manual"))
    hours = in_a_row(averaged(start, whole[start], rule) for start in whole)
    found = determine(hours, pack, DEFAULTS[rules], with_lost_points(hours, whole, 60, "s"))
    check_hours(found, pack.pack)
    check_totals(found, amount=DEFAULTS[rules].kind == "amount")


@given(records(), st.sampled_from(PACKS))
@settings(max_examples=20, deadline=None)
def test_the_digest_covers_every_hour_and_the_rules(made: list[HourlyRecord], rules: str) -> None:
    hours = in_a_row(observed_of(each) for each in made)
    found = determine(hours, rule_pack(rules), DEFAULTS[rules])
    moved = msgspec.structs.replace(found.hours[0], operating_share=0.123)
    changed = msgspec.structs.replace(found, hours=(moved, *found.hours[1:]))
    assert digest_of(changed) != found.digest
    other = msgspec.structs.replace(found.rules, sha256="0" * 64)
    assert digest_of(msgspec.structs.replace(found, rules=other)) != found.digest
