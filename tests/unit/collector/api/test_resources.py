"""Channels, agents, certificates, documents and the quarantine, as agents logged them."""

import hashlib

import msgspec
import pytest

from collector.lookup import Place
from evidence.clock import parse_utc
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import Envelope, compress, seal
from tests.unit.collector.agent_log import EPOCH, OTHER_EPOCH, AgentLog, key_of
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    HEADS,
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    TEMPERATURE,
    Asked,
    Kind,
    Plant,
    batch,
    confirmation,
    served,
    shown,
    stream,
)

DAY_NS = 86_400_000_000_000


def test_channels_say_what_they_measure_and_what_was_seen_last(asked: Asked) -> None:
    found = {each["channel"]: each for each in asked.get("/api/v1/channels").json()}
    assert list(found) == sorted([LINE_1, LINE_2, POWER, GAS, TEMPERATURE, MILL])
    line = found[LINE_1]
    assert line["measurand"] == msgspec.to_builtins(HEADS[LINE_1].measurand)
    assert line["last_value"] == shown(LINE_1, 479)
    assert line["last_at"] == "2026-04-03T15:45:00Z"
    assert (line["hours_from"], line["hours_to"]) == (
        "2026-03-29T16:00:00Z",
        "2026-04-03T15:00:00Z",
    )
    assert (line["period_s"], line["certificate"], line["agent"]) == (900.0, "E-1", "gw-1")
    assert found[TEMPERATURE]["hours_from"] is None


def test_agents_say_how_far_their_logs_are_held_and_receipted(plant: Plant, asked: Asked) -> None:
    one, two = asked.get("/api/v1/agents").json()
    assert (one["id"], one["site"]) == ("gw-1", "jinan")
    (epoch,) = one["epochs"]
    size = len(plant.gw1.leaves)
    assert (epoch["epoch"], epoch["size"], epoch["receipted"]) == (EPOCH, size, size)
    assert epoch["last_receipt"] == one["last_receipt"] == "2026-04-05T16:00:00Z"
    assert one["last_seen"] == "2026-04-05T16:00:00Z"
    assert one["clock"] == {"standard_uncertainty_s": 0.02, "synchronised": True}
    assert one["software"] == "carbonmeter 0.1.0"
    assert one["record_counts"] == {"clock_step": 1, "gap": 1, "restart": 1}
    assert one["records"][0]["facts"] == {"step_ms": -250}
    gap = next(each for each in one["records"] if each["kind"] == "gap")
    assert gap["until"] == "2026-03-29T16:01:00Z"
    assert (one["quarantined"], one["branches"]) == (1, 0)
    assert (two["id"], two["quarantined"]) == ("gw-2", 0)


def test_an_agent_that_never_spoke_is_listed_too(fresh: Plant) -> None:
    parts = fresh.parts()
    one, _ = served(parts).get("/api/v1/agents").json()
    assert one["epochs"] == []
    assert (one["last_seen"], one["last_receipt"], one["clock"]) == (None, None, None)
    parts.sources.close()


def test_a_new_epoch_is_listed_behind_the_old_one(fresh: Plant) -> None:
    second = AgentLog(agent="gw-2", epoch=OTHER_EPOCH, key=key_of("gw-2"))
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 2)]))
    fresh.take(second, batch(second, [stream(MILL, 2, 2)]))
    parts = fresh.parts()
    _, two = served(parts).get("/api/v1/agents").json()
    assert [each["epoch"] for each in two["epochs"]] == [EPOCH, OTHER_EPOCH]
    parts.sources.close()


def test_the_quarantine_names_what_was_set_aside(asked: Asked) -> None:
    (row,) = asked.get("/api/v1/quarantine").json()
    assert (row["kind"], row["agent"], row["subject"]) == ("content", "gw-1", MILL)
    assert row["code"] == "E_JSON_CONTENT"
    assert "another site" in row["message"]


def test_a_contradicting_history_stands_in_the_quarantine(fresh: Plant) -> None:
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 2)]))
    other = b"another leaf at the same place"
    note = sign_checkpoint(
        Checkpoint(
            origin=origin("gw-2", EPOCH), size=1, root=merkle.root_of([merkle.leaf_hash(other)])
        ),
        [key_of("gw-2")],
    )
    envelope = Envelope(epoch=EPOCH, sequence=0, checkpoint=note, leaf=compress(other))
    fresh.bench.take(fresh.gw2.topic, seal(envelope))
    parts = fresh.parts()
    asked = served(parts)
    (row,) = asked.get("/api/v1/quarantine").json()
    assert (row["kind"], row["code"], row["leaf"]) == ("branch", "E_EQUIVOCATION", 0)
    assert asked.get("/api/v1/agents").json()[1]["branches"] == 1
    parts.sources.close()


def test_certificates_come_with_their_instrument_and_their_exact_bytes(asked: Asked) -> None:
    register = asked.get("/api/v1/certificates").json()
    assert [each["id"] for each in register["certificates"]] == ["E-1", "E-2", "P-1"]
    first = register["certificates"][0]
    assert first["instrument"] == {"maker": "ABB", "model": "B23", "serial": "S-1"}
    assert first["recorded_at"] == "2026-01-06T00:00:00Z"
    assert first["standards"] == ["std:SDIM/E-17"]
    exact = asked.get(first["document"])
    assert exact.content == FILES[0][2]
    assert hashlib.sha256(exact.content).hexdigest() == first["sha256"]
    assert exact.headers["content-disposition"].startswith("attachment")
    assert asked.get(first["document"], if_none_match=exact.headers["etag"]).status_code == 304


def test_confirmations_are_in_date_due_soon_or_overdue(asked: Asked) -> None:
    register = asked.get("/api/v1/certificates").json()
    assert register["as_of"] == "2026-04-05"
    found = {
        each["id"]: (each["standing"], each["days_left"]) for each in register["confirmations"]
    }
    assert found == {"K-1": ("in_date", 276), "K-2": ("due_soon", 15), "K-P": ("overdue", -4)}
    fewer = asked.get("/api/v1/certificates?due_soon_days=14&serial=S-2").json()
    assert [each["standing"] for each in fewer["confirmations"]] == ["in_date"]
    assert [each["id"] for each in fewer["certificates"]] == ["E-2"]


def test_a_renewed_confirmation_replaces_the_one_before(fresh: Plant) -> None:
    old = confirmation("K-1", "E-1", "S-1", "2026-01-31")
    new = confirmation("K-3", "E-1", "S-1", "2027-01-31").replace(
        b"2026-01-07T08", b"2026-02-07T08"
    )
    failed = confirmation("K-4", "E-1", "S-1", "2027-01-31").replace(b'"pass"', b'"fail"')
    later = new.replace(b"K-3", b"K-5").replace(b"2026-02-07T08", b"2027-02-07T08")
    for number, data in enumerate((old, new, failed, later, old)):
        fresh.log_file(fresh.gw1, "confirmation", f"k{number}.toml", data)
    fresh.judging.catch_up()
    parts = fresh.parts()
    rows = served(parts).get("/api/v1/certificates").json()["confirmations"]
    assert [(each["id"], each["standing"]) for each in rows] == [
        ("K-1", "replaced"),
        ("K-3", "in_date"),
        ("K-4", "not_passed"),
        ("K-5", "not_yet"),
    ]
    parts.sources.close()


def test_an_event_ends_a_confirmation_and_a_withdrawn_certificate_supports_none(
    fresh: Plant,
) -> None:
    files: tuple[tuple[Kind, bytes], ...] = (
        ("confirmation", confirmation("K-1", "E-1", "S-1", "2027-01-31")),
        ("confirmation", confirmation("K-2", "E-2", "S-2", "2027-01-31")),
        ("event", _event('event = "seal_broken"\nserial = "S-1"')),
        ("event", _event('event = "certificate_withdrawn"\ncertificate = "E-2"')),
    )
    for number, (kind, data) in enumerate(files):
        fresh.log_file(fresh.gw1, kind, f"d{number}.toml", data)
    fresh.judging.catch_up()
    parts = fresh.parts()
    asked = served(parts)
    register = asked.get("/api/v1/certificates").json()
    assert [(each["id"], each["standing"]) for each in register["confirmations"]] == [
        ("K-1", "ended"),
        ("K-2", "withdrawn"),
    ]
    # both at one instant
    assert {(each["event"], each["ends_confirmation"]) for each in register["events"]} == {
        ("seal_broken", True),
        ("certificate_withdrawn", False),
    }
    assert asked.get(register["events"][-1]["document"]).content == files[2][1]
    (own,) = asked.get("/api/v1/certificates?serial=S-1").json()["events"]
    assert own["at"] == "2026-03-01T00:00:00Z"
    parts.sources.close()


def _event(what: str) -> bytes:
    return (
        f"schema = 1\n{what}\nat = 2026-03-01T00:00:00Z\n"
        'recorded_at = 2026-03-02T00:00:00Z\nrecorded_by = "Li Wei"\n'
    ).encode()


def test_a_document_that_nobody_logged_is_not_found(asked: Asked) -> None:
    answer = asked.get(f"/api/v1/documents/{'0' * 64}")
    assert (answer.status_code, answer.json()["code"]) == (404, "E_DOCUMENT_UNKNOWN")


def test_places_of_documents_are_those_of_the_log(plant: Plant) -> None:
    kinds = plant.store.lookup.documents(("configuration",))
    assert kinds[0][2] == Place(agent="gw-1", epoch=EPOCH, sequence=6)


def test_the_process_is_alive(asked: Asked) -> None:
    answer = asked.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer.headers["cache-control"] == "no-store"


def test_the_collector_is_ready_when_all_of_it_works(fresh: Plant) -> None:
    parts = fresh.parts()
    asked = served(parts)
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    fresh.take(fresh.gw2, batch(fresh.gw2, [stream(MILL, 0, 2)]))
    assert asked.get("/readyz").json()["judge_lag_leaves"] == 1
    fresh.connected = False
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.json()["broker_connected"]) == (503, False)
    parts.sources.close()


def test_a_ledger_that_cannot_commit_is_not_ready(fresh: Plant) -> None:
    parts = fresh.parts()
    asked = served(parts)
    fresh.ledger.database.rows("PRAGMA query_only = ON")
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.json()["ledger_writable"]) == (503, False)
    parts.sources.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_token(plant: Plant, path: str) -> None:
    parts = plant.parts()
    assert served(parts, client="192.0.2.7").get(path).status_code == 200
    parts.sources.close()


def test_metrics_are_in_base_units_and_count_what_is_held(plant: Plant, asked: Asked) -> None:
    asked.get("/api/v1/channels")
    asked.get("/no-such-path")
    answer = asked.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert f'carbonmeter_collector_leaves_total{{agent="gw-1"}} {len(plant.gw1.leaves)}' in lines
    seconds = parse_utc("2026-04-05T16:00:00Z") // 1_000_000_000
    assert (
        f'carbonmeter_collector_last_receipt_timestamp_seconds{{agent="gw-2"}} {seconds}' in lines
    )
    assert 'carbonmeter_collector_cert_days_left{instrument="S-P"} -4' in lines
    assert 'carbonmeter_collector_clock_standard_uncertainty_seconds{agent="gw-1"} 0.02' in lines
    assert "carbonmeter_collector_judge_lag_leaves 0" in lines
    http = "carbonmeter_collector_http_requests_total"
    assert f'{http}{{method="GET",route="/api/v1/channels",status="200"}} 1' in lines
    assert f'{http}{{method="GET",route="unmatched",status="404"}} 1' in lines
    admitted = plant.bench.intake.counters["admitted", ""]
    assert (
        f'carbonmeter_collector_intake_events_total{{event="admitted",code=""}} {admitted}' in lines
    )
