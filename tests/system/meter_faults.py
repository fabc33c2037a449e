"""Meters that misbehave: each way has a status of its own, and no wrong value comes of it."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from calibration.indication import MissReason
from device_profiles.plan import ReadRequest
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.errors import AgentError
from evidence.clock import SystemClock
from tests.faults.campaign import Campaign, Control, Tally
from tests.unit.edge_agent import modbus_faults as faults
from tests.unit.edge_agent.modbus_server import Behaviour, Server, answer_right, serving, truth
from tests.words import words as shown

ROUND: Final = 60
TIMEOUT_S: Final = 0.03
PATIENT_S: Final = 1.0
BARE_S: Final = 0.1
"""Of the control: nothing but a time-out ends its wait for what it does not understand."""
LATE_S: Final = 0.5
"""By then a late answer has come."""
GOOD: Final = "good"

STATUS: Final[dict[Behaviour, frozenset[str]]] = {
    answer_right: frozenset({GOOD}),
    faults.silence: frozenset({MissReason.TIMEOUT}),
    faults.late: frozenset({MissReason.TIMEOUT}),
    faults.late_on_newest: frozenset({MissReason.TIMEOUT}),
    faults.late_without_transaction: frozenset({MissReason.TIMEOUT}),
    faults.trickle: frozenset({MissReason.TIMEOUT}),
    faults.transaction_zero: frozenset({MissReason.FOREIGN_REPLY}),
    faults.transaction_foreign: frozenset({MissReason.FOREIGN_REPLY}),
    faults.unit_foreign: frozenset({MissReason.FOREIGN_REPLY}),
    faults.protocol_foreign: frozenset({MissReason.GARBAGE}),
    faults.garbage: frozenset({MissReason.GARBAGE}),
    faults.function_foreign: frozenset({MissReason.FOREIGN_REPLY}),
    faults.too_few: frozenset({MissReason.SHORT_REPLY}),
    faults.byte_count_lies: frozenset({MissReason.GARBAGE}),
    faults.length_lies: frozenset({MissReason.GARBAGE}),
    faults.closed: frozenset({MissReason.UNREACHABLE}),
    faults.reset: frozenset({MissReason.UNREACHABLE}),
    faults.half_then_closed: frozenset({MissReason.UNREACHABLE}),
    faults.refusing(2): frozenset({MissReason.EXCEPTION}),
    faults.refusing(4): frozenset({MissReason.EXCEPTION}),
    faults.refusing(6): frozenset({MissReason.EXCEPTION}),
}
"""What a poll says of each behaviour."""

SLOW: Final = frozenset(behave for behave, said in STATUS.items() if said == {MissReason.TIMEOUT})
LATE: Final = frozenset(
    {faults.late, faults.late_on_newest, faults.late_without_transaction, faults.trickle}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, what the meter was made to do, and what came of it."""

    behave: Behaviour
    unit: int
    address: int
    at_s: float
    status: str
    words: tuple[int, ...] = ()


def wrong_with(asked: Sequence[Asked]) -> list[str]:
    """What is wrong: a value of another register, or a status that is another behaviour's."""
    found: list[str] = []
    for place, each in enumerate(asked):
        own = (truth(each.unit, each.address), truth(each.unit, each.address + 1))
        expected = STATUS[each.behave]
        if any(one.behave in LATE and each.at_s - one.at_s < LATE_S for one in asked[:place]):
            # the late answer may meet this request, and must be refused
            expected |= {MissReason.FOREIGN_REPLY, MissReason.GARBAGE}
        if each.status == GOOD and each.words != own:
            found.append(f"{_name(each.behave)}: {each.words} is given for {own}")
        elif each.status not in expected:
            found.append(f"{_name(each.behave)}: its status is {each.status}")
    return found


def _name(behave: Behaviour) -> str:
    return getattr(behave, "__name__", str(behave))


def play(seed: int, folder: Path) -> Tally:
    """Some sixty requests to a meter that misbehaves in two of three, through the driver."""
    del folder
    asked = asyncio.run(_through_the_guard(random.Random(seed)))
    wrong = wrong_with(asked)
    assert not wrong, "\n".join(wrong)
    found = Counter(each.status for each in asked)
    return {"answers": len(asked), **{f"{status} told": count for status, count in found.items()}}


async def _through_the_guard(rng: random.Random) -> list[Asked]:
    async with serving() as server:
        connection = ModbusConnection("127.0.0.1", server.port, clock=SystemClock())
        asked = [await _guarded(server, connection, *drawn(rng)) for _ in range(ROUND)]
        await connection.close()
    return asked


def drawn(rng: random.Random) -> tuple[Behaviour, int, int]:
    """A behaviour, a unit and an address; one in three is a good answer."""
    behave = answer_right if rng.random() < 1 / 3 else rng.choice(list(STATUS))
    return behave, rng.randint(1, 7), rng.randint(0, 4000)


async def _guarded(
    server: Server, connection: ModbusConnection, behave: Behaviour, unit: int, address: int
) -> Asked:
    server.behave = behave
    driver = ModbusDriver(connection, unit, timeout_s=_timeout_s(behave))
    status, at_s = GOOD, asyncio.get_running_loop().time()
    words: tuple[int, ...] = ()
    try:
        reply = await driver.exchange(ReadRequest(function=3, address=address, count=2))
        words = shown(reply.content)
    except AgentError as wrong:
        status = wrong.miss_reason
    return Asked(behave=behave, unit=unit, address=address, at_s=at_s, status=status, words=words)


def _timeout_s(behave: Behaviour) -> float:
    return TIMEOUT_S if behave in SLOW else PATIENT_S


def without_the_guard(seed: int, folder: Path) -> Sequence[str]:
    """What comes of the same behaviours through pymodbus alone."""
    del folder
    return wrong_with(asyncio.run(_bare(random.Random(seed))))


async def _bare(rng: random.Random) -> list[Asked]:
    async with serving() as server:
        client = AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=1, retries=0)
        asked = [await _unguarded(server, client, *drawn(rng)) for _ in range(ROUND)]
        client.close()
        await asyncio.sleep(0)
    return asked


async def _unguarded(
    server: Server, client: AsyncModbusTcpClient, behave: Behaviour, unit: int, address: int
) -> Asked:
    server.behave = behave
    status, at_s = GOOD, asyncio.get_running_loop().time()
    words: tuple[int, ...] = ()
    if not client.connected:
        await client.connect()
    client.ctx.comm_params.timeout_connect = min(_timeout_s(behave), BARE_S)
    try:
        answer: Any = await client.read_holding_registers(address, count=2, device_id=unit)
        words = tuple(getattr(answer, "registers", ()))
        status = MissReason.EXCEPTION if answer.isError() else GOOD
    except ModbusException:
        status = next(iter(STATUS[behave]))  # it has one exception for all: taken as right here
    return Asked(behave=behave, unit=unit, address=address, at_s=at_s, status=status, words=words)


MISBEHAVING_METERS: Final = Campaign(
    name="misbehaving-meters",
    rows=(25,),
    fault="a meter is silent, late, cut short, foreign, garbled, refusing or gone",
    holds="each has its own reason in the poll; no value is another register's",
    counted="answers",
    figure=10_000,
    play=play,
    controls=(Control(defence="the guard around pymodbus", find=without_the_guard),),
)
