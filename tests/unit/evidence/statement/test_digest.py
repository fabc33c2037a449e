import hashlib
import json
import math
from collections.abc import Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.increment import Finding, FindingKind
from calibration.indication import Quality
from calibration.window import SettingUsed, UnstatedStandard, Window
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData, Period, digest_of
from evidence.statement.doubt import Doubt
from evidence.statement.entered.people import Entered
from tests.unit.evidence.statement.examples import (
    ENERGY,
    POWER,
    START_NS,
    hours,
    part,
    register,
)
from tests.unit.evidence.statement.planned import UNDER_PLAN


def stated(windows: Sequence[Window], count: int) -> ActivityData:
    measurand = ENERGY if windows[0].channel.endswith("energy") else POWER
    return activity_data(windows, measurand, hours(count), software="test 1")


def found_at(kind: FindingKind, at_ns: int, before: float, after: float) -> Finding:
    return Finding(kind=kind, at_ns=at_ns, before=before, after=after)


FOUND = stated(
    [
        register(
            0,
            components=[part("std:NIM/R", 0.3), part("cert:C-1/0", 0.1, 12.0)],
            findings=[found_at(FindingKind.SPIKE, START_NS + 1, 1.0, 2.0)],
        )
    ],
    2,
)


def test_the_digest_is_of_sorted_json_with_each_number_as_it_was_published() -> None:
    small = msgspec.structs.replace(FOUND, value=1.5e-7, uncorrected_value=1e22)
    marked = json.loads(msgspec.json.encode(small), parse_float="\x00{}\x00".format)
    del marked["digest"], marked["supersedes"]
    text = json.dumps(marked, sort_keys=True, separators=(",", ":"))
    plain = text.replace('"\\u0000', "").replace('\\u0000"', "")
    assert '"value":1.5e-7' in plain
    assert digest_of(small) == hashlib.sha256(plain.encode()).hexdigest()


def test_a_datum_that_was_published_and_read_again_has_the_same_digest() -> None:
    again = msgspec.json.decode(msgspec.json.encode(FOUND), type=ActivityData)
    assert again == FOUND
    assert digest_of(again) == FOUND.digest


@given(st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_digest_does_not_depend_on_the_order_of_keys(random: Random) -> None:
    turned = msgspec.convert(shuffled(msgspec.to_builtins(FOUND), random), ActivityData)
    assert digest_of(turned) == FOUND.digest


def shuffled(value: object, random: Random) -> object:
    """The value with the keys of its objects in another order."""
    if isinstance(value, list | tuple):
        return [shuffled(each, random) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    random.shuffle(names)
    return {name: shuffled(value[name], random) for name in names}


OTHER: dict[str, object] = {
    "channel": "jinan/b/energy",
    "measurand": msgspec.structs.replace(ENERGY, subject="line 2"),
    "unit": "MW.h",
    "period": Period(start="2026-01-01T00:00:00Z", end="2026-01-01T01:00:00Z"),
    "value": math.nextafter(FOUND.value, math.inf),
    "uncorrected_value": 0.0,
    "opening": None,
    "closing": None,
    "standard_uncertainty": 0.0,
    "expanded_uncertainty": 0.0,
    "coverage_factor": 2.0,
    "coverage_probability": 0.99,
    "distribution": "normal",
    "effective_degrees_of_freedom": 7.0,
    "assumed_correlations": {"std:NIM/R": 1.0},
    "u_basis": UncertaintyBasis.UNKNOWN,
    "components": (),
    "completeness": msgspec.structs.replace(FOUND.completeness, present=1),
    "quality": Quality.OVERDUE,
    "qualities": {},
    "events": (),
    "serials": (),
    "certificates": (),
    "confirmations": (),
    "unstated_standards": (UnstatedStandard(standard="std:NIM/R", certificate="C-1"),),
    "settings": (SettingUsed(setting="KV-1", document="R-17"),),
    "double_count_groups": ("boiler CO2",),
    "doubts": (
        Doubt(serial="A-1", because="shift", start="2026-01-01", end="2026-01-02", value=1.0),
    ),
    "entered": Entered(share=1.0, entries=(7,), by=("Q. Wang",), sources=("invoice 12",)),
    "under_plan": UNDER_PLAN,
    "software": "test 2",
}


def test_every_field_but_two_is_tried() -> None:
    assert OTHER.keys() | {"digest", "supersedes"} == set(ActivityData.__struct_fields__)


@pytest.mark.parametrize("field", OTHER)
def test_any_other_field_gives_another_digest(field: str) -> None:
    assert getattr(FOUND, field) != OTHER[field]
    assert digest_of(msgspec.structs.replace(FOUND, **{field: OTHER[field]})) != FOUND.digest


@pytest.mark.parametrize("field", ["digest", "supersedes"])
def test_digest_and_predecessor_are_not_part_of_the_digest(field: str) -> None:
    assert digest_of(msgspec.structs.replace(FOUND, **{field: "ab" * 32})) == FOUND.digest
