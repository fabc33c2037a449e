"""Delivery against brokers that lie, collectors that were set back, words that prove nothing."""

import random
from pathlib import Path

import pytest

from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.custody_errors import SpoolFullError
from edge_agent.line import Line
from edge_agent.silence import ALARM_NS
from edge_agent.uplink import Uplink
from evidence.clock import SteppedClock
from evidence.log.batch import RecordKind
from evidence.log.envelope import Wanted
from evidence.log.key import Algorithm, generate
from evidence.log.receipt import cosign
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.site import KEY, START_NS, S, installed, poll, world

STRANGER = generate("collector", b"z" * 32, Algorithm.COSIGNATURE_V1)


class Delivering:
    """An agent with batches to deliver, and time that moves when it is told to."""

    def __init__(self, folder: Path, link: CollectorLink) -> None:
        self.site, self.link = installed(folder), link
        self.clock, self.network = SteppedClock(START_NS), SteppedClock(0)
        lines = {"bus-1": Line([], clock=self.clock)}
        self.agent: Agent = open_agent(self.site, KEY, world(self.clock), lines=lines)
        self.uplink: Uplink = attach_uplink(self.agent, link, COLLECTOR_KEY.verifier, self.network)

    def log(self, leaves: int) -> None:
        for _ in range(leaves):
            self.clock.advance(60 * S)
            n = self.agent.spool.next_sequence("feeder-1")
            self.agent.keep([poll(self.site, self.clock.now_ns(), n, float(n))])
            self.agent.close_batch(self.clock.now_ns())

    def run(self, seconds: int) -> None:
        for _ in range(4 * seconds):
            self.agent.pump()
            self.network.advance(S // 4)
        self.agent.pump()

    def close(self) -> None:
        for _ in range(2):
            self.agent.spool.flush()
        self.agent.spool.close()

    def arrived(self) -> list[float]:
        batches = self.link.collector.batches()
        return [value for b in batches for s in b.streams for value in s.indication]


@pytest.fixture
def collector() -> Collector:
    return Collector(agent=KEY.verifier)


def test_a_broker_that_acknowledges_and_drops_is_found_by_missing_receipts(
    tmp_path: Path, collector: Collector
) -> None:
    """One message of five vanishes although it was taken; all arrive, each once."""
    chance = random.Random(20)
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: chance.random() < 0.2))
    delivering.log(40)
    delivering.link.connect()
    delivering.run(seconds=60)
    assert delivering.uplink.delivered
    assert delivering.arrived() == [float(n) for n in range(40)]
    delivering.close()


def test_without_receipts_nothing_is_trimmed_and_the_silence_is_named(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: True))
    delivering.log(5)
    delivering.link.connect()
    delivering.run(seconds=2 + ALARM_NS // S)
    assert not delivering.uplink.delivered
    assert delivering.agent.spool.base == 0
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_NO_RECEIPT"
    sent = delivering.link.sent
    assert 3 <= sent <= 5  # one leaf each ten seconds, until the collector is heard
    delivering.close()


def test_a_dropped_connection_goes_on_from_the_last_receipt(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(30)
    delivering.link.connect()
    delivering.run(seconds=1)
    delivering.link.cut()
    delivering.log(5)
    delivering.run(seconds=1)
    assert not delivering.uplink.connected
    delivering.link.connect()
    delivering.run(seconds=5)
    assert delivering.uplink.delivered
    assert delivering.arrived() == [float(n) for n in range(35)]
    delivering.close()


def test_a_receipt_trims_only_what_it_covers(tmp_path: Path, collector: Collector) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda n: n > 4))
    delivering.log(10)
    delivering.link.connect()
    delivering.run(seconds=3)
    spool = delivering.agent.spool
    assert spool.base == 4
    spool.flush()
    assert spool.leaf(3) is None
    assert all(spool.leaf(sequence) is not None for sequence in range(4, spool.size))
    delivering.close()


def test_a_word_that_a_stranger_signed_moves_nothing(tmp_path: Path, collector: Collector) -> None:
    collector.key = STRANGER
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(3)
    delivering.link.connect()
    delivering.run(seconds=3)
    assert delivering.agent.spool.base == 0
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_RECEIPT"
    delivering.close()


@pytest.mark.parametrize("payload", [b"", b"\xff" * 100, b"\x93\x01\x02\x03", b"x" * 60_000])
def test_bytes_that_are_no_word_do_no_harm(
    tmp_path: Path, collector: Collector, payload: bytes
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(3)
    delivering.link.connect()
    delivering.link.say_bytes(payload)
    delivering.run(seconds=3)
    assert delivering.uplink.delivered
    delivering.close()


def test_a_receipt_for_another_root_opens_a_new_epoch(tmp_path: Path, collector: Collector) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(6)
    old = delivering.agent.spool.epoch
    fork = Collector(agent=KEY.verifier)
    other = Delivering(tmp_path / "other", CollectorLink(fork))
    other.log(2)
    head = other.agent.spool.leaf(3)
    assert head is not None
    text = head.checkpoint.decode().partition("\n\n")[0] + "\n"
    forged = text.replace(other.agent.spool.epoch, old)
    word = Wanted(epoch=old, want=4, receipt=cosign(forged, COLLECTOR_KEY, START_NS))
    delivering.link.connect()
    delivering.link.say(word, retained=True)
    delivering.run(seconds=3)
    assert delivering.agent.spool.epoch != old
    assert list(collector.leaves) == [delivering.agent.spool.epoch]
    assert delivering.arrived() == [float(n) for n in range(6)]
    delivering.close()
    other.close()


def test_a_collector_that_was_set_back_gets_a_new_epoch_that_says_what_is_gone(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(10)
    delivering.link.connect()
    delivering.run(seconds=3)
    delivering.agent.spool.flush()
    old, released = delivering.agent.spool.epoch, delivering.agent.spool.base
    backup = Collector(agent=KEY.verifier)  # it lost everything
    delivering.link.collector = backup
    delivering.log(5)
    delivering.link.cut()
    delivering.link.connect()
    delivering.run(seconds=30)
    assert delivering.uplink.delivered
    assert delivering.arrived() == [float(n) for n in range(10, 15)]
    (epoch,) = backup.leaves
    assert epoch != old
    records = [record for batch in backup.batches() for record in batch.records]
    opened = next(record for record in records if record.kind is RecordKind.EPOCH_OPENED)
    assert opened.facts["reason"] == "collector_set_back"
    assert opened.facts["released_size"] == released
    assert [each.kind for each in backup.documents()] == ["configuration", "profile"]
    delivering.close()


def test_a_word_that_finds_no_room_does_not_take_what_was_heard_after_it_with_it(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Delivering(tmp_path / "other", CollectorLink(Collector(agent=KEY.verifier)))
    other.log(1)
    other.link.connect()
    other.run(seconds=3)
    delivering = Delivering(tmp_path / "this", CollectorLink(collector))
    delivering.link.connect()
    delivering.run(seconds=3)

    def full(_opening: object) -> None:
        raise SpoolFullError("spool", found="test", limit="test")

    assert other.link.collector.latest is not None
    delivering.link.say(other.link.collector.latest)
    delivering.link.cut()
    with monkeypatch.context() as patched:
        patched.setattr(delivering.agent.spool, "open_epoch", full)
        delivering.agent.pump()
    delivering.agent.pump()
    assert not delivering.uplink.connected
    other.close()
    delivering.close()


def test_a_message_too_large_for_the_broker_is_held_and_named(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.link.largest_bytes = 1000
    delivering.log(5)
    delivering.link.connect()
    delivering.run(seconds=3)
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_PACKET_SIZE"
    assert not delivering.uplink.delivered
    delivering.link.cut()
    delivering.link.largest_bytes = 65_536
    delivering.link.connect()
    delivering.run(seconds=3)
    assert delivering.uplink.delivered
    delivering.close()


def test_a_cause_that_is_known_is_not_hidden_by_the_silence_that_follows(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.link.largest_bytes = 1000
    delivering.log(5)
    delivering.link.connect()
    delivering.run(seconds=2 + 3 * ALARM_NS // S)
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_PACKET_SIZE"
    delivering.close()


def test_a_link_that_brings_no_receipt_is_renewed_ever_less_often(
    tmp_path: Path, collector: Collector
) -> None:
    """It may stand and be deaf: only a new connection helps then."""
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: True))
    delivering.log(2)
    delivering.link.connect()
    renewed = []
    for _ in range(8):
        delivering.run(seconds=ALARM_NS // S)
        renewed.append(delivering.link.renewed)
    assert renewed == [1, 1, 2, 2, 2, 2, 3, 3]
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_NO_RECEIPT"
    delivering.link.drops = lambda _: False
    delivering.run(seconds=12)
    assert delivering.uplink.delivered
    assert delivering.uplink.trouble is None
    delivering.close()


class Refusing(CollectorLink):
    """A broker that ends the connection at a message over a size that it does not state."""

    limit_bytes = 0

    def send(self, payload: bytes) -> None:
        if 0 < self.limit_bytes < len(payload):
            self.cut()
        else:
            super().send(payload)


def test_a_leaf_that_ends_every_connection_is_named_and_then_sent_alone(
    tmp_path: Path, collector: Collector
) -> None:
    link = Refusing(collector)
    link.limit_bytes = 1000
    delivering = Delivering(tmp_path, link)
    delivering.log(5)
    codes = []
    for _ in range(3):
        link.connect()
        delivering.run(seconds=2)
        assert delivering.uplink.trouble is not None
        codes.append(delivering.uplink.trouble.code)
    assert codes == ["E_UPLINK_UNREACHABLE", "E_UPLINK_UNREACHABLE", "E_UPLINK_ENDS"]
    link.limit_bytes = 0
    link.connect()
    delivering.run(seconds=3)
    assert delivering.uplink.delivered
    assert delivering.uplink.trouble is None
    assert delivering.arrived() == [float(n) for n in range(5)]
    delivering.close()


def test_a_line_that_is_cut_long_after_a_leaf_was_sent_does_not_accuse_the_leaf(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: True))
    delivering.log(3)
    for _ in range(4):
        delivering.link.connect()
        delivering.run(seconds=8)
        delivering.link.cut()
        delivering.run(seconds=1)
        assert delivering.uplink.trouble is not None
        assert delivering.uplink.trouble.code == "E_UPLINK_UNREACHABLE"
    delivering.close()


def test_a_cause_that_the_collector_names_is_passed_on(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: True))
    delivering.log(3)
    delivering.link.connect()
    epoch = delivering.agent.spool.epoch
    delivering.link.say(Wanted(epoch=epoch, want=0, cause="E_TOPIC_SPOOF"))
    delivering.run(seconds=2)
    assert delivering.uplink.trouble is not None
    assert "E_TOPIC_SPOOF" in delivering.uplink.trouble.say("en")
    delivering.close()
