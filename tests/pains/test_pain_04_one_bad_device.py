"""Pain 4: one dead device, or one bad register, does not take the others with it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import edge_agent.line
from edge_agent.blocks import Ask
from edge_agent.line import Line, Outcome
from tests.pains.bench import Bench, Meter, Row, benched

DEAD = '{ kind = "silence" }'
REFUSING = '{ kind = "exception", code = 4 }'
GARBLED = '{ kind = "bad_checksum" }'
POLLS = 6


def mixed(kind: str) -> Row:
    """Dead, refusing and garbled meters before living ones, on one line."""
    meters = [
        Meter(spoken="rtu", number=1, faults=DEAD),
        Meter(spoken="dlt645", number=2, faults=GARBLED),
        Meter(spoken="rtu", number=3, faults=REFUSING),
        Meter(spoken="cjt188", number=4, faults=DEAD),
        Meter(spoken="rtu", number=5),
        Meter(spoken="dlt645", number=6),
        Meter(spoken="cjt188", number=7),
    ]
    return Row(name="bus", kind=kind, meters=meters, timeout_s=0.06, late_s=0.02)


LIVING = ("rtu-5", "dlt645-6", "cjt188-7")


def polled(folder: Path, row: Row) -> Bench:
    async def meeting() -> Bench:
        async with benched(folder, row) as bench:
            await bench.poll(POLLS)
            return bench

    return asyncio.run(meeting())


def values(bench: Bench, names: Sequence[str]) -> dict[str, int]:
    shown = bench.shown()
    return {name: sum(map(len, shown.get(name, []))) for name in names}


@pytest.mark.parametrize("kind", ["serial-tcp", "pty"])
def test_dead_refusing_and_garbled_meters_take_no_value_from_the_others(
    tmp_path: Path, kind: str
) -> None:
    bench = polled(tmp_path, mixed(kind))
    assert values(bench, LIVING) == dict.fromkeys(LIVING, POLLS)
    assert bench.wrong() == []
    missed = bench.missed()
    assert {*missed["rtu-1"], *missed["cjt188-4"]} <= {"timeout", "not_polled"}
    assert missed["rtu-3"] == ["exception"] * POLLS
    assert missed["dlt645-2"] == ["checksum"] * POLLS


def test_a_line_that_ends_its_cycle_at_the_first_failure_would_be_found(tmp_path: Path) -> None:
    with without_isolation():
        assert sum(values(polled(tmp_path, mixed("serial-tcp")), LIVING).values()) == 0


def one_bad_register(folder: Path) -> Bench:
    """A meter that refuses a read which holds a register that it does not have."""
    channels = ("active_energy_import", "voltage_l1", "voltage_l2", "active_power")
    meter = Meter(spoken="rtu", number=1, channels=channels)

    async def meeting() -> Bench:
        row = Row(name="bus", kind="serial-tcp", meters=[meter], timeout_s=0.5)
        async with benched(folder, row) as bench:
            _refuse(bench, "voltage_l1")
            await bench.poll(2)
            return bench

    return asyncio.run(meeting())


def _refuse(bench: Bench, channel: str) -> None:
    """From now on, the instrument has no such registers."""
    from device_profiles.item_errors import NoSuchItemError  # noqa: PLC0415 - of this alone
    from device_profiles.plan import ReadRequest  # noqa: PLC0415

    place = bench.plant.of_serial["rtu-1"]
    real, source = place.content, 0x5B00 if channel == "voltage_l1" else 0

    def content(request: object, *more: object) -> bytes:
        if isinstance(request, ReadRequest) and request.address <= source < request.end:
            raise NoSuchItemError("meter", key="request", found=request, limit="its registers")
        return real(request, *more)  # type: ignore[arg-type]

    place.content = content  # type: ignore[method-assign,assignment]


def test_a_bad_register_costs_its_own_channel_alone(tmp_path: Path) -> None:
    bench = one_bad_register(tmp_path)
    assert [len(each) for each in bench.shown()["rtu-1"]] == [3, 3]
    assert bench.missed() == {"rtu-1": ["exception", "exception"]}


def test_without_halving_it_costs_all_that_is_read_with_it(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_agent.line, "halve", lambda _ask: None)
        bench = one_bad_register(tmp_path)
    assert [len(each) for each in bench.shown()["rtu-1"]] == [2, 2]


@contextmanager
def without_isolation() -> Iterator[None]:
    """Of controls: the first request that fails ends the cycle."""
    real = Line.cycle

    async def cycle(line: Line, asks: Mapping[str, Sequence[Ask]]) -> tuple[Outcome, ...]:
        kept: list[Outcome] = []
        for outcome in await real(line, asks):
            if isinstance(outcome.answer, Exception):
                break
            kept.append(outcome)
        return tuple(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Line, "cycle", cycle)
        yield
