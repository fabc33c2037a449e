"""Rule packs: what each states, its digest, and what is refused."""

import hashlib
import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from evidence.statement.hours.errors import RuleMissingError, RulePackError
from evidence.statement.hours.load import PACKS, parse_pack, rule_pack

RULES = files("evidence.statement").joinpath("rules")


def text_of(name: str) -> str:
    return RULES.joinpath(f"{name}.toml").read_text("utf-8")


def test_four_packs_come_with_the_package() -> None:
    names = {Path(str(each)).stem for each in RULES.iterdir() if each.name.endswith(".toml")}
    assert names == set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_the_digest_is_of_the_constants_as_canonical_json(name: str) -> None:
    table = tomllib.loads(text_of(name))
    text = json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rule_pack(name).sha256 == hashlib.sha256(text.encode()).hexdigest()
    remark = f"# another remark\n{text_of(name)}".encode()
    assert parse_pack(remark, "x").sha256 == rule_pack(name).sha256


def test_another_constant_is_another_digest() -> None:
    changed = text_of("part75").replace("lookback_hours = 2160", "lookback_hours = 2161")
    assert parse_pack(changed.encode(), "x").sha256 != rule_pack("part75").sha256


@pytest.mark.parametrize("name", PACKS)
def test_each_rule_has_an_id_of_its_own_a_clause_and_a_status(name: str) -> None:
    pack = rule_pack(name).pack
    rules = [pack.valid_hour, pack.averaging, pack.rounding, pack.percentile]
    rules += [*pack.quantities.values(), *pack.substitutions]
    ids = [each.id for each in rules]
    assert len(set(ids)) == len(ids)
    assert all(each.clause and each.status in ("S", "K") for each in rules)
    assert all(each.id.startswith(f"{name}-") for each in rules)


@pytest.mark.parametrize("name", PACKS)
def test_each_code_is_explained_in_both_languages(name: str) -> None:
    for code in rule_pack(name).pack.codes.values():
        assert code.en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in code.zh)


def test_part_75_has_the_codes_1_to_12() -> None:
    codes = set(rule_pack("part75").pack.codes)
    assert codes == {f"{k:02d}" for k in range(1, 13)} | {"off", "none"}


def test_all_of_the_table_of_hj_75_is_recalled() -> None:
    pack = rule_pack("hj75").pack
    assert {each.status for each in pack.substitutions} == {"K"}
    assert pack.valid_hour.status == "S"
    told = pack.unconfirmed(pack.quantity("mass"))
    assert {"hj75-90-short", "hj75-below-75", "hj212-flags-of-minutes"} <= set(told)


def test_a_quantity_that_is_not_used_is_not_told_as_recalled() -> None:
    pack = rule_pack("part75").pack
    assert "part75-flow" not in pack.unconfirmed(pack.quantity("o2"))


def test_an_unknown_quantity_names_the_known_ones() -> None:
    with pytest.raises(RuleMissingError, match="co2, o2, h2o"):
        rule_pack("part75").pack.quantity("so2")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 2"),
        ('status = "S"', 'status = "C"'),
        ("share = [4, 5]", "share = [5, 4]"),
        ("share = [4, 5]", "share = [0, 5]"),
        ("factor = 2.0\n", ""),
        ("factor = 2.0", "factor = nan"),
        ("factor = 2.0", 'factor = "2"'),
        ('code = "mean-plus-2s"', 'code = "mean-plus"'),
        ('statistic = "mean_plus"', 'statistic = "median"'),
        ('statistic = "mean_plus"', 'statistic = "percentile"\npercent = 100'),
        ("[valid_hour]", "[valid_day]"),
        ("schema = 1", "schema = 1\nspare = 1"),
        ("schema = 1", "schema = 1\nschema = 1"),
    ],
)
def test_a_pack_that_does_not_say_what_it_must_is_refused(old: str, new: str) -> None:
    text = text_of("mrr")
    assert old in text
    with pytest.raises(RulePackError, match=r"E_HOURS_RULES mine\.toml"):
        parse_pack(text.replace(old, new, 1).encode(), "mine.toml")


@pytest.mark.parametrize("data", [b"\xff", b"a = " + b"[" * 5000, b"x" * 300_000])
def test_bytes_that_are_no_pack_are_refused(data: bytes) -> None:
    with pytest.raises(RulePackError):
        parse_pack(data, "mine.toml")


@pytest.mark.parametrize("name", ["nowhere.toml", "part76", "\0", "."])
def test_a_pack_that_is_not_there_is_refused_with_the_names_of_those_that_are(name: str) -> None:
    with pytest.raises(RulePackError, match="part75, hj75, mrr, meters"):
        rule_pack(name)


def test_a_pack_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "works.toml"
    path.write_text(text_of("mrr").replace('id = "mrr"', 'id = "works"'), "utf-8")
    assert rule_pack(str(path)).pack.id == "works"
