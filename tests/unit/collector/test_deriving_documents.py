"""Computed hours when documents change: doubt, papers, chains of computed channels, limits."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.laboratory import StandardUsed
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.window import UnstatedStandard
from evidence.judging.library import Library
from tests.unit.collector.test_deriving import (
    AREA,
    CO2,
    DAY,
    FROM,
    HOUR_NS,
    HOW,
    K_V,
    START_NS,
    Works,
    libraries,
    mean,
    setting,
)


@pytest.fixture
def works() -> Iterator[Works]:
    made = Works()
    yield made
    made.store.close()


def test_an_hour_that_cannot_be_computed_any_more_stays_with_unknown_uncertainty(
    works: Works,
) -> None:
    works.hour(libraries(AREA, K_V))
    (before,) = works.made()
    other = replace(AREA, id="area-b", after=replace(AREA.after, value=20.0))
    (fault,) = works.deriving.follow((), libraries(AREA, other, K_V))
    assert fault.code == "E_DERIVED_SETTING"
    (doubted,) = works.made()
    assert doubted.value == before.value
    assert doubted.grounds == replace(before.grounds, basis=UncertaintyBasis.UNKNOWN)
    lacking = replace(HOW, inputs={**HOW.inputs, "v_p": "works/cems/other"}, recorded_at=FROM + DAY)
    assert works.deriving.follow((), libraries(AREA, K_V)) == []
    assert works.made() == [before]
    assert works.deriving.follow((), libraries(AREA, K_V, how=lacking)) == []
    assert works.made() == [doubted]


def test_an_hour_names_the_settings_it_rests_on_and_their_papers(works: Works) -> None:
    vague = StandardUsed(influence="std:NIM/pitot-3")
    works.hour(libraries(AREA, replace(K_V, standards=(vague,))))
    (hour,) = works.made()
    assert [(each.setting, each.document) for each in hour.grounds.settings] == [
        ("stack_area-0", "R-17"),
        ("velocity_coefficient-0", "R-17"),
    ]
    assert hour.grounds.unstated_standards == (
        UnstatedStandard(standard="std:NIM/pitot-3", certificate="R-17"),
    )


def chained(*names: str) -> list[Derivation]:
    """Channels each of which is the one before times a factor of 1/2, of the stack's CO2 first."""
    return [
        replace(
            HOW,
            derivation=name,
            kind_of_quantity=KindOfQuantity.MASS,
            model="co2_by_mass_factor",
            inputs={"fc": before},
            settings={"ef_mass": "emission_factor_by_mass"},
        )
        for before, name in pairwise((CO2, *names))
    ]


def total(works: Works, channel: str) -> float:
    windows = works.store.lookup.windows(channel, START_NS, START_NS + HOUR_NS)
    return sum(each.value for each in windows)


def test_a_computed_channel_may_be_an_input_of_the_next_one(works: Works) -> None:
    names = [f"works/stack-1/{name}" for name in ("b", "a", "c")]  # not in order of their names
    half = setting("emission_factor_by_mass", 0.5, "1", 0.0)
    ways = (HOW, *chained(*names))
    known = {
        "gw-1": Library(register=CalibrationRegister(settings=(AREA, K_V, half), derivations=ways))
    }
    assert works.hour(known) == []
    assert [total(works, name) for name in names] == pytest.approx(
        [135.404248 / 2, 135.404248 / 4, 135.404248 / 8], rel=1e-8
    )
    works.hours(known, mean("co2_dry", factor=0.5))
    assert total(works, names[-1]) == pytest.approx(135.404248 / 16, rel=1e-8)
    (last,) = works.store.lookup.windows(names[-1], START_NS, START_NS + HOUR_NS)
    assert {each.setting for each in last.grounds.settings} >= {"stack_area-0", half.id}


def test_an_hour_in_doubt_leaves_what_rests_on_it_in_doubt(works: Works) -> None:
    (after,) = chained("works/stack-1/b")
    half = setting("emission_factor_by_mass", 0.5, "1", 0.0)
    other = replace(AREA, id="area-b", after=replace(AREA.after, value=20.0))
    first, second = (
        {
            "gw-1": Library(
                register=CalibrationRegister(
                    settings=(AREA, K_V, half, *more), derivations=(HOW, after)
                )
            )
        }
        for more in ((), (other,))
    )
    works.hour(first)
    (fault,) = works.deriving.follow((), second)
    assert fault.subject == CO2
    (window,) = works.store.lookup.windows("works/stack-1/b", START_NS, START_NS + HOUR_NS)
    assert window.grounds.basis is UncertaintyBasis.UNKNOWN


def test_channels_that_are_computed_from_each_other_end(works: Works) -> None:
    half = setting("emission_factor_by_mass", 0.5, "1", 0.0)
    (b,) = chained("works/stack-1/b")
    a = replace(b, derivation=CO2, inputs={"fc": b.derivation}, recorded_at=FROM + DAY)
    works.hour(
        {
            "gw-1": Library(
                register=CalibrationRegister(settings=(AREA, K_V, half), derivations=(HOW, b))
            )
        }
    )
    works.deriving.follow(
        (),
        {
            "gw-1": Library(
                register=CalibrationRegister(settings=(AREA, K_V, half), derivations=(HOW, b, a))
            )
        },
    )
    assert 0.0 < total(works, CO2) < 135.4


def test_channels_beyond_the_limit_of_an_agent_are_not_computed_and_that_is_said(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence.judging.computed.MOST_CHANNELS", 1)
    second = replace(HOW, derivation="works/stack-1/again")
    corrected = replace(HOW, recorded_at=FROM + DAY)
    register = CalibrationRegister(settings=(AREA, K_V), derivations=(HOW, second, corrected))
    (fault,) = works.hour({"gw-1": Library(register=register)})
    assert fault.code == "E_DERIVED_LIMIT"
    assert "works/stack-1/again" in fault.message
    assert len(works.made()) == 1
    assert works.store.lookup.channel("works/stack-1/again") is None
