"""A sample is the same for everyone, has what must be looked at, and reaches every stratum."""

from collections import Counter
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from evidence.audit.said import Pointer
from evidence.audit.sample import STRATA, Item, Sample, Stratum, allocation, rank, sample

OF = ("works/boiler/energy", "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z")
SIZES = {"certificate": 3, "setting": 2, "check": 10, "hour": 720, "reading": 400}


def items() -> list[Item]:
    return [
        Item(stratum=stratum, id=f"{stratum} {number}", where=Pointer(kind="hour", id="x"))
        for stratum in STRATA
        for number in range(SIZES[stratum])
    ]


def drawn(seed: str = "2026-11-30", size: int = 40) -> Sample:
    return sample(items(), seed, size, OF)


def test_a_second_person_with_the_seed_draws_the_same_in_whatever_order_the_items_come() -> None:
    again = sample(reversed(items()), "2026-11-30", 40, OF)
    assert msgspec.json.encode(again) == msgspec.json.encode(drawn())
    assert drawn("another seed").by_lot != drawn().by_lot
    assert drawn("another seed").population_digest == drawn().population_digest


def test_the_rank_can_be_made_again_with_any_sha256() -> None:
    item = Item(stratum="hour", id="h", where=Pointer(kind="hour", id="h"))
    assert rank("seed", item) == (  # printf 'seed\nhour\nh' | sha256sum
        "36828e86e6d27dbcd0d97a4d9244d1caea24569687d687fb44b3d0a7f4d0105f"
    )


def test_the_population_is_told_and_its_digest_sees_a_changed_item() -> None:
    assert drawn().population == SIZES
    other = [msgspec.structs.replace(items()[0], content="changed"), *items()[1:]]
    assert sample(other, "2026-11-30", 40, OF).population_digest != drawn().population_digest


def test_every_stratum_gives_one_at_least_and_as_many_as_asked_for_in_all() -> None:
    count = Counter(each.stratum for each in drawn().by_lot)
    assert set(count) == set(STRATA)
    assert count.total() == 40
    assert count["hour"] > count["reading"] > count["certificate"]


def test_what_must_be_looked_at_is_always_in_and_not_drawn_by_lot() -> None:
    must = [msgspec.structs.replace(each, why=("substituted",)) for each in items()[20:320]]
    found = sample([*items()[:20], *must, *items()[320:]], "s", 5, OF)
    assert found.always == tuple(sorted(must))
    assert len(found.by_lot) == 5
    assert not set(found.by_lot) & set(found.always)


def test_an_item_that_is_added_moves_no_other_items_rank() -> None:
    more = [*items(), Item(stratum="hour", id="late", where=Pointer(kind="hour", id="x"))]
    before, after = set(drawn().by_lot), set(sample(more, "2026-11-30", 40, OF).by_lot)
    assert len(before & after) >= 39


@given(
    st.dictionaries(st.sampled_from(get_args(Stratum)), st.integers(0, 300)),
    st.integers(0, 500),
)
def test_an_allocation_gives_what_is_asked_for_or_all_there_is(
    sizes: dict[Stratum, int], size: int
) -> None:
    given_ = allocation(sizes, size)
    assert sum(given_.values()) == min(size, sum(sizes.values()))
    assert all(0 <= count <= sizes[name] for name, count in given_.items())
