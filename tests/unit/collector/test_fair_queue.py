"""Who waits for whom: a line for each agent, bounded, served in turn."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from collector.agents import batch_topic
from collector.fair_queue import (
    LINE_BYTES,
    LINE_MESSAGES,
    SHARE,
    FairQueue,
    LineFullError,
    Message,
)

KNOWN = frozenset({"a", "b", "c"})


def fair() -> FairQueue:
    return FairQueue(KNOWN.__contains__)


def group(queue: FairQueue) -> list[Message]:
    """All that a group may take."""
    queue.begin_group()
    found = []
    while (message := queue.take()) is not None:
        found.append(message)
    return found


def test_an_agent_that_fills_its_line_leaves_the_other_s_place_and_turn_alone() -> None:
    queue = fair()
    taken = [queue.put("a", b"flood") for _ in range(10 * LINE_MESSAGES)]
    assert taken.count(True) == LINE_MESSAGES
    assert queue.put("b", b"leaf")
    assert [topic for topic, _ in group(queue)][:2] == ["a", "b"]


def test_a_line_gives_no_more_than_its_share_to_one_group() -> None:
    queue = fair()
    for _ in range(3 * SHARE):
        queue.put("a", b"")
    assert [len(group(queue)) for _ in range(4)] == [SHARE, SHARE, SHARE, 0]


def test_who_has_one_message_is_answered_after_one_of_each_other_line() -> None:
    queue = fair()
    for topic in ("a", "b", "a", "b", "a", "c"):
        queue.put(topic, b"")
    assert [topic for topic, _ in group(queue)] == ["a", "b", "c"]
    assert [topic for topic, _ in group(queue)] == ["a", "b"]


def test_who_comes_while_a_flood_is_taken_has_the_next_turn() -> None:
    queue = fair()
    for _ in range(SHARE):
        queue.put("a", b"")
    queue.begin_group()
    assert queue.take() == ("a", b"")
    assert queue.take() == ("a", b"")
    queue.put("b", b"")
    assert queue.take() == ("b", b"")
    assert queue.take() is None


def test_what_comes_while_a_group_is_taken_gets_no_second_share() -> None:
    queue = fair()
    queue.put("a", b"")
    queue.begin_group()
    for _ in range(SHARE):
        queue.put("a", b"")
        assert queue.take() is not None
    assert queue.take() is None
    assert len(group(queue)) == 1


def test_a_line_is_bounded_in_bytes_and_takes_one_message_of_any_size() -> None:
    queue = fair()
    assert queue.put("a", bytes(LINE_BYTES + 1))
    assert not queue.put("a", b"x")
    assert queue.put("b", bytes(LINE_BYTES))
    assert not queue.put("b", b"x")
    group(queue)
    assert queue.put("b", b"x")


def test_all_strangers_share_one_line() -> None:
    queue = fair()
    taken = [queue.put(f"stranger-{n}", b"") for n in range(2 * LINE_MESSAGES)]
    assert taken.count(True) == LINE_MESSAGES
    assert queue.put("a", b"")
    assert [topic for topic, _ in group(queue)] == ["stranger-0", "a"]


def test_an_agent_that_is_pinned_later_has_a_line_at_once() -> None:
    pinned: set[str] = set()
    queue = FairQueue(pinned.__contains__)
    for _ in range(LINE_MESSAGES):
        queue.put(batch_topic("new"), b"")
    assert not queue.put(batch_topic("new"), b"")
    pinned.add(batch_topic("new"))
    assert queue.put(batch_topic("new"), b"")


def test_a_full_line_is_named_in_both_languages() -> None:
    error = LineFullError("topic 'x'", limit=LINE_MESSAGES)
    assert error.say("en").startswith("E_LINE_FULL topic 'x': 256 messages wait")
    assert error.say("zh").startswith("E_LINE_FULL topic 'x': 已有 256 条消息")


STEPS = st.lists(st.sampled_from(["a", "b", "c", "x", "y", "take", "group"]), max_size=200)


@given(STEPS)
def test_nothing_is_lost_doubled_or_out_of_its_line_s_order(steps: list[str]) -> None:
    queue, put, got = fair(), list[Message](), list[Message]()
    for number, step in enumerate(steps):
        if step == "group":
            queue.begin_group()
        elif step == "take":
            message = queue.take()
            got += [] if message is None else [message]
        elif queue.put(step, b"%d" % number):
            put.append((step, b"%d" % number))
        assert len(queue) == len(put) - len(got)
    while more := group(queue):
        got += more
    assert len(queue) == 0
    for topics in ({"a"}, {"b"}, {"c"}, {"x", "y"}):
        assert [m for m in got if m[0] in topics] == [m for m in put if m[0] in topics]


@given(st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=100))
def test_no_line_is_served_twice_before_every_waiting_line_was_served_once(
    topics: list[str],
) -> None:
    queue = fair()
    for topic in topics:
        queue.put(topic, b"")
    first = [topic for topic, _ in group(queue)]
    waiting = Counter(topics)
    assert len(set(first[: len(waiting)])) == len(waiting)
    assert all(count <= SHARE for count in Counter(first).values())
