"""The audit over HTTP and as a command: a meter, a stack under its plan, a drawn sample."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from carbonmeter.cli import main
from collector.audit.gather import material_of
from collector.audit.population import population
from collector.audit.seen import Seen
from evidence.audit.audit import audit
from tests.unit.collector.api.plant import (
    DAYS,
    LINE_1,
    MILL,
    POLLS_A_DAY,
    START_NS,
    Asked,
    Plant,
    batch,
    raw_of,
    served,
    stream,
)
from tests.unit.collector.api.test_monitored import WHOLE as MONTH
from tests.unit.collector.api.test_stack import CO2, LATE_KV
from tests.unit.collector.judged import HOUR_NS

DAY = "start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"


def checks(answer: httpx.Response) -> dict[int, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {each["number"]: each for each in answer.json()["checks"]}


def test_a_measured_channel_is_audited_from_its_raw_bytes_on(asked: Asked) -> None:
    found = checks(asked.get(f"/api/v1/audit?channel={LINE_1}&{DAY}"))
    assert sorted(found) == list(range(1, 16))
    assert found[9]["outcome"] == "ok"
    hours = [each for each in found[9]["evidence"] if each["kind"] == "hour"]
    assert len(hours) == 24
    assert {found[number]["outcome"] for number in (1, 3, 6, 7, 11, 12)} == {"ok"}
    assert found[5]["outcome"] == "not_checked"  # its certificate states a function alone
    assert found[13]["outcome"] == found[15]["outcome"] == "finding"
    assert {found[number]["outcome"] for number in (10, 14)} == {"not_applicable"}
    (paper,) = found[1]["evidence"]
    assert paper["leaf"].startswith("gw-1/")
    assert asked.get(f"/api/v1/documents/{paper['sha256']}").status_code == 200


def test_a_channel_without_papers_is_full_of_findings(asked: Asked) -> None:
    found = checks(asked.get(f"/api/v1/audit?channel={MILL}&{DAY}"))
    assert {found[number]["outcome"] for number in (1, 3, 13)} == {"finding"}
    assert found[9]["outcome"] == "ok"  # that an agent of another site spoke for it, is no matter


def test_readings_that_were_set_aside_are_a_finding_with_their_leaf(fresh: Plant) -> None:
    fresh.fill()
    first = 5 * 96
    forged = msgspec.structs.replace(stream(LINE_1, first, 8), raw=raw_of([1.0] * 8))
    fresh.take(fresh.gw1, batch(fresh.gw1, [forged]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    asked = served(parts)
    found = checks(asked.get(f"/api/v1/audit?channel={LINE_1}&{DAY}"))
    aside = {
        language: next(
            each["message"]
            for each in asked.get(f"/api/v1/quarantine?lang={language}").json()
            if each["subject"] == LINE_1
        )
        for language in ("en", "zh")
    }
    parts.sources.close()
    assert aside["en"].startswith("E_JSON_CONTENT")
    assert aside["en"] in found[9]["findings"][0]["en"]
    assert re.search("[一-鿿]", aside["zh"])
    assert aside["zh"] in found[9]["findings"][0]["zh"]
    assert found[9]["outcome"] == "finding"
    assert "E_JSON_CONTENT" in found[9]["findings"][0]["en"]
    assert any(each["leaf"] for each in found[9]["evidence"] if each["kind"] == "leaf")


def test_an_hour_that_was_altered_in_the_store_is_found_from_the_leaves(fresh: Plant) -> None:
    fresh.fill()
    (held,) = fresh.store.lookup.windows(LINE_1, START_NS + 5 * HOUR_NS, START_NS + 6 * HOUR_NS)
    with fresh.store.transaction():
        fresh.store.keep_window(msgspec.structs.replace(held, value=held.value + 1.0))
    parts = fresh.parts()
    found = checks(served(parts).get(f"/api/v1/audit?channel={LINE_1}&{DAY}"))
    parts.sources.close()
    (one,) = found[9]["findings"]
    assert one["en"].startswith("the hour 2026-03-29T21:00:00Z: value")


@pytest.mark.parametrize(("end", "outcome"), [("2026-04-05", "finding"), ("2026-04-20", "ok")])
def test_hours_that_came_after_a_statement_are_a_finding_only_if_its_period_was_over(
    fresh: Plant, end: str, outcome: str
) -> None:
    fresh.fill()
    parts = fresh.parts()
    asked, span = served(parts), f"channel={LINE_1}&start=2026-03-30&end={end}"
    (early,) = asked.get(f"/api/v1/activity-data?{span}").json()
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_1, DAYS * POLLS_A_DAY, 40)]))
    fresh.judging.catch_up()
    found = checks(asked.get(f"/api/v1/audit?{span}"))[9]
    (now,) = asked.get(f"/api/v1/activity-data?{span}").json()
    parts.sources.close()
    assert now["value"] > early["value"]
    assert found["outcome"] == outcome
    assert ("before the period was over" in str(found["unchecked"])) is (outcome == "ok")


def test_more_than_a_year_is_refused_and_hours_that_are_cut_are_whole(asked: Asked) -> None:
    long = asked.get(f"/api/v1/audit?channel={LINE_1}&start=2024-01-01&end=2026-01-01")
    assert long.json()["code"] == "E_RANGE_LIMIT"
    broken = asked.get(
        f"/api/v1/audit?channel={LINE_1}&start=2026-03-29T16:30:00Z&end=2026-03-30T16:00:00Z"
    )
    whole = asked.get(
        f"/api/v1/audit?channel={LINE_1}&start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"
    )
    assert broken.json() == whole.json()


@pytest.fixture
def stack(monitored: Plant) -> Iterator[Asked]:
    parts = monitored.parts()
    yield served(parts)
    parts.sources.close()


def test_a_stack_under_its_plan_is_computed_again_and_its_substitutes_are_told(
    stack: Asked,
) -> None:
    found = checks(stack.get(f"/api/v1/audit?channel={CO2}&{MONTH}"))
    assert found[9]["outcome"] == "ok", found[9]
    assert sum(each["kind"] == "hour" for each in found[9]["evidence"]) == 48
    assert "hj75" in found[10]["looked_at"]["en"]
    assert any(each["kind"] == "plan" for each in found[10]["evidence"])
    assert found[6]["outcome"] == "ok", found[6]
    assert {each["id"] for each in found[6]["evidence"]} >= {"AREA", "KV-1"}
    gases = {each["id"] for each in found[4]["evidence"] if each["kind"] == "certificate"}
    assert gases == {"GBW-N2", "GBW-L2231"}


@pytest.mark.parametrize(("day", "count"), [("2026-03-31", 0), ("2026-04-01", 1)])
def test_a_check_that_failed_after_the_period_puts_it_in_doubt(
    stack: Asked, day: str, count: int
) -> None:
    """The checks of 31 March and 1 April passed; that of 2 April, by night, failed."""
    period = f"start={day}T10:00:00%2B08:00&end={day}T14:00:00%2B08:00"
    found = checks(stack.get(f"/api/v1/audit?channel={CO2}&{period}"))[8]
    assert (len(found["findings"]), found["unchecked"]) == (count, []), found
    for each in found["findings"]:
        assert "failed a test under the plan at 2026-04-01T" in each["en"]
        assert "are in doubt, since the last good one at 2026-03-31T" in each["en"]


def test_hours_measured_since_a_failed_check_until_one_passes_are_named(stack: Asked) -> None:
    """From the hour in which it failed to that in which the next passed; but for hours of gas."""
    found = checks(stack.get(f"/api/v1/audit?channel={CO2}&{MONTH}"))[8]
    (each,) = found["findings"]
    assert "23 hours from 2026-03-31T19:00:00Z to 2026-04-01T18:00:00Z are in doubt" in each["en"]
    assert "from 2026-04-01T19:00:00Z to 2026-04-03T20:00:00Z were measured out of" in each["en"]
    assert "until one passed at 2026-04-03T19:15:00Z" in each["en"]


def test_failed_checks_substituted_hours_and_changed_settings_are_in_every_sample(
    monitored: Plant,
) -> None:
    monitored.log_file(monitored.gw1, "setting", "kv-2.toml", LATE_KV)
    monitored.judging.catch_up()
    seen = Seen(
        lookup=monitored.store.lookup,
        ledger=monitored.ledger,
        sites=monitored.sites,
        now_ns=monitored.bench.clock.now_ns(),
        software="test",
    )
    row = seen.lookup.channel(CO2)
    assert row is not None
    start = 1_774_800_000_000_000_000
    material = material_of(seen, row, (start, start + 6 * 86_400 * 10**9))
    items = population(seen, material, audit(material, "test"))
    always = {reason for each in items for reason in each.why}
    assert always >= {"failed_check", "substituted", "in_doubt", "changed_setting"}
    assert {each.id for each in items if "changed_setting" in each.why} == {"KV-2"}
    failed = [each for each in items if "failed_check" in each.why]
    assert len(failed) == 2
    assert {each.stratum for each in items} == {
        "certificate",
        "setting",
        "check",
        "hour",
        "reading",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collector's folder as a command finds it."""
    assert main(["collector", "init", "--config", str(tmp_path / "collector.toml")]) == 0
    path = tmp_path / "collector.toml"
    built = Plant(tmp_path / "state")
    entries = "".join(
        f'[[agents]]\nid = "{log.agent}"\nsite = "{site}"\nkey = "{log.key.verifier.to_text()}"\n'
        for log, site in ((built.gw1, "jinan"), (built.gw2, "weifang"))
    )
    path.write_text(path.read_text() + entries)
    built.fill()
    built.close()
    (tmp_path / "state" / "derived.db").rename(tmp_path / "state" / "derived.sqlite")
    return path


def ran(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main([*words, "--json", "--config", str(folder)])
    text = capsys.readouterr().out
    return code, json.loads(text) if text else None


def test_the_commands_say_the_same_as_the_interface(
    folder: Path, capsys: pytest.CaptureFixture[str], asked: Asked
) -> None:
    period = ("--start", "2026-03-29T16:00:00Z", "--end", "2026-03-30T16:00:00Z")
    code, told = ran(folder, capsys, "audit", "--channel", LINE_1, *period)
    over_http = asked.get(f"/api/v1/audit?channel={LINE_1}&{DAY}").json()
    assert code == 1
    kept = {each["number"]: each["outcome"] for each in over_http["checks"]}
    assert {each["number"]: each["outcome"] for each in told["checks"]} == kept
    sample = ("audit", "sample", "--channel", LINE_1, *period, "--seed", "7", "--size", "6")
    code, drawn = ran(folder, capsys, *sample)
    assert (code, ran(folder, capsys, *sample)[1]) == (0, drawn)
    assert len(drawn["sample"]["by_lot"]) == 6
    reading = drawn["readings"][0]
    assert reading["channel"] == LINE_1
    assert len(bytes.fromhex(reading["raw"])) == 8
    assert ran(folder, capsys, "audit", "--channel", "jinan/x/y", *period)[0] == 78
    text = main(
        ["audit", "--channel", LINE_1, *period, "--language", "zh", "--config", str(folder)]
    )
    assert text == 1
    assert "时钟同步" in capsys.readouterr().out


def test_the_register_commands_list_trace_and_write_the_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = folder.parent / "ledger.csv"
    code, rows = ran(folder, capsys, "register", "list", "--csv", str(table))
    assert (code, len(rows)) == (1, 6)
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    code, (chain,) = ran(folder, capsys, "register", "chain", "E-1")
    assert (code, chain["unbroken"]) == (1, False)
    code, found = ran(folder, capsys, "register", "rests-on", "E-1")
    assert (code, [each["channel"] for each in found["channels"]]) == (0, [LINE_1])
    assert ran(folder, capsys, "register", "rests-on", "X")[0] == 1


def test_a_folder_without_a_ledger_is_a_configuration_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["collector", "init", "--config", str(tmp_path / "collector.toml")]) == 0
    code, _ = ran(tmp_path / "collector.toml", capsys, "register", "list")
    assert code == 78


def test_a_plan_that_begins_within_the_period_is_found_by_its_audit(stack: Asked) -> None:
    """As the page asks first: a calendar period, in which the plan came into force on some day."""
    found = checks(stack.get(f"/api/v1/audit?channel={CO2}&start=2026-02-01&end=2026-04-05"))
    assert "hj75" in found[10]["looked_at"]["en"]
    assert found[10]["outcome"] != "not_applicable"
    assert any(each["kind"] == "plan" for each in found[10]["evidence"])
