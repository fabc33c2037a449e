"""Sums, shares of a variance, and their figures: against sums that are done by hand."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from collector.api.refusal import DoubleCountError
from collector.web.activity.drawing import Bar, Named, bars, variances
from collector.web.activity.shares import MOST_CAUSES, REST, causes, certificates_behind
from collector.web.activity.sums import Term, by_quantity, of_one_instrument, quantity_of, sum_of
from evidence.statement.datum import ActivityData, StatedComponent
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, Plant, served

SPAN = (0, 1)


def component(influence: str, contribution: float, *, shared: bool = True) -> StatedComponent:
    return StatedComponent(
        influence=influence,
        contribution=contribution,
        evaluation="B",
        distribution="normal",
        degrees_of_freedom=None,
        dof_source=None,
        shared=shared,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ActivityData]:
    """Statements of two days, as the collector makes them."""
    plant = Plant(tmp_path_factory.mktemp("plant"))
    plant.fill()
    parts = plant.parts()
    answer = served(parts).get("/api/v1/activity-data?start=2026-03-30&end=2026-04-01")
    found = {each["channel"]: each for each in answer.json()}
    kept = {name: parts_of(plant, each["digest"]) for name, each in found.items()}
    parts.sources.close()
    plant.close()
    return kept


def parts_of(plant: Plant, digest: str) -> ActivityData:
    datum = plant.store.lookup.activity(digest)
    assert datum is not None
    return datum


def terms(data: dict[str, ActivityData], **factors: float) -> list[Term]:
    names = {"one": LINE_1, "two": LINE_2, "mill": MILL}
    return [
        Term(channel=names[each], factor=factor, datum=data[names[each]])
        for each, factor in factors.items()
    ]


def in_watt_hours(datum: ActivityData) -> ActivityData:
    return replace(
        datum,
        unit="W.h",
        value=datum.value * 1e3,
        uncorrected_value=datum.uncorrected_value * 1e3,
        components=tuple(replace(x, contribution=x.contribution * 1e3) for x in datum.components),
    )


def test_certificates_behind_declared_numbers_are_named_too(data: dict[str, ActivityData]) -> None:
    datum = data[LINE_1]
    through = (component("cert:KV%201/0", 1.0), component("std:LAB/KV-2", 1.0))
    told = replace(datum, components=(*datum.components, *through))
    assert "KV 1" not in datum.certificates
    assert certificates_behind(told) == (*datum.certificates, "KV 1")


def test_meters_of_kilowatt_hours_and_of_watt_hours_are_one_quantity(
    data: dict[str, ActivityData],
) -> None:
    small = Term(channel=LINE_2, factor=1.0, datum=in_watt_hours(data[LINE_2]))
    large = terms(data, one=1.0, two=1.0)
    mixed = [large[0], small]
    assert by_quantity(mixed) == [mixed]
    assert quantity_of(mixed) == ("kW.h", "")
    plain, found = sum_of(SPAN, large), sum_of(SPAN, mixed, unit="kW.h")
    assert plain is not None
    assert found is not None
    assert found.value == pytest.approx(plain.value)
    assert found.uncorrected == pytest.approx(plain.uncorrected)
    assert found.expanded == pytest.approx(plain.expanded)
    assert found.combined is not None
    assert [each.unit for each in found.combined.terms] == ["kW.h", "W.h"]
    alone = sum_of(SPAN, [without_data(large[0]), small], unit="kW.h")  # of the other: no data
    assert alone is not None
    assert alone.value == pytest.approx(data[LINE_2].value)


def test_channels_of_one_instrument_that_are_added_are_named(
    data: dict[str, ActivityData],
) -> None:
    one, two = terms(data, one=1.0, two=1.0)
    (serial,) = data[LINE_1].serials
    assert of_one_instrument([one, two]) == []
    assert of_one_instrument([one, one, two]) == [serial]
    assert of_one_instrument([one, *terms(data, one=-1.0)]) == []


def without_data(term: Term) -> Term:
    return Term(channel=term.channel, factor=term.factor, datum=None)


def test_what_lines_share_adds_with_its_sign(data: dict[str, ActivityData]) -> None:
    both = sum_of(SPAN, terms(data, one=1.0, two=1.0))
    less = sum_of(SPAN, terms(data, one=1.0, two=-1.0))
    assert both is not None
    assert less is not None
    one, two = data[LINE_1], data[LINE_2]
    assert both.value == pytest.approx(one.value + two.value, rel=1e-12)
    assert less.value == pytest.approx(one.value - two.value, abs=1e-9)
    signed: dict[str, list[float]] = {"+": [], "-": []}
    first = {each.influence: each.contribution for each in one.components}
    second = {each.influence: each.contribution for each in two.components}
    for name in first.keys() | second.keys():
        signed["+"].append(first.get(name, 0.0) + second.get(name, 0.0))
        signed["-"].append(first.get(name, 0.0) - second.get(name, 0.0))
    for found, sign in ((both, "+"), (less, "-")):
        assert found.combined is not None
        by_hand = math.sqrt(math.fsum(each**2 for each in signed[sign]))
        assert found.combined.uncertainty.standard_uncertainty == pytest.approx(by_hand, rel=1e-9)
    assert both.uncorrected is not None
    assert both.correction == pytest.approx(both.value - both.uncorrected)
    assert both.relative_correction == pytest.approx(both.value / both.uncorrected - 1.0)


def test_only_where_a_certificate_acts_something_is_changed_by_one(
    data: dict[str, ActivityData],
) -> None:
    by_class = replace(data[LINE_1], certificates=())
    alone = sum_of(SPAN, [Term(channel=LINE_1, factor=1.0, datum=by_class)])
    both = sum_of(SPAN, [*terms(data, two=1.0), Term(channel=LINE_1, factor=1.0, datum=by_class)])
    assert alone is not None
    assert both is not None
    assert (alone.certified, both.certified) == (False, True)


def test_one_unknown_uncertainty_makes_that_of_the_sum_unknown(
    data: dict[str, ActivityData],
) -> None:
    found = sum_of(SPAN, terms(data, one=1.0, mill=1.0))
    assert found is not None
    assert (found.expanded, found.combined, found.unknown) == (None, None, (MILL,))
    assert found.relative_expanded is None


def test_a_channel_without_data_is_named_and_not_in_the_sum(data: dict[str, ActivityData]) -> None:
    absent = Term(channel="a/b/c", factor=1.0, datum=None)
    found = sum_of(SPAN, [*terms(data, one=1.0), absent])
    assert found is not None
    assert (found.value, found.lacking) == (data[LINE_1].value, ("a/b/c",))
    assert sum_of(SPAN, [absent]) is None
    assert by_quantity([absent]) == []


def test_what_measures_the_same_is_not_added_up_unless_that_is_wanted(
    data: dict[str, ActivityData],
) -> None:
    one, two = (replace(data[each], double_count_groups=("grid",)) for each in (LINE_1, LINE_2))
    pair = [Term(channel=each.channel, factor=1.0, datum=each) for each in (one, two)]
    with pytest.raises(DoubleCountError):
        sum_of(SPAN, pair)
    assert sum_of(SPAN, pair, {"grid"}) is not None
    unknown = [
        Term(
            channel=each.channel,
            factor=1.0,
            datum=replace(each, u_basis=UncertaintyBasis.UNKNOWN),
        )
        for each in (one, two)
    ]
    with pytest.raises(DoubleCountError):
        sum_of(SPAN, unknown)


def test_factors_of_one_certificate_are_one_cause_and_shares_add_up_to_one() -> None:
    found = causes(
        [
            component("cert:E-1/0", 3.0),
            component("cert:E-1/1", -4.0),
            component("std:SDIM/E-17", 12.0),
            component("fresh:a/b/c", 0.0, shared=False),
            component("moon:full", 1.0),
        ]
    )
    assert [(each.kind, each.subject, each.u) for each in found] == [
        ("std", "SDIM/E-17", 12.0),
        ("cert", "E-1", 5.0),
        ("other", "moon:full", 1.0),
    ]
    assert [each.share for each in found] == pytest.approx([144 / 170, 25 / 170, 1 / 170])
    assert causes([]) == ()


def test_how_an_entered_amount_is_spread_over_time_is_one_cause_of_that_entry() -> None:
    spread = "substitution:works%2F~gas-1%2Fvolume%20"
    found = causes(
        [
            component(f"{spread}7%20halves", 3.0),
            component(f"{spread}7%20ends", -4.0),
            component(f"{spread}12%20ends", 1.0),
            component("substitution:works%2Fboiler%2Fco2.points", 2.0),
        ]
    )
    assert [(each.kind, each.subject, each.u) for each in found] == [
        ("divided", "works/~gas-1/volume #7", 5.0),
        ("substitution", "works%2Fboiler%2Fco2.points", 2.0),
        ("divided", "works/~gas-1/volume #12", 1.0),
    ]


@given(st.lists(st.floats(-1e9, 1e9), max_size=40))
def test_the_rest_is_told_as_one_and_nothing_of_the_variance_is_lost(sizes: list[float]) -> None:
    found = causes([component(f"factor:{n}", each) for n, each in enumerate(sizes)])
    assert len(found) <= MOST_CAUSES + 1
    whole = math.sqrt(math.fsum(each**2 for each in sizes))
    assert math.sqrt(math.fsum(each.u**2 for each in found)) == pytest.approx(whole, rel=1e-9)
    assert all(each.kind != REST for each in found[:MOST_CAUSES])


def test_bars_end_where_their_numbers_are_and_whiskers_reach_as_far_as_u() -> None:
    figure = bars(
        [Bar(label="a", value=100.0, beside=98.0, half=10.0, words="a: 100 ± 10")],
        "kW·h",
        Named(name="Course", description="Bars"),
    )
    root = ET.fromstring(figure)  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    first, second = root.findall(f".//{name}rect")
    foot = float(first.attrib["y"]) + float(first.attrib["height"])
    scale = float(first.attrib["height"]) / 100.0
    assert float(second.attrib["height"]) / scale == pytest.approx(98.0, abs=0.5)
    lines = [each for each in root.iter(f"{name}polyline") if each.attrib["class"] == "whisker"]
    (_, low), (_, high) = (
        map(float, each.split(",")) for each in lines[0].attrib["points"].split()
    )
    assert (foot - low) / scale == pytest.approx(90.0, abs=0.5)
    assert (foot - high) / scale == pytest.approx(110.0, abs=0.5)


@given(
    st.lists(
        st.tuples(st.floats(-1e12, 1e12), st.none() | st.floats(0.0, 1e12)),
        min_size=1,
        max_size=100,
    )
)
def test_whatever_the_numbers_are_a_figure_can_be_drawn(
    pairs: list[tuple[float, float | None]],
) -> None:
    found = [Bar(label="<&", value=v, beside=v, half=u, words="<&") for v, u in pairs]
    ET.fromstring(bars(found, "m³", Named(name="<", description="&")))  # noqa: S314 - our own


def test_causes_are_drawn_with_words_that_fit() -> None:
    told = causes([component(f"factor:{'x' * 90}{n}", 1.0 + n) for n in range(4)])
    figure = variances(told, lambda each: each.subject, "t", Named(name="n", description="d"))
    ET.fromstring(figure)  # noqa: S314 - our own
    assert max(len(each) for each in re.findall(r">([^<>]*)</text>", figure)) <= 44
