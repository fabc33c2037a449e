import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import (
    InfluenceConflictError,
    InfluenceError,
    NotFiniteError,
    OutOfRangeError,
)
from calibration.uncertainty import (
    Influence,
    UncertaintyComponent,
    by_dof_source,
    combine,
    influence_id,
    merge,
    name_of,
    scaled,
)

ACCEPTED = (
    "crm:GBW08135/20231107",
    "std:NIM/REF-7",
    "cert:C-2026-1/0",
    "inst:8812/class",
    "inst:8812/drift",
    "inst:8812/temperature",
    "span:cems-1/2026-01-03",
    "sampling:line-1/power",
    "clock:gw-1",
    "factor:EF-grid-2024",
    "substitution:gap-17",
    "read:line-1/energy/e3.1042",
    "read:line-1/energy/12~13~490896",
    "fresh:line-1/power",
)
REFUSED = (
    "",
    "cert:C-1",
    "cert:C-1/x",
    "cert:/0",
    "inst:8812/accuracy",
    "inst:A 1/class",
    "std:NIM",
    "std:NIM/a/b",
    "crm:a:b/c",
    "noise:line-1",
    "read:line-1",
    "sampling:",
    "clock:gw-1 ",
    "xcert:C-1/0",
)
INFLUENCES = tuple(
    Influence(id=name, shared=not name.startswith("fresh:"))
    for name in ("cert:C-1/0", "cert:C-1/1", "inst:A/class", "std:L/S", "fresh:a", "fresh:b")
)
PARTS = st.builds(
    UncertaintyComponent,
    influence=st.sampled_from(INFLUENCES),
    contribution=st.floats(-1e6, 1e6).map(lambda x: round(x, 6)),
)
GROUPS = st.lists(PARTS, max_size=12).map(tuple)


def _part(name: str, contribution: float, *, shared: bool = True) -> UncertaintyComponent:
    influence = Influence(id=name, shared=shared)
    return UncertaintyComponent(influence=influence, contribution=contribution)


def _same(one: tuple[UncertaintyComponent, ...], other: tuple[UncertaintyComponent, ...]) -> bool:
    size = max((abs(part.contribution) for part in (*one, *other)), default=0.0)
    return [part.influence for part in one] == [part.influence for part in other] and all(
        math.isclose(a.contribution, b.contribution, rel_tol=1e-12, abs_tol=1e-12 * size)
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_influence_of_the_grammar_is_accepted(text: str) -> None:
    assert influence_id(text) == text


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_in_the_grammar_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(InfluenceError, match="cert:") as raised:
        influence_id(text, "confirmation MC-1")
    assert raised.value.say("zh").startswith("E_INFLUENCE_GRAMMAR confirmation MC-1")


@given(text=st.text(min_size=1))
def test_any_serial_number_has_a_name_within_the_grammar(text: str) -> None:
    influence_id(f"inst:{name_of(text)}/class")


def test_serial_numbers_that_differ_keep_different_names() -> None:
    texts = ("A 1", "A/1", "A:1", "A1", "A%201", "A%1")
    assert len({name_of(text) for text in texts}) == len(texts)
    assert name_of("2301-8812.B") == "2301-8812.B"


@given(one=GROUPS, other=GROUPS)
def test_the_order_of_results_does_not_change_their_sums_uncertainty(
    one: tuple[UncertaintyComponent, ...], other: tuple[UncertaintyComponent, ...]
) -> None:
    assert _same(merge(one, other), merge(other, one))


@given(one=GROUPS, other=GROUPS, third=GROUPS)
def test_any_grouping_of_results_gives_the_same_uncertainty(
    one: tuple[UncertaintyComponent, ...],
    other: tuple[UncertaintyComponent, ...],
    third: tuple[UncertaintyComponent, ...],
) -> None:
    assert _same(merge(merge(one, other), third), merge(one, merge(other, third)))
    assert _same(merge(one, other, third), merge(merge(one, other), third))


@given(group=GROUPS)
def test_merging_is_closed_one_component_an_influence(
    group: tuple[UncertaintyComponent, ...],
) -> None:
    merged = merge(group)
    names = [part.influence.id for part in merged]
    assert names == sorted(set(names))
    assert merge(merged) == merged


def test_what_is_shared_adds_with_its_sign() -> None:
    total = merge([_part("inst:A/class", 3.0)], [_part("inst:A/class", -1.0)])
    assert [part.contribution for part in total] == [2.0]
    assert combine([_part("inst:A/class", 3.0), _part("inst:A/class", -3.0)]) == 0.0


def test_what_is_new_in_each_reading_adds_in_quadrature() -> None:
    fresh = [_part("fresh:a", 3.0, shared=False), _part("fresh:a", -4.0, shared=False)]
    assert merge(fresh)[0].contribution == 5.0


def test_a_difference_of_results_of_one_instrument_loses_what_both_share() -> None:
    one = [_part("inst:A/class", 2.0), _part("fresh:a", 0.3, shared=False)]
    rest = merge(one, scaled([_part("inst:A/class", 2.0)], -1.0))
    assert combine(rest) == pytest.approx(0.3)


def test_different_influences_add_in_quadrature() -> None:
    names = itertools.starmap("inst:{}/class".format, [("A",), ("B",)])
    parts = [_part(name, size) for name, size in zip(names, (3.0, 4.0), strict=True)]
    assert combine(parts) == 5.0


def test_one_influence_with_two_descriptions_is_refused() -> None:
    one = UncertaintyComponent(influence=Influence(id="std:L/S"), contribution=1.0)
    other = UncertaintyComponent(
        influence=Influence(id="std:L/S", degrees_of_freedom=9.0), contribution=1.0
    )
    with pytest.raises(InfluenceConflictError, match="std:L/S"):
        merge([one], [other])


@pytest.mark.parametrize("nu", [0.0, -1.0, math.nan])
def test_degrees_of_freedom_are_more_than_zero(nu: float) -> None:
    with pytest.raises(OutOfRangeError):
        Influence(id="std:L/S", degrees_of_freedom=nu)


@pytest.mark.parametrize("contribution", [math.nan, math.inf, -math.inf])
def test_a_contribution_is_a_finite_number(contribution: float) -> None:
    with pytest.raises(NotFiniteError):
        _part("std:L/S", contribution)


def test_influences_of_one_fit_are_one_source_of_scatter() -> None:
    fit = [
        UncertaintyComponent(
            influence=Influence(id=f"cert:C/{k}", degrees_of_freedom=9.0, dof_source="cert:C"),
            contribution=size,
        )
        for k, size in enumerate((3.0, 4.0))
    ]
    sources = by_dof_source([*fit, _part("std:L/S", 2.0)])
    assert sources == {"cert:C": (25.0, 9.0), "std:L/S": (4.0, None)}
