import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient

import simulators
from device_profiles.formats import is_integer
from device_profiles.modbus.pdu import Adu
from device_profiles.modbus.tcp import frame
from device_profiles.plan import plan_reads
from device_profiles.readout import readout
from device_profiles.register_model import modbus_of
from device_profiles.registers import wire_bytes
from evidence.clock import SteppedClock
from simulators.instant import instant_ns
from simulators.load import load_plant
from simulators.place import Place
from simulators.plant import Plant
from simulators.servers.modbus import MOST_CONNECTIONS, ModbusServer

SCENARIOS = Path(simulators.__file__).parent / "scenarios"
HOST = "127.0.0.1"
ENERGY = struct.pack(">BHH", 3, 0x5000, 4)
HOUR_NS = 3_600_000_000_000
POLLS = 8
STRUCK = (3, 4, 5)


@dataclass(frozen=True, kw_only=True)
class Bench:
    plant: Plant
    clock: SteppedClock
    ports: dict[str, int]


@asynccontextmanager
async def bench(name: str) -> AsyncIterator[Bench]:
    plant = load_plant(SCENARIOS / f"{name}.toml")
    clock = SteppedClock(instant_ns(plant.scenario.begins_at) + HOUR_NS)
    servers = {line: ModbusServer(places, clock) for line, places in plant.lines.items()}
    ports = {line: await server.start(HOST, 0) for line, server in servers.items()}
    try:
        yield Bench(plant=plant, clock=clock, ports=ports)
    finally:
        for server in servers.values():
            await server.close()


class Peer:
    """A client without a Modbus library: it sees the very bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.transaction_id = 100

    async def ask(self, unit_id: int, pdu: bytes = ENERGY, wait_s: float = 0.25) -> bytes | None:
        """The bytes of the next reply: None for silence, empty for a closed connection."""
        self.transaction_id += 1
        self.writer.write(frame(Adu(transaction=self.transaction_id, unit=unit_id, pdu=pdu)))
        try:
            async with asyncio.timeout(wait_s):
                return await self.reader.read(300)
        except TimeoutError:
            return None


@asynccontextmanager
async def peer(port: int) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(30):
            await test()

    asyncio.run(main())


def shown(place: Place, at_ns: int) -> float:
    return place.indications(at_ns)["active_energy_import"]


def energy_of(reply: bytes) -> float:
    return int.from_bytes(reply[9:17], "big") / 100


async def polled(
    unit: str, step_ns: int = 60_000_000_000
) -> tuple[list[bytes | None], list[float]]:
    """Eight replies of the fault menu's meter, and what it would have shown without its fault."""
    replies, truths = [], []
    async with bench("fault-menu") as stand, peer(stand.ports["bus"]) as client:
        place = next(
            one for one in stand.plant.places if one.instruments[0].serial == f"FAULT-{unit}"
        )
        unit_id = next(key for key, one in stand.plant.lines["bus"].items() if one is place)
        for _ in range(POLLS):
            truths.append(shown(place, stand.clock.now_ns()))
            replies.append(await client.ask(unit_id))
            stand.clock.advance(step_ns)
    return replies, truths


def test_a_foreign_client_reads_what_the_model_shows() -> None:
    async def body() -> None:
        async with bench("factory") as stand:
            for line, places in stand.plant.lines.items():
                client = AsyncModbusTcpClient(HOST, port=stand.ports[line], reconnect_delay=0)
                assert await client.connect()
                for unit_id, place in places.items():
                    await compare(client, unit_id, place, stand.clock.now_ns())
                client.close()

    run(body)


async def compare(client: AsyncModbusTcpClient, unit_id: int, place: Place, at_ns: int) -> None:
    profile = modbus_of(place.site.profile)
    replies = {}
    for read in plan_reads(profile):
        ask = {3: client.read_holding_registers, 4: client.read_input_registers}[read.function]
        answer = await ask(read.address, count=read.count, device_id=unit_id)
        assert not answer.isError()
        replies[read] = wire_bytes(answer.registers)
    indications = place.indications(at_ns)
    found = readout(profile, replies)
    for name in indications:
        channel = profile.channel(name)
        half_step = channel.scale / 2 if is_integer(channel.terms[0].format) else 0.0
        expected = pytest.approx(indications[channel.name], rel=1e-6, abs=half_step)
        assert found[channel.name].number == expected


def test_values_are_worked_out_when_they_are_asked_for() -> None:
    async def body() -> None:
        async with bench("factory") as stand, peer(stand.ports["electricity"]) as client:
            place = stand.plant.lines["electricity"][1]
            first = await client.ask(1)
            stand.clock.advance(24 * HOUR_NS)
            second = await client.ask(1)
            assert first
            assert second
            now_ns = stand.clock.now_ns()
            assert energy_of(second) == pytest.approx(shown(place, now_ns))
            assert energy_of(first) == pytest.approx(shown(place, now_ns - 24 * HOUR_NS))
            assert energy_of(second) - energy_of(first) > 400

    run(body)


def test_an_exchanged_meter_shows_its_own_register_on_the_wire() -> None:
    async def body() -> None:
        async with bench("factory") as stand, peer(stand.ports["electricity"]) as client:
            request = struct.pack(">BHH", 3, 0x0C83, 4)
            before = await client.ask(3, request)
            stand.clock.set_to(stand.plant.places[2].instruments[1].installed_at_ns)
            after = await client.ask(3, request)
            assert before
            assert after
            assert int.from_bytes(before[9:17], "big") > 99_871_250
            assert int.from_bytes(after[9:17], "big") == 500

    run(body)


def test_requests_that_cannot_be_answered_are_exceptions() -> None:
    async def body() -> None:
        async with bench("factory") as stand, peer(stand.ports["electricity"]) as client:
            for unit_id, pdu, expected in (
                (9, ENERGY, "83 0B"),
                (1, struct.pack(">BHH", 6, 0x5000, 4), "86 01"),
                (1, struct.pack(">BHH", 3, 0, 1), "83 02"),
                (1, struct.pack(">BHH", 3, 0x5000, 126), "83 03"),
            ):
                reply = await client.ask(unit_id, pdu)
                assert reply
                assert reply[6:] == bytes([unit_id]) + bytes.fromhex(expected)

    run(body)


def test_several_requests_in_one_segment_are_answered_in_order() -> None:
    async def body() -> None:
        async with bench("factory") as stand, peer(stand.ports["electricity"]) as client:
            client.writer.write(
                b"".join(frame(Adu(transaction=number, unit=1, pdu=ENERGY)) for number in (7, 8, 9))
            )
            received = await client.reader.readexactly(3 * 17)
            assert [received[at + 1] for at in (0, 17, 34)] == [7, 8, 9]

    run(body)


def test_a_peer_that_breaks_the_framing_is_cut_off_and_others_are_not() -> None:
    async def body() -> None:
        async with (
            bench("factory") as stand,
            peer(stand.ports["electricity"]) as good,
            peer(stand.ports["electricity"]) as bad,
        ):
            bad.writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert await bad.reader.read(10) == b""
            assert await good.ask(1)

    run(body)


def test_connections_beyond_the_limit_are_closed_at_once() -> None:
    async def body() -> None:
        async with bench("factory") as stand:
            port = stand.ports["electricity"]
            opened = [await asyncio.open_connection(HOST, port) for _ in range(MOST_CONNECTIONS)]
            for reader, writer in opened:
                assert await Peer(reader, writer).ask(1, wait_s=5)
            async with peer(port) as client:
                assert await client.reader.read(10) == b""
            for _, writer in opened:
                writer.close()

    run(body)


def test_a_closed_server_listens_no_more_and_drops_its_connections() -> None:
    async def body() -> None:
        async with bench("factory") as stand:
            port = stand.ports["electricity"]
            reader, writer = await asyncio.open_connection(HOST, port)
            assert await Peer(reader, writer).ask(1)
        assert await reader.read(10) == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)

    run(body)


def test_silence_is_no_reply_at_the_struck_polls_and_a_good_one_at_the_others() -> None:
    async def body() -> None:
        replies, truths = await polled("silence")
        for poll, (reply, truth) in enumerate(zip(replies, truths, strict=True)):
            assert (reply is None) == (poll in STRUCK)
            assert reply is None or energy_of(reply) == pytest.approx(truth)

    run(body)


def test_a_reboot_closes_the_connection_and_keeps_the_register() -> None:
    async def body() -> None:
        async with bench("fault-menu") as stand:
            shown_totals = []
            for poll in range(POLLS):
                async with peer(stand.ports["bus"]) as client:
                    reply = await client.ask(2)
                assert (reply == b"") == (poll in STRUCK)
                shown_totals += [energy_of(reply)] if reply else []
                stand.clock.advance(HOUR_NS)
            assert shown_totals == pytest.approx([1520, 1540, 1560, 1640, 1660], abs=0.011)

    run(body)


def test_a_late_reply_arrives_after_the_answer_to_the_next_request() -> None:
    async def body() -> None:
        async with bench("fault-menu") as stand, peer(stand.ports["bus"]) as client:
            for _ in range(3):
                assert await client.ask(3)
            assert await client.ask(3, wait_s=0.1) is None
            other = await client.ask(1)
            assert other
            assert other[1] == 105
            late = await client.reader.readexactly(17)
            assert late[1] == 104

    run(body)


def test_a_short_reply_is_well_formed_and_has_too_few_registers() -> None:
    async def body() -> None:
        replies, _ = await polled("short")
        lengths = [len(reply or b"") for reply in replies]
        assert lengths == [17, 17, 17, 15, 15, 15, 17, 17]
        short = replies[3] or b""
        assert (short[5], short[8]) == (len(short) - 6, 6)

    run(body)


def test_a_wrong_transaction_id_stands_in_an_otherwise_right_reply() -> None:
    async def body() -> None:
        replies, truths = await polled("tid")
        found = [int.from_bytes((reply or b"")[:2], "big") for reply in replies]
        assert found == [101, 102, 103, 0, 0, 0, 107, 108]
        assert energy_of(replies[4] or b"") == pytest.approx(truths[4])

    run(body)


def test_garbage_is_bytes_that_are_no_reply() -> None:
    async def body() -> None:
        replies, _ = await polled("garbage")
        for poll in STRUCK:
            reply = replies[poll] or b""
            assert len(reply) == 24
            assert reply[2:4] != b"\0\0"
        assert len(replies[6] or b"") == 17

    run(body)


def test_an_exception_is_sent_in_place_of_the_data() -> None:
    async def body() -> None:
        replies, _ = await polled("exception")
        functions = [(reply or b"")[7:9].hex() for reply in replies]
        assert functions == ["0308"] * 3 + ["8306"] * 3 + ["0308"] * 2

    run(body)


def test_a_clock_skew_shows_the_register_of_an_earlier_instant() -> None:
    async def body() -> None:
        replies, truths = await polled("skew")
        for poll, (reply, truth) in enumerate(zip(replies, truths, strict=True)):
            lag = 10.0 if poll in STRUCK else 0.0  # half an hour at 20 kW
            assert energy_of(reply or b"") == pytest.approx(truth - lag, abs=0.011)

    run(body)


def test_a_stuck_register_shows_the_value_at_which_it_stopped() -> None:
    async def body() -> None:
        replies, truths = await polled("stuck", HOUR_NS)
        shown_totals = [energy_of(reply or b"") for reply in replies]
        held = [truths[3] if poll in STRUCK else truths[poll] for poll in range(POLLS)]
        assert shown_totals == pytest.approx(held)
        assert truths[5] - truths[3] > 39

    run(body)


def test_a_sentinel_is_the_pattern_of_the_profile() -> None:
    async def body() -> None:
        replies, _ = await polled("sentinel")
        patterns = [(reply or b"")[9:17] == b"\xff" * 8 for reply in replies]
        assert patterns == [poll in STRUCK for poll in range(POLLS)]

    run(body)


@pytest.mark.parametrize(
    ("unit", "struck", "effect"),
    [
        ("spike", STRUCK, lambda value: 16 * value),
        ("jump", range(3, POLLS), lambda value: value + 53_700),
        ("rollover", range(3, POLLS), lambda value: value % 1000),
    ],
)
def test_a_fault_of_the_value_is_read_on_the_wire(
    unit: str, struck: tuple[int, ...], effect: Callable[[float], float]
) -> None:
    async def body() -> None:
        replies, truths = await polled(unit)
        expected = [effect(truth) if poll in struck else truth for poll, truth in enumerate(truths)]
        assert [energy_of(reply or b"") for reply in replies] == pytest.approx(expected, abs=0.006)

    run(body)
