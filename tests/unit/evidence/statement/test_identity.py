"""Whether equal ids stand for one thing: what papers, profiles, sites and quantities say."""

import pytest
from msgspec.structs import replace

from calibration.measurand import KindOfQuantity
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import SettingUsed
from evidence.errors import UnlikeInfluenceError
from evidence.statement.datum import ActivityData
from evidence.statement.identity import (
    Thing,
    named_by,
    require_one_thing,
    serial_of,
    stated_thing,
    unlike,
)
from tests.unit.evidence.statement.examples import datum, part

CLASS, CERTIFICATE = "inst:1001/class", "cert:E-1/0"
ABB, ACREL = ("ABB", "B23"), ("Acrel", "ADL400")
PAPER = ("SDIM", "ABB", "B23", "S-1", "2026-01-05")


NOTHING: frozenset[tuple[str, ...]] = frozenset()


def at(
    site: str,
    marks: frozenset[tuple[str, ...]] = NOTHING,
    types: frozenset[tuple[str, ...]] = NOTHING,
) -> Thing:
    return Thing(site=site, marks=marks, types=types)


def row(channel: str, influence: str, **changed: object) -> ActivityData:
    return replace(datum(100.0, part(influence, 1.0), channel=channel), **changed)


def only(*marks: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(marks)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at("jinan"), at("jinan")),
        (at("jinan", types=only(ABB)), at("jinan", types=only(("abb", " b23 ")))),
        (at("jinan", types=only(ABB)), at("jinan", marks=only(ABB))),
        (at("jinan", marks=only(ABB)), at("weifang", marks=only(ABB))),
        (at("jinan", marks=only(("a1",), PAPER)), at("weifang", marks=only(("b2",), PAPER))),
        (at("jinan", marks=only(("a1",), PAPER)), at("weifang", marks=only(("a1",)))),
    ],
)
def test_one_thing_is_known_by_its_papers_or_by_its_site(one: Thing, other: Thing) -> None:
    assert unlike(one, other) is None
    assert unlike(other, one) is None


@pytest.mark.parametrize(
    ("one", "other", "en"),
    [
        (at("jinan"), at("weifang"), "no paper says that the one at"),
        (at("jinan", types=only(ABB)), at("weifang", types=only(ABB)), "no paper says"),
        (at("jinan", marks=only(ABB)), at("weifang"), "no paper says"),
        (at("jinan", types=only(ABB)), at("jinan", types=only(ACREL)), "profiles say ABB, B23"),
        (at("jinan", marks=only(ABB)), at("jinan", marks=only(ACREL)), "papers say ABB, B23, and"),
        (
            at("jinan", marks=only(ABB), types=only(ABB)),
            at("jinan", marks=only(ABB), types=only(ACREL)),
            "device profiles say",
        ),
        (
            at("jinan", marks=only(("a1",), PAPER)),
            at("jinan", marks=only(("b2",), ("HNIM", *PAPER[1:]))),
            "papers say SDIM, ABB, B23, S-1, 2026-01-05, and HNIM",
        ),
    ],
)
def test_what_papers_tell_apart_or_no_paper_joins_across_sites_is_unlike(
    one: Thing, other: Thing, en: str
) -> None:
    for found in (unlike(one, other), unlike(other, one)):
        assert found is not None
    found = unlike(one, other)
    assert found is not None
    assert en in found.en


def test_what_a_person_entered_is_one_instrument_where_it_shows_one_quantity() -> None:
    scale = Thing(site="jinan", kind="mass", is_entered=True)
    meter = Thing(site="jinan", kind="active_energy", is_entered=True)
    assert unlike(scale, scale) is None
    found = unlike(scale, meter)
    assert found is not None
    assert found.en == "they show mass, and active_energy"
    assert found.zh == "所示量为 mass，以及 active_energy"
    polled = Thing(site="jinan", kind="active_energy")
    assert unlike(polled, meter) is None
    assert unlike(polled, Thing(site="jinan", kind="active_power")) is None  # one meter's channels


@pytest.mark.parametrize(
    ("influence", "found"),
    [
        ("inst:1001.current_ratio/class", ("inst", "1001.current_ratio")),
        ("cert:E-1/2", ("cert", "E-1")),
        ("factor:moisture.R-1", ("factor", "moisture.R-1")),
    ],
)
def test_an_id_names_a_thing_and_its_aspect(influence: str, found: tuple[str, str]) -> None:
    assert named_by(influence) == found


def test_a_part_belongs_to_the_instrument_with_the_longest_serial_that_fits() -> None:
    assert serial_of(("1001", "1001.2", ""), "1001.2.phase") == "1001.2"
    assert serial_of(("1001",), "10012") is None
    assert serial_of(("A/1",), "A%2F1") == "A/1"


def test_two_sites_that_share_a_serial_are_refused_with_channels_and_what_to_do() -> None:
    with pytest.raises(UnlikeInfluenceError, match="E_INFLUENCE_IDENTITY inst:1001/class") as told:
        require_one_thing([row("jinan/a/energy", CLASS), row("weifang/b/energy", CLASS)])
    for text in ("jinan/a/energy", "weifang/b/energy", "distinct ids", "no paper says"):
        assert text in told.value.say("en")
    for text in ("jinan/a/energy", "不同编号", "没有文件说明厂区 jinan"):
        assert text in told.value.say("zh")


@pytest.mark.parametrize(
    "influence", [CLASS, CERTIFICATE, "factor:area.R-1", "span:OXY/C-1", "cert:R-1/0"]
)
def test_ids_of_names_that_people_give_are_of_one_site(influence: str) -> None:
    require_one_thing([row("jinan/a/energy", influence), row("jinan/b/energy", influence)])
    both = [row("jinan/a/energy", influence), row("weifang/b/energy", influence)]
    with pytest.raises(UnlikeInfluenceError):
        require_one_thing(both)
    require_one_thing(both, known=[influence])


@pytest.mark.parametrize(
    "influence",
    [
        "std:SDIM/E-17",
        "crm:GBW1/7",
        "clock:gw-1",
        "read:a/b/c/1",
        "sampling:a/b/c",
        "factor:if97",
    ],
)
def test_ids_with_a_house_in_them_are_one_thing_everywhere(influence: str) -> None:
    require_one_thing([row("jinan/a/energy", influence), row("weifang/b/energy", influence)])


def test_what_is_new_in_each_reading_never_cancels_and_one_channel_is_one_instrument() -> None:
    fresh = UncertaintyComponent(influence=Influence(id=CLASS, shared=False), contribution=1.0)
    require_one_thing([datum(1.0, fresh, channel=f"{site}/a/p") for site in ("jinan", "weifang")])
    require_one_thing([row("jinan/a/energy", CLASS), row("jinan/a/energy", CLASS)])


def test_a_declared_number_is_known_by_the_document_that_its_id_names() -> None:
    for influence in ("factor:moisture.R-1", "cert:R-1/0"):
        sharing = [
            row(
                f"{site}/a/energy",
                influence,
                settings=(SettingUsed(setting="M", document="R-1", document_sha256=sha256),),
            )
            for site, sha256 in (("jinan", "a1"), ("weifang", "a1"), ("weifang", "b2"))
        ]
        require_one_thing(sharing[:2])
        with pytest.raises(UnlikeInfluenceError, match="papers say a1, and b2"):
            require_one_thing(sharing[::2])
    by_subject = row(
        "jinan/a/energy",
        "factor:duct_area.stack",
        settings=(SettingUsed(setting="A", document="R-1", document_sha256="a1"),),
    )
    assert stated_thing(by_subject, "factor:duct_area.stack").marks == frozenset()


def test_entered_rows_of_unlike_quantities_are_told_apart_without_any_register() -> None:
    scale = row("jinan/~scale/steel", CLASS)
    mass = replace(scale.measurand, kind_of_quantity=KindOfQuantity.MASS, unit="t")
    with pytest.raises(UnlikeInfluenceError, match="active_power, and mass"):
        require_one_thing([row("jinan/~grid/power", CLASS), replace(scale, measurand=mass)])
