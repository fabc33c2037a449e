"""A device on a scripted wire, and what may come from it."""

from collections.abc import Callable, Hashable

from device_profiles.conversation import Conversation
from device_profiles.modbus import ask, rtu
from device_profiles.modbus.pdu import Adu, ExceptionAnswer, ReadAnswer, answering
from device_profiles.plan import ReadRequest
from device_profiles.speed import Speed
from edge_agent.drivers.talk import Manners, SharedWire, TalkDriver
from edge_agent.errors import AgentError
from evidence.clock import SteppedClock
from tests.unit.edge_agent.scripted_wire import Script, ScriptedWire, in_virtual_time, now

UNIT, METER = 17, "000000000042"
READ = ReadRequest(function=3, address=100, count=2)
SPEED, TIMEOUT_S = Speed(bit_s=9600), 0.5
RIGHT = rtu.frame(Adu(unit=UNIT, pdu=answering(ReadAnswer(function=3, data=b"\0\7\0\x08"))))
OTHER = rtu.frame(Adu(unit=UNIT, pdu=answering(ReadAnswer(function=3, data=b"\1\1\1\1"))))
REFUSED = rtu.frame(Adu(unit=UNIT, pdu=answering(ExceptionAnswer(function=3, exception_code=2))))
STRANGER = rtu.frame(Adu(unit=UNIT + 1, pdu=answering(ReadAnswer(function=3, data=b"\2\2\2\2"))))
CONTENT = b"\0\7\0\x08"
ASKED = rtu.frame(Adu(unit=UNIT, pdu=bytes([3, 0, 100, 0, 2])))


def over_rtu(request: Hashable) -> Conversation:
    assert isinstance(request, ReadRequest)
    return ask.read(ask.RTU, UNIT, request, "meter")


def driver_on(
    wire: ScriptedWire, talk: Callable[[Hashable], Conversation] = over_rtu
) -> TalkDriver:
    manners = Manners(device="meter", ask=talk, speed=SPEED, timeout_s=TIMEOUT_S)
    return TalkDriver(SharedWire(wire), manners, clock=SteppedClock(0))


def told(*scripts: Script, times: int = 1) -> tuple[list[bytes | str], float]:
    """What came of so many questions, content or code, and how long all took."""

    async def meeting() -> tuple[list[bytes | str], float]:
        driver = driver_on(ScriptedWire(*scripts))
        return [await said(driver) for _ in range(times)], now()

    return in_virtual_time(meeting())


async def said(driver: TalkDriver) -> bytes | str:
    try:
        return (await driver.exchange(READ)).content
    except AgentError as wrong:
        return wrong.code
