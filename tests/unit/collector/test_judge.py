"""What is wrong in a leaf is named and set aside; what is right beside it counts."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.indication import MissReason
from calibration.window import RegisterWindow
from evidence.judging.judge import Judge
from evidence.judging.judgement import Judgement
from evidence.log.batch import Contribution, Miss, Record, RecordKind, Stream, document, encode
from evidence.log.column import progression
from tests.unit.collector.agent_log import AgentLog, key_of
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    LINE_2,
    MILL,
    PERIOD_MS,
    POWER,
    SITES,
    START_NS,
    batch,
    confirmation,
    energy_certificate,
    showing,
    shown,
    stream,
)
from tests.unit.collector.judged import (
    Judged,
    changed,
    exchange,
    known,
    log_of,
    registers,
    simulated,
)

START_MS = START_NS // 1_000_000


def subjects(judgement: Judgement) -> list[str]:
    return [fault.subject for fault in judgement.faults]


def hours_of(judgement: Judgement) -> set[str]:
    return {window.channel for window in judgement.windows}


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"no JSON",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b"{}",
        b'{"carbonmeter": "batch/9"}',
        b'{"carbonmeter": "batch/1", "agent": 7}',
    ],
)
def test_a_leaf_that_cannot_be_read_is_named_and_the_next_one_counts(leaf: bytes) -> None:
    judged = Judged()
    assert subjects(judged.give(leaf)) == ["leaf"]
    assert hours_of(judged.batch(stream(LINE_1, 0, 5))) == {LINE_1}


def test_a_unit_that_is_none_of_its_kind_is_named_like_any_other_content() -> None:
    judged = Judged()
    leaf = changed(
        batch(judged.log, [stream(LINE_1, 0, 5)]), {"streams.0.head.measurand.unit": "Cel"}
    )
    assert len(judged.give(leaf).faults) == 1
    assert hours_of(judged.batch(stream(LINE_1, 0, 5))) == {LINE_1}


@pytest.mark.parametrize(
    ("field", "value"), [("agent", "gw-2"), ("epoch", "f" * 32), ("sequence", 3)]
)
def test_a_leaf_that_says_it_stands_elsewhere_does_not_count(field: str, value: object) -> None:
    judged = Judged()
    leaf = changed(batch(judged.log, [stream(LINE_1, 0, 5)]), {field: value})
    found = judged.give(leaf)
    assert subjects(found) == ["leaf"]
    assert "stands at" in found.faults[0].message
    assert found.windows == []


def test_an_agent_speaks_for_the_channels_of_its_own_site_only() -> None:
    judged = Judged()
    found = judged.batch(stream(MILL, 0, 5), stream(LINE_1, 0, 5))
    assert subjects(found) == [MILL]
    assert "another site" in found.faults[0].message
    assert hours_of(found) == {LINE_1}


def test_an_agent_that_is_not_configured_speaks_for_nothing() -> None:
    judged = Judged(judge=Judge({}))
    assert subjects(judged.batch(stream(LINE_1, 0, 5))) == [LINE_1]


def test_a_stream_that_cites_a_profile_that_was_not_logged_is_named_and_set_aside() -> None:
    judged = Judged(judge=Judge(SITES, {}))
    found = judged.batch(stream(LINE_1, 0, 5))
    assert subjects(found) == [LINE_1]
    assert "was not logged" in found.faults[0].message
    assert found.windows == []
    judged.file(*FILES[-1])
    assert hours_of(judged.batch(stream(LINE_1, 5, 5))) == {LINE_1}


def test_an_agent_does_not_speak_for_a_channel_of_another_agent_of_its_site() -> None:
    libraries = {**known(), "gw-3": known()["gw-1"]}
    judged = Judged(judge=Judge({**SITES, "gw-3": "jinan"}, libraries))
    other = AgentLog(agent="gw-3", key=key_of("gw-3"))
    judged.batch(stream(LINE_1, 0, 5))
    found = judged.batch(stream(LINE_1, 5, 5), stream(LINE_2, 0, 5), log=other)
    assert subjects(found) == [LINE_1]
    assert "'gw-1'" in found.faults[0].message
    assert hours_of(found) == {LINE_2}
    assert subjects(judged.batch(stream(LINE_1, 5, 5))) == []


def test_batches_of_a_simulated_clock_count_only_where_that_is_allowed() -> None:
    refused, allowed = Judged(), Judged(judge=Judge(SITES, known(), accept_simulated=True))
    leaf = simulated(batch(refused.log, [stream(LINE_1, 0, 5)], [exchange(1, FACTS)]))
    found = refused.give(leaf)
    assert [fault.code for fault in found.faults] == ["E_SIMULATED_CLOCK"]
    assert (found.windows, found.records) == ([], [])
    assert hours_of(allowed.give(leaf)) == {LINE_1}


def powered(**other: object) -> Stream:
    """Two hours of power, some of it altered after the agent made it."""
    return msgspec.structs.replace(stream(POWER, 0, 9), **other)


def test_a_power_as_the_agent_made_it_follows_from_what_it_logged() -> None:
    judged = Judged().files()
    found = judged.batch(powered())
    assert found.faults == []
    first = [0.5 + 0.998 * shown(POWER, poll) for poll in range(4)]
    assert judged.total(POWER, 0, 1) == pytest.approx(sum(first) / 4, rel=1e-12)


def test_an_altered_value_is_named_and_the_streams_beside_it_count() -> None:
    judged = Judged().files()
    value = powered().value
    assert value is not None
    low = powered(value=(*value[:3], value[3] * (1 - 1e-9), *value[4:]))
    found = judged.batch(stream(LINE_1, 0, 5), low, stream(GAS, 0, 6))
    assert subjects(found) == [POWER]
    assert f"{value[3] * (1 - 1e-9)!r} is stated" in found.faults[0].message
    assert hours_of(found) == {LINE_1, GAS}
    assert [each.head.channel for each in found.streams] == [LINE_1, GAS]


def test_an_altered_indication_is_named_too() -> None:
    found = Judged().files().batch(powered(indication=(80.5, *powered().indication[1:])))
    assert subjects(found) == [POWER]


@pytest.mark.parametrize("how", ["smaller", "gone", "invented"])
def test_an_altered_contribution_is_named(how: str) -> None:
    parts = powered().contributions
    first = parts[0]
    assert isinstance(first.contribution, tuple)
    lower = tuple(part * 0.99 for part in first.contribution)
    altered = {
        "smaller": (Contribution(influence=first.influence, contribution=lower), *parts[1:]),
        "gone": parts[1:],
        "invented": (
            *parts,
            Contribution(
                influence=msgspec.structs.replace(first.influence, id="std:lab/other"),
                contribution=0.1,
            ),
        ),
    }
    found = Judged().files().batch(powered(contributions=altered[how]), stream(GAS, 0, 6))
    assert subjects(found) == [POWER]
    assert "do not follow" in found.faults[0].message
    assert hours_of(found) == {GAS}


def test_a_register_that_states_another_value_than_it_showed_is_named() -> None:
    judged = Judged().files()
    bare = stream(LINE_1, 0, 5)
    value = tuple(float(number) for number in bare.indication)
    found = judged.batch(msgspec.structs.replace(bare, value=value), stream(LINE_2, 0, 5))
    assert subjects(found) == [LINE_1]
    assert hours_of(found) == {LINE_2}


def test_what_was_set_aside_leaves_no_trace_in_the_hours_after_it() -> None:
    whole, gap = Judged().files(), Judged().files()
    whole.batch(stream(LINE_1, 0, 3))
    whole.batch(stream(LINE_1, 5, 4))
    gap.batch(stream(LINE_1, 0, 3))
    gap.batch(msgspec.structs.replace(stream(LINE_1, 3, 2), value=(0.0, 0.0)))
    gap.batch(stream(LINE_1, 5, 4))
    assert gap.windows == whole.windows


def test_a_document_without_its_digest_is_named_and_not_applied() -> None:
    judged = Judged()
    leaf = encode(document((judged.log.agent, judged.log.epoch, 0), *FILES[0]))
    found = judged.give(changed(leaf, {"sha256": "0" * 64}))
    assert subjects(found) == ["e-1.toml"]
    assert found.documents == []
    assert judged.judge.libraries == known()


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"schema = 1", energy_certificate("E", "S")[:-200]]
)
def test_a_certificate_that_cannot_be_read_is_named_and_not_applied(data: bytes) -> None:
    judged = Judged()
    found = judged.file("certificate", "new.toml", data)
    assert subjects(found) == ["new.toml"]
    assert judged.judge.libraries == known()
    assert hours_of(judged.batch(stream(LINE_1, 0, 5))) == {LINE_1}


def test_a_confirmation_without_its_certificate_sets_its_own_channels_aside_only() -> None:
    judged = Judged()
    judged.file("confirmation", "k-1.toml", confirmation("K-1", "E-1", "S-1", "2027-01-06"))
    found = judged.batch(stream(LINE_1, 0, 5), stream(LINE_2, 0, 5))
    assert subjects(found) == [LINE_1]
    assert hours_of(found) == {LINE_2}


def test_files_that_are_not_certificates_are_taken_as_they_are() -> None:
    found = Judged().file("configuration", "agent.toml", b"\x00 anything")
    assert (found.faults, len(found.documents), found.late) == ([], 1, False)


def test_a_certificate_bears_on_the_channels_of_the_agent_that_logged_it_only() -> None:
    """Serial numbers repeat between makers and sites, and an agent may log what it likes."""
    judged = Judged(judge=Judge({**SITES, "gw-3": "jinan"}, known()))
    other = log_of("gw-3")
    judged.batch(stream(LINE_1, 0, 5))
    for kind, name, data in FILES:
        judged.file(kind, name, data, other)
    found = judged.batch(stream(LINE_1, 5, 5))
    assert found.faults == []
    window = judged.hour(LINE_1, 1)
    assert window.value == window.uncorrected
    assert window.grounds.certificates == ()


def test_an_exchange_with_all_facts_closes_one_meter_and_opens_the_next() -> None:
    judged = Judged().files()
    closing, opening = shown(LINE_1, 2) + 3.0, 7.0
    head = msgspec.structs.replace(stream(LINE_1, 0, 1).head, serial="S-2")
    after = showing(msgspec.structs.replace(stream(LINE_1, 3, 3), head=head), 10.0, 30.0, 55.0)
    record = exchange(2.5, {"closing": closing, "opening": opening})
    judged.batch(stream(LINE_1, 0, 3), after, records=[record])
    window = judged.hour(LINE_1, 0)
    assert isinstance(window, RegisterWindow)
    by_hand = (closing - shown(LINE_1, 0)) + (30.0 - opening)
    assert window.uncorrected == pytest.approx(by_hand, rel=1e-12)
    assert window.grounds.serials == ("S-1", "S-2")
    assert [finding.kind for finding in window.findings] == ["exchange"]


FACTS: dict[str, str | float] = {"closing": 1000.0, "opening": 0.0}
WRONG_FACTS: list[dict[str, str | float]] = [
    {"closing": 1000.0},
    {**FACTS, "opening": "zero"},
    {**FACTS, "opening": "nan"},
    {**FACTS, "closing": "1e999"},
]


@pytest.mark.parametrize("facts", WRONG_FACTS)
def test_an_exchange_that_lacks_a_fact_is_named_and_its_channel_goes_on(
    facts: dict[str, str | float],
) -> None:
    judged = Judged()
    found = judged.batch(stream(LINE_1, 0, 5), records=[exchange(2, facts)])
    assert subjects(found) == [f"exchange {LINE_1}"]
    assert judged.hour(LINE_1, 0).uncorrected == shown(LINE_1, 4) - shown(LINE_1, 0)


def test_an_agent_records_no_exchange_at_a_channel_that_is_not_its_own() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 5))
    found = judged.batch(
        records=[exchange(6, {"closing": 2e6, "opening": 0.0})], log=log_of("gw-2")
    )
    assert subjects(found) == [f"exchange {LINE_1}"]
    assert found.records == []
    judged.batch(stream(LINE_1, 5, 5))
    assert judged.total(LINE_1) == pytest.approx(shown(LINE_1, 8) - shown(LINE_1, 0))


def test_an_exchange_that_is_recorded_after_readings_it_concerns_is_late() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 5))
    assert judged.batch(records=[exchange(3, FACTS)]).late
    assert not judged.batch(records=[exchange(3, FACTS)]).late
    assert not judged.batch(records=[exchange(9, FACTS)]).late


def test_readings_stamped_after_their_receipt_stand_in_no_hour() -> None:
    """The agent's clock is years ahead for a while, then right again."""
    judged = Judged(received_ns=START_NS + 3 * 3_600_000_000_000)
    ahead = 10 * 365 * 24 * 4
    future = stream(LINE_1, ahead, 2)
    judged.batch(stream(LINE_1, 0, 3), stream(GAS, 0, 3))
    found = judged.batch(
        showing(future, shown(LINE_1, 3), shown(LINE_1, 4)),
        stream(GAS, ahead, 2, missed=(ahead + 1,)),
    )
    assert found.windows == []
    assert [(each.subject, each.code) for each in found.faults] == [
        (f"clock {LINE_1}", "E_TIME_SUSPECT"),
        (f"clock {GAS}", "E_TIME_SUSPECT"),
    ]
    assert "2 of 2 polls" in found.faults[0].message
    assert len(found.streams) == 2
    judged.batch(stream(LINE_1, 5, 4), stream(GAS, 5, 5))
    assert judged.total(LINE_1, 0, 2) == pytest.approx(shown(LINE_1, 8) - shown(LINE_1, 0))
    assert judged.hour(GAS, 0).tally.present == 2
    assert set(judged.windows) == {
        (channel, START_NS + hour * 3_600_000_000_000)
        for channel, hours in ((LINE_1, (0, 1)), (GAS, (-1, 0, 1)))
        for hour in hours
    }


def test_a_stamp_beyond_receipt_is_suspect_whatever_else_the_reading_is() -> None:
    judged = Judged(received_ns=START_NS)
    overdue = changed(
        batch(judged.log, [stream(LINE_1, 0, 1), stream(LINE_1, 400, 1)]),
        {"streams.1.quality": "overdue"},
    )
    judged.give(overdue)
    judged.received_ns += 10**15
    judged.batch(stream(LINE_1, 1, 4))
    assert judged.hour(LINE_1, 0).uncorrected == shown(LINE_1, 4) - shown(LINE_1, 0)


def test_what_the_clocks_may_differ_is_no_reason_for_suspicion() -> None:
    judged = Judged(received_ns=START_NS + 4 * PERIOD_MS * 1_000_000 - 1_000_000_000)
    judged.batch(stream(LINE_1, 0, 5))  # the last one a second after its receipt
    assert judged.hour(LINE_1, 0).tally.present == 4
    judged = Judged(received_ns=START_NS + 4 * PERIOD_MS * 1_000_000 - 1_100_000_000)
    assert judged.batch(stream(LINE_1, 0, 5)).windows == []


def test_documents_that_are_logged_again_in_a_new_epoch_are_not_late() -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 5), stream(POWER, 0, 5))
    again = log_of(epoch="another")
    for kind, name, data in FILES:
        found = judged.file(kind, name, data, again)
        assert (found.late, found.faults) == (False, [])
    assert judged.batch(stream(POWER, 5, 5), log=again).faults == []


def late_confirmation(effective_hours: int) -> bytes:
    text = confirmation("K-9", "E-9", "S-1", "2027-01-06").decode()
    at = f"2026-03-29T{16 + effective_hours:02}:00:00Z"
    return text.replace("2026-01-07T08:00:00+08:00", at).encode()


@pytest.mark.parametrize(("hours", "late"), [(0, 1), (2, 1), (3, 0)])
def test_a_confirmation_is_late_if_readings_it_is_effective_for_have_been_judged(
    hours: int, late: int
) -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 10))
    assert not judged.file("certificate", "e-9.toml", energy_certificate("E-9", "S-1")).late
    assert judged.file("confirmation", "k-9.toml", late_confirmation(hours)).late == late


def test_a_confirmation_of_a_meter_that_is_not_read_is_never_late() -> None:
    judged = Judged()
    judged.batch(stream(LINE_2, 0, 10))
    judged.file("certificate", "e-9.toml", energy_certificate("E-9", "S-1"))
    assert not judged.file("confirmation", "k-9.toml", late_confirmation(0)).late


def test_a_certificate_that_corrects_one_in_use_is_late() -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 5))
    corrected = energy_certificate("E-1", "S-1").replace(b"2026-01-06T08", b"2026-02-06T08")
    assert judged.file("certificate", "e-1-corrected.toml", corrected).late


POISON: st.SearchStrategy[object] = st.sampled_from(
    [0, -1, 1e300, -1e300, 1e-300, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30, 0.0, "", None, [], {}]
)
PATHS = st.sampled_from(
    [
        *(f"streams.0.head.{name}" for name in ("period_ms", "resolution", "serial", "rollover")),
        *(f"streams.0.head.{name}" for name in ("rated_rate", "nameplate_mpe_relative")),
        "streams.0.rows",
        "streams.0.at_ms.first",
        "streams.0.at_ms.steps",
        "streams.0.sequence.first",
        "streams.0.indication.0",
        "streams.0.indication.4",
        "streams.0.fresh",
        "streams.0.missed.0.at_ms",
        "streams.0.missed.0.sequence",
        "records.0.at_ms",
        "records.0.until_ms",
        "records.0.facts.closing",
        "records.0.facts.more",
        "clock.standard_uncertainty_s",
        "opened_ms",
    ]
)


def poisoned(log: AgentLog, channel: str, first: int, change: dict[str, object]) -> bytes:
    miss = Miss(sequence=99, at_ms=START_MS + first * PERIOD_MS, reason=MissReason.TIMEOUT)
    bare = msgspec.structs.replace(stream(channel, first, 6), missed=(miss,), fresh=0.01)
    gap = Record(kind=RecordKind.EXCHANGE, at_ms=START_MS, until_ms=START_MS, channel=LINE_1)
    facts = {**FACTS, "old_serial": "S-1", "new_serial": "S-2", "more": 1}
    leaf = batch(log, [bare, stream(LINE_2, first, 6)], [msgspec.structs.replace(gap, facts=facts)])
    return changed(leaf, change)


@settings(max_examples=150, deadline=None)
@given(
    channel=st.sampled_from([LINE_1, POWER, GAS]),
    change=st.dictionaries(PATHS, POISON, min_size=1, max_size=3),
)
def test_no_leaf_of_nonsense_keeps_the_judge_from_the_next_one(
    channel: str, change: dict[str, object]
) -> None:
    judged = Judged()
    judged.give(poisoned(judged.log, channel, 0, change))
    judged.batch(stream(LINE_2, 6, 6))
    found = judged.batch(stream(LINE_2, 12, 6))
    assert found.faults == []
    assert math.isfinite(judged.hour(LINE_2, 3).value)


def test_a_stream_of_misses_alone_makes_a_statement_and_no_energy() -> None:
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 3))
    gone = Stream(
        head=stream(LINE_1, 0, 1).head,
        rows=0,
        sequence=progression([0]),
        at_ms=progression([0]),
        raw=(),
        indication=(),
        missed=tuple(
            Miss(sequence=poll, at_ms=START_MS + poll * PERIOD_MS, reason=MissReason.TIMEOUT)
            for poll in (3, 4)
        ),
    )
    assert judged.batch(gone).windows == []
    (window,) = registers(judged.batch(stream(LINE_1, 5, 1)))
    assert dict(window.tally.missed) == {"timeout": 2}
    assert window.closing.quality == "interpolated"
