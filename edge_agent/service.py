"""The agent as a service: a task per line, one batcher, one uplink, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import process_time_ns
from typing import TYPE_CHECKING, Final

from edge_agent.agent import Agent
from edge_agent.custody_errors import SpoolError
from edge_agent.cycle import PolledDevice
from edge_agent.link import Link
from edge_agent.load_watch import LineOverloadedError, LoadWatch, Round
from edge_agent.schedule import missed_polls, next_poll
from edge_agent.uplink import Uplink
from evidence.clock import Clock, clock_step
from evidence.clock_standing import STEP_NS

if TYPE_CHECKING:
    from edge_agent.page.server import PageServer

LOG = logging.getLogger("carbonmeter.agent")
LONGEST_WAIT_S: Final = 1.0
"""No task sleeps longer: a clock that is set back must not silence a line."""
SHORTEST_WAIT_S: Final = 0.02
PUMP_S: Final = 1.0


async def serve(agent: Agent, link: Link, uplink: Uplink, page: "PageServer | None" = None) -> None:
    """Runs until SIGTERM or SIGINT; then closes the batch, commits and returns.

    Args:
        agent: Polls, keeps and delivers.
        link: Its transport.
        uplink: Over it.
        page: Shown meanwhile, where there is one.

    Raises:
        SpoolError: the disk failed; what was committed is there.
    """
    stop = asyncio.Event()
    with stopped_by_signals(stop):
        await run_until(agent, link, uplink, stop, page)


async def run_until(
    agent: Agent,
    link: Link,
    uplink: Uplink,
    stop: asyncio.Event,
    page: "PageServer | None" = None,
) -> None:
    """Runs until `stop` is set; arguments as for `serve`.

    Raises:
        SpoolError: the disk failed.
    """
    wake, kept = asyncio.Event(), asyncio.Event()
    link.start(_waking(wake))
    try:
        async with asyncio.TaskGroup() as group:
            lines = agent.parts.lines
            tasks = [group.create_task(_poll_line(agent, name, kept, stop)) for name in lines]
            tasks.append(group.create_task(_close_batches(agent, kept, wake, stop)))
            tasks.append(group.create_task(_deliver(agent, wake, stop)))
            if page is not None:
                tasks.append(group.create_task(page.serve()))
            await stop.wait()
            for task in tasks:  # what is asked of a device now is given up
                task.cancel()
    except* SpoolError as failed:
        raise _first(failed) from failed
    finally:
        await _end(agent, link)
    LOG.info("stopped: %s", "all delivered" if uplink.delivered else "the rest is in the spool")


def _waking(wake: asyncio.Event) -> Callable[[], None]:
    """What sets `wake` from any thread."""
    loop = asyncio.get_running_loop()

    def notify() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is to be woken
            loop.call_soon_threadsafe(wake.set)

    return notify


def _first(failed: BaseExceptionGroup[SpoolError]) -> SpoolError:
    """The error itself: what fails first says why."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _end(agent: Agent, link: Link) -> None:
    """Closes the batch, hands it to the link once more, and closes everything."""
    agent.close_batch(agent.parts.clock.now_ns())
    agent.pump()
    await asyncio.to_thread(link.stop)
    await agent.stop()


@contextlib.contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop` inside."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def deliver_once(agent: Agent, link: Link, uplink: Uplink, *, wait_s: float) -> bool:
    """Polls every device once, and whether a receipt covers all leaves within `wait_s`.

    Raises:
        SpoolError: the disk failed.
    """
    clock, wake = agent.parts.clock, asyncio.Event()
    link.start(_waking(wake))
    try:
        at_ns = clock.now_ns()
        for name in agent.parts.lines:
            await agent.poll_line(name, {each.name: at_ns for each in agent.devices_on(name)})
        agent.close_batch(clock.now_ns())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not uplink.delivered:
                    agent.pump()
                    await _woken(wake, PUMP_S / 4)
        return uplink.delivered
    finally:
        await asyncio.to_thread(link.stop)
        await agent.stop()


async def _woken(wake: asyncio.Event, longest_s: float) -> None:
    """Waits until it is woken, or for a moment."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await wake.wait()
    wake.clear()


async def _poll_line(agent: Agent, line: str, kept: asyncio.Event, stop: asyncio.Event) -> None:
    clock, devices = agent.parts.clock, agent.devices_on(line)
    shown = clock.now_ns(), clock.monotonic_ns()
    last_ns, watch = shown[0], LoadWatch(line, _round(clock, 0, 0))
    await agent.parts.lines[line].attend()
    while not stop.is_set():  # a cancellation can be swallowed below, in what is awaited
        due_ns = min(_next(device, last_ns) for device in devices)
        await _wait(clock, due_ns)
        before, shown = shown, (clock.now_ns(), clock.monotonic_ns())
        now_ns, last_ns = shown[0], carried(last_ns, before, shown)
        if not (due := ticks_due(devices, last_ns, now_ns)):
            continue
        await agent.poll_line(line, due)
        gone = {each.name: ticks_gone(each, last_ns, now_ns) for each in devices}
        agent.missed(gone)
        fell_behind = _look_after(watch, clock, len(due), sum(map(len, gone.values())))
        if fell_behind is not None and agent.seen is not None:
            agent.seen.fell_behind(line, fell_behind, shown[1])
        last_ns = now_ns
        kept.set()


def carried(last_ns: int, before: tuple[int, int], after: tuple[int, int]) -> int:
    """The last instant that was looked at, by the clock as it is set now; UTC ns.

    The ticks that a clock is set over never were: nobody missed them. Those that it is set
    back over come once more, with numbers of their own.

    Args:
        last_ns: By the clock as it was.
        before: Wall and monotonic reading at the last look, ns.
        after: The same now.
    """
    step_ns = clock_step(*before, *after)
    return last_ns + step_ns if abs(step_ns) > STEP_NS else last_ns


def _look_after(
    watch: LoadWatch, clock: Clock, polled: int, skipped: int
) -> LineOverloadedError | None:
    """Names a line that falls behind."""
    found = watch.after(_round(clock, polled, skipped))
    if found is not None:
        LOG.warning("%s", found.say("en"))
    return found


def _round(clock: Clock, polled: int, skipped: int) -> Round:
    return Round(
        polled=polled, skipped=skipped, now_ns=clock.monotonic_ns(), cpu_ns=process_time_ns()
    )


def _next(device: PolledDevice, after_ns: int) -> int:
    return next_poll(after_ns, device.period_ns, device.phase_ns)


def ticks_due(devices: Sequence[PolledDevice], last_ns: int, now_ns: int) -> Mapping[str, int]:
    """The latest tick in (last, now] of each device that has one: what is polled now."""
    ticks = {device.name: _gone(device, last_ns, now_ns) for device in devices}
    return {name: gone[-1] for name, gone in ticks.items() if gone}


def ticks_gone(device: PolledDevice, last_ns: int, now_ns: int) -> range:
    """The ticks in (last, now] before the one that was polled: nobody was there for them."""
    return _gone(device, last_ns, now_ns)[:-1]


def _gone(device: PolledDevice, last_ns: int, now_ns: int) -> range:
    return missed_polls(last_ns, now_ns, device.period_ns, device.phase_ns)


async def _wait(clock: Clock, at_ns: int) -> None:
    """Waits until the instant, or for a second at most."""
    await asyncio.sleep(min(clock.real_seconds_until(at_ns), LONGEST_WAIT_S))


async def _close_batches(
    agent: Agent, kept: asyncio.Event, wake: asyncio.Event, stop: asyncio.Event
) -> None:
    """Closes the batch when it is due: once enough was `kept`, or by its age.

    A closed batch is delivered at once.
    """
    clock = agent.parts.clock
    while not stop.is_set():
        now_ns, before = clock.now_ns(), agent.spool.size
        agent.close_due(now_ns)
        if agent.spool.size != before:
            wake.set()
        await _woken(kept, seconds_to_close(clock, agent.due_ns, now_ns))


def seconds_to_close(clock: Clock, due_ns: int | None, now_ns: int) -> float:
    """How many real seconds there is nothing to close, unless more is kept; at most one.

    Args:
        clock: Of the batches.
        due_ns: When the open batch is due, UTC; None while it is empty.
        now_ns: When it was last looked at, UTC: what was due then could not be closed.
    """
    if due_ns is None or due_ns <= now_ns:
        return LONGEST_WAIT_S
    return min(max(clock.real_seconds_until(due_ns), SHORTEST_WAIT_S), LONGEST_WAIT_S)


async def _deliver(agent: Agent, wake: asyncio.Event, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await _woken(wake, PUMP_S)
        agent.pump()
