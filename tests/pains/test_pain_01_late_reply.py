"""Pain 1: a late reply on a serial line never becomes another request's value."""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import edge_agent.stations
from device_profiles.cjt188 import frame as cjt188_frame
from device_profiles.conversation import Conversation, Say, Whole
from device_profiles.dialect import LineDialect
from device_profiles.dlt645 import frame as dlt645_frame
from device_profiles.model import DeviceProfile
from device_profiles.spoken import spoken_of
from tests.pains.bench import SPOKEN, Meter, Row, benched, undrained

LATE = '{ kind = "late_reply", delay_s = %s, first_poll = %d, last_poll = %d }'
SILENT = '{ kind = "silence", first_poll = %d, last_poll = %d }'
BLOCKS = {
    "rtu": ("voltage_l1", "active_power"),
    "ascii": ("voltage_l1", "active_power"),
    "dlt645": ("active_energy_import", "active_energy_export"),
}
"""Two questions whose answers are of one length."""


def of_another_meter(spoken: str, kind: str) -> Row:
    """The first meter's answer comes while the second, which is silent, has been asked."""
    late = f"{LATE % (0.5, 0, 0)}, {SILENT % (1, 1)}"
    meters = [Meter(spoken=spoken, number=1, faults=late)]
    meters.append(Meter(spoken=spoken, number=2, faults=SILENT % (0, 1)))
    return Row(name="bus", kind=kind, meters=meters, timeout_s=0.2, late_s=0.0)


def of_another_register(spoken: str, late_s: float | None = None) -> Row:
    """Two answers of the first block come late; the second block is not answered at all."""
    faults = ", ".join([LATE % (0.4, 0, 0), LATE % (0.2, 1, 1), SILENT % (2, 3)])
    meter = Meter(spoken=spoken, number=1, faults=faults, channels=BLOCKS[spoken])
    return Row(name="bus", kind="serial-tcp", meters=[meter], timeout_s=0.3, late_s=late_s)


def wrong_on(folder: Path, row: Row, polls: int = 2) -> list[str]:
    """Values that are another request's, in so many polls."""

    async def meeting() -> list[str]:
        async with benched(folder, row) as bench:
            await bench.poll(polls)
            assert any(bench.missed().values()) or bench.wrong(), "no reply was late"
            return bench.wrong()

    return asyncio.run(meeting())


@pytest.mark.parametrize("kind", ["serial-tcp", "pty"])
@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_late_reply_is_not_another_meters_even_on_a_line_that_is_never_quiet(
    tmp_path: Path, spoken: str, kind: str
) -> None:
    with undrained():
        assert wrong_on(tmp_path, of_another_meter(spoken, kind)) == []


@pytest.mark.parametrize("spoken", BLOCKS)
def test_a_late_reply_is_not_another_registers_of_the_same_meter(
    tmp_path: Path, spoken: str
) -> None:
    assert wrong_on(tmp_path, of_another_register(spoken)) == []


@pytest.mark.parametrize("spoken", ["rtu", "ascii"])
def test_without_silence_and_drain_it_is_another_registers(tmp_path: Path, spoken: str) -> None:
    with undrained():
        assert wrong_on(tmp_path, of_another_register(spoken, late_s=0.0))


def test_an_item_is_named_in_its_answer_so_that_no_silence_is_needed(tmp_path: Path) -> None:
    with undrained():
        assert wrong_on(tmp_path, of_another_register("dlt645", late_s=0.0)) == []


@pytest.mark.parametrize("spoken", ["rtu", "dlt645", "cjt188"])
def test_a_client_that_trusts_every_answer_takes_another_meters(
    tmp_path: Path, spoken: str
) -> None:
    with undrained(), trusting(spoken):
        assert wrong_on(tmp_path, of_another_meter(spoken, "serial-tcp"))


def test_a_client_that_trusts_every_answer_takes_another_items(tmp_path: Path) -> None:
    with undrained(), trusting("dlt645"):
        assert wrong_on(tmp_path, of_another_register("dlt645", late_s=0.0))


@contextmanager
def trusting(spoken: str) -> Iterator[None]:
    """Of controls: whoever answers, and whatever it answers, is taken."""
    cut, content = TRUSTING[spoken]

    def asking(real: LineDialect[Any]) -> Callable[..., Conversation]:
        def ask(profile: DeviceProfile, address: str, request: Hashable) -> Conversation:
            sends = next(real.ask(profile, address, request)).sends
            frame = yield Say(sends=sends, cut=cut)
            return content(frame)

        return ask

    def naive(profile: DeviceProfile, framing: str = "rtu") -> LineDialect[Any]:
        real = spoken_of(profile, framing)
        return replace(real, ask=asking(real))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_agent.stations, "spoken_of", naive)
        yield


def any_rtu(received: bytes) -> Whole | None:
    end = 5 + received[2] if len(received) > 2 else 5
    return Whole(frame=received[:end], rest=received[end:]) if len(received) >= end else None


TRUSTING: dict[str, tuple[Callable[[bytes], Whole | None], Callable[[bytes], bytes]]] = {
    "rtu": (any_rtu, lambda frame: frame[3:-2]),
    "dlt645": (dlt645_frame.cut_reply, lambda frame: dlt645_frame.decode(frame).data[4:]),
    "cjt188": (cjt188_frame.cut_reply, lambda frame: cjt188_frame.decode(frame).data[3:]),
}
