"""What becomes of one logger's packets before a poll fetches them."""

import asyncio

import pytest

from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.times import CHINA
from device_profiles.wire_errors import WireValueError
from edge_agent.drivers.hj212_logger import PATIENCE_S, Logger
from edge_agent.drivers.hj212_mail import Mail
from edge_agent.drivers.tally import Tally
from tests.unit.edge_agent.hj212_site import MN, packet


class Desk:
    """A logger, the mail of one device, and what went wrong."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.logger = Logger(MN, CHINA, self.tally)
        self.mail: Mail = self.logger.mail(["2011"])

    def take(self, sent: bytes, at_s: float = 0.0) -> None:
        self.logger.take(read_packet(sent), sent, 1, at_s)

    def read(self) -> bytes | None:
        async def fetched() -> bytes | None:
            try:
                return (await self.mail.fetch("2011", 0.001)).content
            except TimeoutError:
                return None

        return asyncio.run(fetched())


def part(number: int, of: int = 2, qn: int = 0, data_time: int = 0) -> bytes:
    head = f"QN=201608010858572{qn}{number};ST=31;CN=2011;PW=123456;MN={MN};Flag=7;"
    item = f"DataTime=2016080108585{data_time};a2102{number}-Rtd=1,a2102{number}-Flag=N"
    return packet_of(f"{head}PNUM={of};PNO={number};CP=&&{item}&&".encode())


def test_of_two_messages_between_polls_one_is_passed_over_and_counted() -> None:
    desk = Desk()
    desk.take(packet(1.0))
    desk.take(packet(2.0, qn="20160801085927223"))
    assert b"Rtd=2.0" in (desk.read() or b"")
    assert desk.tally.counts == {"E_REPORT_PASSED": 1}
    assert desk.read() is None


def test_data_that_nobody_reads_are_no_news() -> None:
    desk = Desk()
    desk.take(packet_of(packet(1.0)[6:-6].replace(b"CN=2011", b"CN=2051")))
    assert desk.read() is None
    assert desk.tally.counts == {}


def test_parts_are_one_message_whatever_their_order_and_a_part_again_is_no_other() -> None:
    desk = Desk()
    for sent in (part(2), part(2), part(1), part(1)):
        desk.take(sent)
    content = desk.read() or b""
    assert content.index(b"a21021-Rtd=1") < content.index(b"a21022-Rtd=1")
    assert desk.read() is None
    assert desk.tally.counts == {}


def test_parts_that_wait_too_long_are_given_up_and_named() -> None:
    desk = Desk()
    desk.take(part(1), at_s=0.0)
    desk.take(packet(1.0), at_s=PATIENCE_S - 1)
    assert desk.tally.counts == {}
    desk.take(packet(2.0, qn="20160801085927223"), at_s=PATIENCE_S)
    assert desk.tally.counts["E_REPORT_PARTS"] == 1


def test_a_part_beyond_the_last_is_refused() -> None:
    with pytest.raises(WireValueError, match="PNO"):
        Desk().take(part(3, of=2))
