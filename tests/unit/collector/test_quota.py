"""Quotas: a burst passes, a flood is slowed to the allowance, nothing is lost."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.answers import Reply
from collector.config import parse_config
from collector.errors import ConfigValueError, LedgerFullError, UnknownKeyConfigError
from collector.intake import Intake
from collector.ledger import open_ledger
from collector.outcome import Admitted, Duplicate, Refused
from collector.quota import Allowance, Cost, Quotas, QuotaSection, cost_of
from evidence.clock import NS_PER_S
from tests.faults.replaced import replaced
from tests.system.gateways import CENTRE, KEY, Estate
from tests.unit.collector.agent_log import SIGNER, AgentLog, agents_of, key_of, noise
from tests.unit.collector.api.plant import LINE_1, LINE_2, batch, stream
from tests.unit.collector.intake_bench import Bench, said

H_NS = 3600 * NS_PER_S
DAY_NS = 24 * H_NS
TEN = QuotaSection(bytes_a_day=10 * 1024)


def heavy(count: int, agent: str = "boiler-2") -> AgentLog:
    """A log of leaves of 1,024 bytes each."""
    log = AgentLog(agent=agent, key=key_of(agent))
    log.leaves = [noise(number, 32) for number in range(count)]
    return log


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Two agents of whom each may send ten leaves a day."""
    with open_ledger(tmp_path) as ledger:
        made = Bench(ledger, heavy(0), heavy(0, "press-1"))
        made.intake = limited(made, TEN)
        yield made


def limited(bench: Bench, quota: QuotaSection) -> Intake:
    logs = (heavy(0), heavy(0, "press-1"))
    return Intake(
        ledger=bench.ledger,
        agents=agents_of(*logs),
        signer=SIGNER,
        clock=bench.clock,
        quota=quota,
    )


def sent(bench: Bench, log: AgentLog, first: int, count: int) -> list[Reply]:
    return bench.take(log.topic, *(log.message(at) for at in range(first, first + count)))


def held(bench: Bench, log: AgentLog) -> int:
    return bench.ledger.state(log.agent, log.epoch).size


def test_what_goes_beyond_is_refused_by_name_and_what_was_taken_is_receipted(bench: Bench) -> None:
    log, other = heavy(16), heavy(4, "press-1")
    replies = [said(each) for each in sent(bench, log, 0, 16)]
    assert held(bench, log) == 10
    assert [(each.want, each.cause, bool(each.receipt)) for each in replies] == [
        (10, "", True),
        (10, "E_QUOTA", True),
    ]
    sent(bench, other, 0, 4)
    assert held(bench, other) == 4
    assert bench.intake.throttled() == [("boiler-2", "10240 bytes")]
    assert bench.intake.counters["refused", "E_QUOTA"] == 1  # the rest came beyond the log's end


def test_it_is_taken_bit_by_bit_and_all_of_it_arrives(bench: Bench) -> None:
    log = heavy(16)
    sizes = []
    for _ in range(20):
        sent(bench, log, held(bench, log), min(8, 16 - held(bench, log)))
        sizes.append(held(bench, log))
        bench.clock.advance(H_NS)
    assert sizes[:2] == [8, 11]  # ten, and what an hour adds
    assert sizes[-1] == 16
    assert max(after - before for before, after in pairwise(sizes[1:])) == 1
    bench.clock.advance(H_NS)
    assert bench.intake.throttled() == []


def test_what_is_sent_again_costs_nothing(bench: Bench) -> None:
    log = heavy(10)
    sent(bench, log, 0, 9)
    for _ in range(5):
        sent(bench, log, 0, 9)
    assert isinstance(bench.intake.feed(log.topic, log.message(3)), Duplicate)
    assert isinstance(bench.intake.feed(log.topic, log.message(9)), Admitted)


def test_what_could_not_be_committed_costs_nothing(bench: Bench) -> None:
    log = heavy(20)

    def full(*_: object) -> None:
        raise LedgerFullError("ledger", what="full")

    for _ in range(30):
        with replaced(bench.ledger, "append_many", full):
            sent(bench, log, 0, 8)
    assert held(bench, log) == 0
    sent(bench, log, 0, 20)
    assert held(bench, log) == 10


def test_an_agent_may_have_an_allowance_of_its_own(bench: Bench) -> None:
    quota = QuotaSection(
        bytes_a_day=1024, agents={"press-1": Allowance(), "boiler-2": Allowance(bytes_a_day=4096)}
    )
    bench.intake = limited(bench, quota)
    for log in (heavy(9), heavy(9, "press-1")):
        sent(bench, log, 0, 9)
    assert (held(bench, heavy(0)), held(bench, heavy(0, "press-1"))) == (4, 9)


def test_readings_and_misses_count(bench: Bench) -> None:
    log = AgentLog(agent="boiler-2", key=key_of("boiler-2"))
    bench.intake = limited(bench, QuotaSection(readings_a_day=40))
    for first in (0, 9, 18, 27):
        streams = [stream(LINE_1, first, 9, (first,)), stream(LINE_2, first, 9)]
        log.leaves.append(batch(log, streams))
    assert cost_of(log.leaves[0]) == Cost(18, len(log.leaves[0]))
    sent(bench, log, 0, 4)
    assert held(bench, log) == 3  # 36 readings leave room for one more leaf, and no further


@pytest.mark.parametrize(
    "leaf",
    [b"", b"\xff", b"{}", b"[" * 100_000, b'{"streams":7}', b'{"streams":[{"rows":-5}]}'],
)
def test_bytes_that_are_no_batch_have_no_readings(leaf: bytes) -> None:
    assert cost_of(leaf) == Cost(0, len(leaf))


def test_a_number_of_readings_that_cannot_be_is_bounded() -> None:
    assert cost_of(b'{"streams":[{"rows":9223372036854775807}]}').readings < 10**5


@given(st.lists(st.tuples(st.integers(0, DAY_NS // 4), st.integers(1, 4000)), max_size=80))
def test_no_more_passes_than_a_burst_and_the_rate(arrivals: list[tuple[int, int]]) -> None:
    quotas, now_ns, passed, largest = Quotas(section=TEN), 0, 0, 0
    for pause_ns, size in arrivals:
        now_ns += pause_ns
        largest = max(largest, size)
        if quotas.exceeded("a", now_ns) is None:
            quotas.take("a", b"x" * size)
            quotas.settle(committed=True)
            passed += size
    assert passed <= 10 * 1024 * (1 + now_ns / DAY_NS) + largest + 1e-6


def test_a_real_agent_that_is_slowed_down_says_why_and_delivers_everything(tmp_path: Path) -> None:
    estate = Estate(tmp_path, 1)
    gateway = estate.gateway()
    estate.centre.pin(KEY.verifier)
    estate.centre.start()
    intake = Intake(
        ledger=estate.centre.ledger,
        agents=estate.centre.intake._agents,
        signer=CENTRE,
        clock=estate.clock,
        quota=QuotaSection(bytes_a_day=20_000),
    )
    estate.broker.intake = intake
    gateway.start()
    gateway.log(16)
    estate.pass_time(120)
    epoch = gateway.running.spool.epoch
    before, sizes = intake.counters["refused", "E_QUOTA"], list[int]()
    assert before
    assert any("E_UPLINK_HELD" in each and "E_QUOTA" in each for each in gateway.told)
    assert not gateway.delivered
    for _ in range(2_000):
        estate.pass_time(600, 150)
        sizes.append(estate.centre.ledger.state("line-1", epoch).size)
        if gateway.delivered:
            break
    assert gateway.delivered
    assert sizes == sorted(sizes)
    again = intake.counters["refused", "E_QUOTA"] - before
    assert again < 20 * len(sizes)  # it does not send without end meanwhile
    estate.close()


def test_the_section_is_read_from_the_configuration(tmp_path: Path) -> None:
    text = '[collector]\nid = "c"\nstate_dir = "s"\n[quota]\nbytes_a_day = 2000000\n'
    config = parse_config(
        f'{text}[quota.agents."line-1"]\nreadings_a_day = 20000\n'.encode(), "c.toml", tmp_path
    )
    assert config.quota.bytes_a_day == 2_000_000
    assert config.quota.agents["line-1"] == Allowance(readings_a_day=20_000)
    with pytest.raises(ConfigValueError):
        parse_config(f"{text}readings_a_day = 5\n".encode(), "c.toml", tmp_path)
    with pytest.raises(UnknownKeyConfigError):
        parse_config(f"{text}readings = 50000\n".encode(), "c.toml", tmp_path)


def test_a_refusal_is_no_verdict_on_the_leaf(bench: Bench) -> None:
    log = heavy(12)
    sent(bench, log, 0, 11)
    refused = bench.intake.feed(log.topic, log.message(10))
    assert isinstance(refused, Refused)
    assert "waits with the agent" in refused.error.say("en")
    assert bench.ledger.branches() == ()
