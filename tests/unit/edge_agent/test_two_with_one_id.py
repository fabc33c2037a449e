"""What an agent concludes from what it hears of others under its own id."""

from pathlib import Path

import pytest

from edge_agent.taken_over import REFUSED_YIELD_S
from evidence.log.envelope import Wanted
from tests.unit.edge_agent.collector_stub import Collector, CollectorLink
from tests.unit.edge_agent.site import KEY
from tests.unit.edge_agent.test_uplink import Delivering


@pytest.fixture
def collector() -> Collector:
    return Collector(agent=KEY.verifier)


def another(collector: Collector, folder: Path) -> Wanted:
    """What the collector says of a log of the same agent and key, which it holds too."""
    other = Delivering(folder / "other", CollectorLink(collector))
    other.log(2)
    other.link.connect()
    other.run(seconds=3)
    epoch = other.agent.spool.epoch
    other.close()
    return collector.word(epoch)


def test_until_the_collector_is_heard_one_leaf_is_under_way(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector, lambda _: True))
    delivering.log(12)
    delivering.link.connect()
    delivering.run(seconds=8)
    assert delivering.link.sent == 1
    epoch = delivering.agent.spool.epoch
    delivering.link.say(collector.word(epoch), retained=True)
    delivering.run(seconds=1)
    assert delivering.link.sent == 2  # the same leaf, which it asked for
    delivering.link.say(collector.word(epoch))
    delivering.run(seconds=1)
    assert delivering.link.sent >= 2 + 7
    delivering.close()


def test_a_log_of_another_that_is_heard_first_tells_of_a_restored_copy(
    tmp_path: Path, collector: Collector
) -> None:
    word = another(collector, tmp_path)
    delivering = Delivering(tmp_path / "own", CollectorLink(collector))
    delivering.log(3)
    old = delivering.agent.spool.epoch
    delivering.link.connect()
    delivering.link.say(word)
    delivering.run(seconds=3)
    assert delivering.agent.spool.epoch != old
    assert delivering.uplink.delivered
    assert delivering.link.ways == []
    delivering.close()


def test_a_log_of_another_after_receipts_for_ours_tells_of_a_copy_that_runs(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path / "own", CollectorLink(collector))
    delivering.log(3)
    delivering.link.connect()
    delivering.run(seconds=3)
    old = delivering.agent.spool.epoch
    delivering.link.say(another(collector, tmp_path))
    delivering.log(1)
    sent = delivering.link.sent
    delivering.run(seconds=3)
    assert delivering.agent.spool.epoch != old
    assert (delivering.link.ways, delivering.link.sent) == ([0.0], sent)
    assert not delivering.uplink.connected
    delivering.close()


def test_a_key_that_is_not_known_is_named_and_nothing_of_the_log_is_concluded(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.log(3)
    delivering.link.connect()
    delivering.run(seconds=3)
    epoch, base = delivering.agent.spool.epoch, delivering.agent.spool.base
    delivering.link.drops = lambda _: True
    delivering.log(1)
    for _ in range(5):
        delivering.link.say(Wanted(epoch=epoch, want=0, cause="E_SIG_UNKNOWN_KEY"))
        delivering.run(seconds=12)
    assert (delivering.agent.spool.epoch, delivering.agent.spool.base) == (epoch, base)
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_KEY"
    assert delivering.link.ways == []
    delivering.close()


def test_who_is_refused_beside_another_of_its_id_leaves_the_connection_to_it(
    tmp_path: Path, collector: Collector
) -> None:
    word = another(collector, tmp_path)
    delivering = Delivering(tmp_path / "own", CollectorLink(collector, lambda _: True))
    delivering.log(3)
    delivering.link.connect()
    delivering.link.say(word, retained=True)
    delivering.run(seconds=2)
    epoch = delivering.agent.spool.epoch
    delivering.link.say(Wanted(epoch=epoch, want=0, cause="E_SIG_UNKNOWN_KEY"))
    delivering.run(seconds=2)
    assert delivering.link.ways == [REFUSED_YIELD_S]
    delivering.close()


def test_a_stranger_that_is_refused_under_our_id_is_told_to_us(
    tmp_path: Path, collector: Collector
) -> None:
    delivering = Delivering(tmp_path, CollectorLink(collector))
    delivering.link.connect()
    delivering.run(seconds=3)
    delivering.link.say(Wanted(epoch="ab" * 16, want=0, cause="E_SIG_UNKNOWN_KEY"))
    delivering.run(seconds=1)
    assert delivering.uplink.trouble is not None
    assert delivering.uplink.trouble.code == "E_UPLINK_SHARED_ID"
    delivering.close()
