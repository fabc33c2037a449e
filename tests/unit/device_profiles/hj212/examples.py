"""A site, and packets built for tests."""

from typing import Final

from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.received import Received, read_packet
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.hj212.site import Site

SITE: Final = Site(st="32", mn="010000A8900016F000169DC0", pw="123456")
"""The site of annex C."""
QN: Final = "20160801085857223"


def received(segment: Segment) -> Received:
    """The segment as it arrives on the other side."""
    return read_packet(packet_of(write_segment(segment)))


def upload(content: bytes, **fields: object) -> Received:
    """An upload of hour data with any fields."""
    plain: dict[str, object] = {
        "qn": QN,
        "st": "31",
        "cn": "2061",
        "pw": SITE.pw,
        "mn": SITE.mn,
        "flag": 5,
        "content": content,
    }
    return received(Segment(**{**plain, **fields}))  # type: ignore[arg-type]
