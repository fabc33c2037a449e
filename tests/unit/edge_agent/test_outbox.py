"""What is published when, and what a collector's word means: pure, by table and by chance."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.outbox import (
    BEHIND,
    NS_PER_S,
    REPEAT_NS,
    RESEND_NS,
    SOON_NS,
    WINDOW,
    Behind,
    Broken,
    Covered,
    Ignored,
    LogView,
    Outbox,
    Verdict,
    after_behind,
    after_receipt,
    after_silence,
    ended_over_leaf,
    judge,
    rebuilt,
    to_publish,
)
from evidence.log.checkpoint import Checkpoint, origin
from evidence.log.envelope import Wanted
from evidence.log.merkle import EMPTY_ROOT
from evidence.log.receipt import Receipt

OWN, OTHER, OVER = "11" * 16, "22" * 16, "33" * 16


def root(n: int) -> bytes:
    return n.to_bytes(32, "big") if n else EMPTY_ROOT


def view(base: int = 5, size: int = 9) -> LogView:
    known: Callable[[int], bytes | None] = lambda n: root(n) if base <= n <= size else None  # noqa: E731
    return LogView(
        agent="line-1", epoch=OWN, base=base, size=size, root_at=known, former=frozenset({OVER})
    )


def receipt(
    size: int, epoch: str = OWN, agent: str = "line-1", head: bytes | None = None
) -> Receipt:
    found = root(size) if head is None else head
    checkpoint = Checkpoint(origin=origin(agent, epoch), size=size, root=found)
    return Receipt(checkpoint=checkpoint, at_s=100)


def wanted(want: int, epoch: str = OWN) -> Wanted:
    return Wanted(epoch=epoch, want=want)


@pytest.mark.parametrize(
    ("word", "signed", "verdict"),
    [
        (wanted(7), receipt(7), Covered(size=7, at_s=100, want=7)),
        (wanted(5), receipt(5), Covered(size=5, at_s=100, want=5)),
        (wanted(7), receipt(6), Covered(size=6, at_s=100, want=7)),
        (wanted(6), receipt(3), Covered(size=5, at_s=100, want=6)),
        (wanted(3), receipt(3), Behind(want=3)),
        (wanted(0), None, Behind(want=0)),
        (wanted(12), receipt(12), Broken(reason="restored", former=OWN, size=12)),
        (
            wanted(7),
            receipt(7, head=b"x" * 32),
            Broken(reason="restored", former=OWN, size=7),
        ),
        (
            wanted(4, OTHER),
            receipt(4, OTHER),
            Broken(reason="restored", former=OTHER, size=4),
        ),
    ],
)
def test_a_word_means(word: Wanted, signed: Receipt | None, verdict: Verdict) -> None:
    assert judge(word, signed, view()) == verdict


@pytest.mark.parametrize(
    ("word", "signed"),
    [
        (wanted(6), None),
        (wanted(4, OTHER), None),
        (wanted(4, OVER), receipt(4, OVER)),
        (wanted(6), receipt(7)),
        (wanted(7), receipt(7, epoch=OTHER)),
        (wanted(7), receipt(7, agent="line-2")),
    ],
)
def test_what_proves_nothing_changes_nothing(word: Wanted, signed: Receipt | None) -> None:
    assert isinstance(judge(word, signed, view()), Ignored)


def test_a_collector_without_the_first_leaf_wants_it_without_a_receipt() -> None:
    assert judge(wanted(0), None, view(base=0)) == Covered(size=0, at_s=0, want=0)


def test_no_more_than_a_window_is_in_flight() -> None:
    outbox, due = to_publish(rebuilt(3, 0), 100, 0)
    assert list(due) == list(range(3, 3 + WINDOW))
    outbox, due = to_publish(outbox, 100, 0)
    assert not due
    outbox, due = to_publish(after_receipt(outbox, Covered(size=5, at_s=0, want=5), 0), 100, 0)
    assert list(due) == [11, 12]


def test_a_gap_sends_it_back_once_and_not_again_within_a_second() -> None:
    outbox, _ = to_publish(rebuilt(0, 0), 100, 0)
    lacking = Covered(size=0, at_s=0, want=0)
    back = after_receipt(outbox, lacking, 0)
    assert back.following == 0
    again, _ = to_publish(back, 100, 0)
    assert after_receipt(again, lacking, REPEAT_NS - 1).following == WINDOW
    assert after_receipt(again, lacking, REPEAT_NS).following == 0


def test_ten_seconds_without_a_receipt_send_everything_in_flight_again() -> None:
    outbox, _ = to_publish(rebuilt(0, 0), 3, 5 * NS_PER_S)
    assert after_silence(outbox, 5 * NS_PER_S + RESEND_NS - 1) == outbox
    outbox = after_silence(outbox, 5 * NS_PER_S + RESEND_NS)
    assert list(to_publish(outbox, 3, 0)[1]) == [0, 1, 2]
    assert after_silence(rebuilt(0, 0), 10 * RESEND_NS) == rebuilt(0, 0)


def test_a_broker_s_old_word_never_proves_that_the_collector_was_set_back() -> None:
    outbox = rebuilt(5, 0)
    for _ in range(2 * BEHIND):
        outbox, set_back = after_behind(outbox, 0, retained=True)
        assert not set_back


def counted(outbox: Outbox, at_s: Sequence[int]) -> list[bool]:
    """Whether the collector is taken for set back, after each answer from below the base."""
    proofs = []
    for second in at_s:
        outbox, set_back = after_behind(outbox, second * NS_PER_S, retained=False)
        proofs.append(set_back)
    return proofs


def test_answers_from_below_the_base_to_leaves_that_were_sent_again_prove_it() -> None:
    outbox, _ = to_publish(rebuilt(5, 0), 9, 0)
    assert counted(outbox, [0, 10, 20]) == [False] * (BEHIND - 1) + [True]


def test_answers_that_were_doubled_or_held_up_and_come_together_prove_nothing() -> None:
    outbox, _ = to_publish(rebuilt(5, 0), 9, 0)
    assert not any(counted(outbox, range(20)))


def test_answers_that_nothing_in_flight_asked_for_prove_nothing() -> None:
    assert not any(counted(rebuilt(5, 0), range(0, 100, 10)))


def test_a_connection_that_ends_long_after_a_leaf_was_sent_did_not_end_because_of_it() -> None:
    outbox, _ = to_publish(rebuilt(5, 0), 9, 0)
    assert ended_over_leaf(outbox, SOON_NS - 1)
    assert not ended_over_leaf(outbox, SOON_NS)
    assert not ended_over_leaf(rebuilt(5, 0), 0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grow"), st.integers(1, 20)),
        st.tuples(st.just("receipt"), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.integers(0, 15)),
        st.tuples(st.just("connect"), st.just(0)),
    ),
    max_size=60,
)


@given(STEPS)
def test_the_base_moves_by_receipts_only_and_every_leaf_stays_reachable(
    steps: list[tuple[str, int]],
) -> None:
    size = now_ns = 0
    outbox = rebuilt(0, 0)
    for step, amount in steps:
        base = outbox.base
        outbox, size, now_ns = after_step(outbox, size, now_ns, step, amount)
        assert outbox.base == base or step == "receipt"
        assert outbox.base <= outbox.following <= max(size, outbox.base)
        assert outbox.in_flight <= WINDOW
        outbox, due = to_publish(outbox, size, now_ns)
        assert all(outbox.base <= sequence < size for sequence in due)
    outbox = after_silence(outbox, now_ns + 2 * RESEND_NS)
    _, due = to_publish(outbox, size, now_ns)
    assert list(due) == list(range(outbox.base, min(outbox.base + WINDOW, size)))


def after_step(
    outbox: Outbox, size: int, now_ns: int, step: str, amount: int
) -> tuple[Outbox, int, int]:
    if step == "grow":
        return outbox, size + amount, now_ns
    if step == "wait":
        return after_silence(outbox, now_ns + amount * NS_PER_S), size, now_ns + amount * NS_PER_S
    if step == "connect":
        return rebuilt(outbox.base, now_ns), size, now_ns
    held = min(outbox.base + amount, size)
    return after_receipt(outbox, Covered(size=held, at_s=0, want=held), now_ns), size, now_ns
