"""Many devices on one line: each gets its turn, and none suffers for another."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from itertools import pairwise
from typing import Any

from device_profiles.plan import ReadRequest
from edge_agent.blocks import Ask, ask_block
from edge_agent.driver import Reply
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.line import Line, LineRules, Outcome, Station
from edge_agent.schedule import BackOff
from evidence.clock import SteppedClock
from tests.unit.edge_agent import modbus_faults as faults
from tests.unit.edge_agent.modbus_server import (
    Behaviour,
    Served,
    Server,
    answer_right,
    by_unit,
    serving,
    truth,
)
from tests.words import words

S = 1_000_000_000
RULES = LineRules(spare_s=0.0, back_off=BackOff(tolerated=2, first_ns=10 * S, longest_ns=40 * S))


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def read(address: int, count: int = 2) -> ReadRequest:
    return ReadRequest(function=3, address=address, count=count)


def asks(*addresses: int) -> tuple[Ask, ...]:
    return tuple(ask_block(read(address), [read(address)]) for address in addresses)


def name(unit: int) -> str:
    return f"unit {unit}"


def line_of(
    server: Server,
    units: Sequence[int],
    *,
    rules: LineRules = RULES,
    clock: SteppedClock | None = None,
    timeouts_s: Mapping[int, float] | None = None,
    silence_s: float = 0.0,
    turnaround_s: Mapping[int, float] | None = None,
) -> Line:
    clock = clock or SteppedClock(0)
    connection = ModbusConnection("127.0.0.1", server.port, clock=clock)
    stations = [
        Station(
            name=name(unit),
            driver=ModbusDriver(connection, unit, timeout_s=(timeouts_s or {}).get(unit, 5.0)),
            turnaround_s=(turnaround_s or {}).get(unit, 0.0),
            silence_s=silence_s,
        )
        for unit in units
    ]
    return Line(stations, clock=clock, rules=rules)


def said(outcomes: Sequence[Outcome], unit: int) -> list[str]:
    """What came of a unit's requests: "value", or the code of the error."""
    for outcome in outcomes:
        if isinstance(outcome.answer, Reply) and isinstance(outcome.request, ReadRequest):
            own = int(outcome.device.removeprefix("unit "))
            first, count = outcome.request.address, outcome.request.count
            assert words(outcome.answer.content) == tuple(
                truth(own, first + n) for n in range(count)
            )
    return [
        "value" if isinstance(outcome.answer, Reply) else outcome.answer.code
        for outcome in outcomes
        if outcome.device == name(unit)
    ]


def test_all_devices_of_a_line_share_one_connection_and_keep_their_order() -> None:
    async def meeting() -> None:
        async with serving() as server:
            line = line_of(server, (1, 2, 3))
            outcomes = await line.cycle({name(unit): asks(10, 20) for unit in (1, 2, 3)})
            assert [said(outcomes, unit) for unit in (1, 2, 3)] == [["value"] * 2] * 3
            assert [served.unit for served in server.served] == [1, 1, 2, 2, 3, 3]
            assert server.connections == 1
            await line.close()

    run(meeting())


def test_a_time_out_skips_the_rest_of_the_device_and_no_other() -> None:
    async def meeting() -> None:
        async with serving(by_unit({1: faults.silence})) as server:
            line = line_of(server, (1, 2), timeouts_s={1: 0.05})
            outcomes = await line.cycle({name(1): asks(0, 10, 20), name(2): asks(0, 10)})
            assert said(outcomes, 1) == ["E_TIMEOUT", "E_NOT_POLLED", "E_NOT_POLLED"]
            assert said(outcomes, 2) == ["value", "value"]
            assert server.asked() == {1: 1, 2: 2}
            await line.close()

    run(meeting())


def test_an_exception_or_a_short_reply_is_followed_by_the_next_request() -> None:
    async def meeting() -> None:
        wrong = {1: faults.refusing(4), 2: faults.too_few, 3: faults.transaction_zero}
        async with serving(by_unit(wrong)) as server:
            line = line_of(server, (1, 2, 3))
            outcomes = await line.cycle({name(unit): asks(0, 10) for unit in (1, 2, 3)})
            assert said(outcomes, 1) == ["E_MODBUS_EXCEPTION"] * 2
            assert said(outcomes, 2) == ["E_FRAME_SHORT"] * 2
            assert said(outcomes, 3) == ["E_FRAME_TRANSACTION"] * 2
            assert {health.failures for health in line.healths.values()} == {0}
            await line.close()

    run(meeting())


def test_a_device_that_failed_is_asked_after_all_others() -> None:
    async def meeting() -> None:
        async with serving(by_unit({1: faults.silence})) as server:
            line = line_of(server, (1, 2, 3), timeouts_s={1: 0.05})
            work = {name(unit): asks(0) for unit in (1, 2, 3)}
            await line.cycle(work)
            await line.cycle(work)
            assert [served.unit for served in server.served] == [1, 2, 3, 2, 3, 1]
            await line.close()

    run(meeting())


def test_a_dead_device_costs_one_probe_a_pause_and_comes_back_with_all_its_requests() -> None:
    async def meeting() -> None:
        clock = SteppedClock(0)
        async with serving(by_unit({1: faults.silence})) as server:
            line = line_of(server, (1, 2), clock=clock, timeouts_s={1: 0.05})
            work = {name(1): asks(0, 10), name(2): asks(0)}
            for _ in range(3):
                await line.cycle(work)
                clock.advance(S)
            assert server.asked()[1] == 3
            for _ in range(8):  # the pause is 10 s, 1 s of it is over
                assert said(await line.cycle(work), 1) == ["E_NOT_POLLED"] * 2
                clock.advance(S)
            assert server.asked()[1] == 3
            clock.advance(S)
            assert said(await line.cycle(work), 1) == ["E_TIMEOUT", "E_NOT_POLLED"]
            clock.advance(19 * S)
            assert server.asked()[1] == 4
            await line.cycle(work)
            assert server.asked()[1] == 4
            server.behave = answer_right
            clock.advance(S)
            outcomes = await line.cycle(work)
            assert said(outcomes, 1) == ["value", "value"]
            assert said(outcomes, 2) == ["value"]
            assert line.healths[name(1)].failures == 0
            await line.close()

    run(meeting())


def test_many_dead_devices_share_the_spare_time_and_each_gets_its_turn() -> None:
    async def meeting() -> None:
        dead = dict.fromkeys(range(1, 6), faults.silence)
        rules = LineRules(spare_s=0.0, back_off=BackOff(tolerated=99))
        clock = SteppedClock(0)
        async with serving(by_unit(dead)) as server:
            line = line_of(
                server, range(1, 8), rules=rules, timeouts_s=dict.fromkeys(dead, 0.02), clock=clock
            )
            work = {name(unit): asks(0) for unit in range(1, 8)}
            await line.cycle(work)
            for cycle in range(1, 6):
                clock.advance(S)
                outcomes = await line.cycle(work)
                assert said(outcomes, 6) == said(outcomes, 7) == ["value"]
                assert sum(server.asked()[unit] for unit in dead) == 5 + cycle
            assert {server.asked()[unit] for unit in dead} == {2}
            await line.close()

    run(meeting())


def once(first: Behaviour) -> Behaviour:
    """The first request is treated so, all others rightly."""

    async def behave(served: Served) -> None:
        await (first if len(served.server.served) == 1 else answer_right)(served)

    return behave


def test_a_second_attempt_is_made_within_the_spare_time() -> None:
    async def meeting() -> None:
        for fault in (faults.refusing(6), faults.refusing(11), faults.closed, faults.silence):
            async with serving(once(fault)) as server:
                line = line_of(server, (1,), rules=LineRules(spare_s=5.0), timeouts_s={1: 0.3})
                assert said(await line.cycle({name(1): asks(0)}), 1) == ["value"]
                assert server.asked() == {1: 2}
                await line.close()

    run(meeting())


def test_no_second_attempt_is_made_without_spare_time_nor_after_a_wrong_answer() -> None:
    async def meeting() -> None:
        for fault, spare_s in ((faults.refusing(6), 0.0), (faults.refusing(4), 5.0)):
            async with serving(once(fault)) as server:
                line = line_of(server, (1,), rules=LineRules(spare_s=spare_s))
                assert said(await line.cycle({name(1): asks(0)}), 1) != ["value"]
                assert server.asked() == {1: 1}
                await line.close()

    run(meeting())


def test_the_time_of_second_attempts_is_bounded_over_the_cycle() -> None:
    async def meeting() -> None:
        dead = dict.fromkeys(range(1, 6), faults.silence)
        async with serving(by_unit(dead)) as server:
            rules = LineRules(spare_s=0.05)
            line = line_of(server, range(1, 6), rules=rules, timeouts_s=dict.fromkeys(dead, 0.04))
            await line.cycle({name(unit): asks(0) for unit in range(1, 6)})
            assert sum(server.asked().values()) - 5 in {1, 2}  # 0.04 s each, 0.05 s in all
            await line.close()

    run(meeting())


def test_a_device_that_failed_before_gets_no_second_attempt() -> None:
    async def meeting() -> None:
        async with serving(faults.silence) as server:
            line = line_of(server, (1,), rules=LineRules(spare_s=5.0), timeouts_s={1: 0.02})
            for requests in (2, 3):
                await line.cycle({name(1): asks(0)})
                assert server.asked() == {1: requests}
            await line.close()

    run(meeting())


def illegal_at(address: int) -> Behaviour:
    async def behave(served: Served) -> None:
        touched = served.address <= address < served.address + served.count
        await (faults.refusing(2) if touched else answer_right)(served)

    return behave


BLOCK = ask_block(read(0, 32), [read(place) for place in range(0, 32, 2)])


def test_one_illegal_register_never_takes_the_others_and_is_found_once() -> None:
    async def meeting() -> None:
        clock = SteppedClock(0)
        async with serving(illegal_at(13)) as server:
            line = line_of(server, (1,), clock=clock)
            for _ in range(2):
                before = len(server.served)
                outcomes = await line.cycle({name(1): (BLOCK,)})
                assert said(outcomes, 1).count("E_MODBUS_ILLEGAL_BLOCK") == 1
                assert addresses_read(outcomes) == set(range(32)) - {12, 13}
                assert {outcome.planned for outcome in outcomes} == {read(0, 32)}
            assert len(server.served) - before == 5  # the four good pieces and the illegal value
            clock.advance(RULES.limits_kept_ns)
            server.behave = answer_right
            outcomes = await line.cycle({name(1): (BLOCK,)})
            assert [outcome.request for outcome in outcomes] == [read(0, 32)]
            await line.close()

    run(meeting())


def test_what_was_learned_about_a_device_is_forgotten_when_it_comes_back() -> None:
    async def meeting() -> None:
        clock = SteppedClock(0)
        rules = LineRules(spare_s=0.0, back_off=BackOff(tolerated=0, first_ns=S))
        async with serving(illegal_at(13)) as server:
            line = line_of(server, (1,), clock=clock, rules=rules)
            requests = []
            for behave in (illegal_at(13), faults.closed, answer_right, answer_right):
                server.behave = behave
                clock.advance(S)
                requests.append(len(await line.cycle({name(1): (BLOCK,)})))
            assert requests == [5, 5, 5, 1]
            await line.close()

    run(meeting())


def addresses_read(outcomes: Sequence[Outcome]) -> set[int]:
    return {
        outcome.request.address + n
        for outcome in outcomes
        if isinstance(outcome.answer, Reply) and isinstance(outcome.request, ReadRequest)
        for n in range(len(outcome.answer.content) // 2)
    }


def test_the_search_in_one_cycle_is_bounded_and_the_next_cycle_goes_on() -> None:
    async def meeting() -> None:
        async with serving(illegal_at(13)) as server:
            line = line_of(server, (1,), rules=LineRules(most_splits=1))
            found = [len(addresses_read(await line.cycle({name(1): (BLOCK,)}))) for _ in range(5)]
            assert found == [16, 24, 28, 30, 30]
            await line.close()

    run(meeting())


def test_a_gap_lies_between_all_requests_and_a_turnaround_between_those_of_a_device() -> None:
    async def meeting() -> None:
        async with serving() as server:
            rules = LineRules(gap_s=0.01)
            line = line_of(server, (1, 2), rules=rules, turnaround_s={2: 0.04})
            await line.cycle({name(1): asks(0, 10), name(2): asks(0, 10)})
            gaps = [after - before for before, after in pairwise(server.arrivals_s)]
            assert all(gap >= least for gap, least in zip(gaps, (0.01, 0.01, 0.04), strict=True))
            await line.close()

    run(meeting())


def test_after_a_time_out_the_line_rests_for_the_devices_longest_delay() -> None:
    async def meeting() -> None:
        async with serving(by_unit({1: faults.silence})) as server:
            line = line_of(server, (1, 2), timeouts_s={1: 0.02}, silence_s=0.05)
            await line.cycle({name(unit): asks(0) for unit in (1, 2)})
            first, second = server.arrivals_s
            # From the first's arrival, which a busy machine sees late: the rest, without the wait.
            assert second - first >= 0.05
            await line.close()

    run(meeting())


def test_a_line_that_cannot_be_reached_is_tried_once_for_all_devices_in_a_cycle() -> None:
    async def meeting() -> None:
        async with serving() as server:
            line = line_of(server, (1, 2, 3))
            port = server.port
        outcomes = await line.cycle({name(unit): asks(0, 10) for unit in (1, 2, 3)})
        assert [outcome.answer.code for outcome in outcomes] == ["E_CONNECT"] * 6  # type: ignore[union-attr] # no reply is among them
        assert len({id(outcome.answer) for outcome in outcomes}) == 1
        assert {health.failures for health in line.healths.values()} == {1}
        again = Server(answer_right)
        async with await asyncio.start_server(again.handle, "127.0.0.1", port):
            outcomes = await line.cycle({name(unit): asks(0, 10) for unit in (1, 2, 3)})
            assert [said(outcomes, unit) for unit in (1, 2, 3)] == [["value"] * 2] * 3
            await line.close()

    run(meeting())


def test_cycles_that_are_asked_for_at_once_wait_for_each_other() -> None:
    async def meeting() -> None:
        async with serving() as server:
            line = line_of(server, (1, 2))
            one, two = await asyncio.gather(
                line.cycle({name(1): asks(0, 10)}), line.cycle({name(2): asks(0, 10)})
            )
            assert said(one, 1) == said(two, 2) == ["value", "value"]
            assert [served.unit for served in server.served] == [1, 1, 2, 2]
            await line.close()

    run(meeting())
