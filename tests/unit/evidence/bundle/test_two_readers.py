"""A file in which two readers of zip files would see two things is refused."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

import pytest

from tests.unit.evidence.bundle.made import Made, failed, members
from tests.unit.evidence.bundle.test_bad_zips import refused

END: Final = struct.Struct("<IHHHHIIH")
LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
END_64: Final = struct.Struct("<IQHHIIQQQQ")
LOCATOR_64: Final = struct.Struct("<IIQI")
Pack = Callable[[str, bytes], bytes]


def deflated(_: str, data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def handmade(made: Made, pack: Pack, second: bool = False) -> bytes:  # noqa: FBT001, FBT002 - a file's shape
    """The bundle's members packed one by one, as the writer does it, and sealed."""
    body, directory = b"", b""
    for name, data in members(made.data).items():
        packed, method = pack(name, data), 8
        about = (method, 0, 33, zlib.crc32(data), len(packed), len(data), len(name), 0)
        entry = CENTRAL.pack(0x02014B50, 0x314, 20, 0, *about, 0, 0, 0, 0o100644 << 16, len(body))
        directory += entry + name.encode()
        body += LOCAL.pack(0x04034B50, 20, 0, *about) + name.encode() + packed
    return sealed(body, directory, len(members(made.data)), another=second)


def sealed(body: bytes, directory: bytes, count: int, *, another: bool) -> bytes:
    """The end of a file; on request with a second directory in the place of zip64's."""
    whole = directory
    if another:  # readers of zip64 see ours, all others one that stands before it
        first = directory.replace(b"logs/0000/checkpoint.txt", b"logs/0000/checkpoint.sig")
        size, at = len(directory), len(body) + len(first)
        end = END_64.pack(0x06064B50, 44, 0x32D, 45, 0, 0, count, count, size, at)
        whole = first + directory + end + LOCATOR_64.pack(0x07064B50, 0, at + size, 1)
    tail = END.pack(0x06054B50, 0, 0, count, count, len(whole), len(body), 64)
    data = body + whole + tail
    return data + hashlib.sha256(data).hexdigest().encode()


def test_the_same_members_packed_by_hand_are_the_bundle(one: Made) -> None:
    assert failed(handmade(one, deflated)) == set()


def test_a_directory_with_a_second_one_in_it_is_refused(one: Made) -> None:
    data = handmade(one, deflated, second=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "logs/0000/checkpoint.txt" in archive.namelist()
    assert data.index(b"logs/0000/checkpoint.sig") < data.rindex(b"logs/0000/checkpoint.txt")
    assert refused(data) == "E_ZIP_STRUCTURE"


def only(name: str, change: Callable[[bytes], bytes]) -> Pack:
    return lambda each, data: change(data) if each == name else deflated(each, data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: deflated("", data) + b"hidden",
        lambda data: deflated("", data) + deflated("", b"another file"),
        lambda data: deflated("", data + b"\n"),
        lambda data: deflated("", data)[:-1],
        lambda data: deflated("", data[:-1]),
        lambda data: deflated("", data[::-1]),
        lambda data: b"\xff" + data,
    ],
)
def test_a_member_that_is_more_or_less_than_it_says_is_refused(
    one: Made, change: Callable[[bytes], bytes]
) -> None:
    assert refused(handmade(one, only("statement.json", change))) == "E_ZIP_MEMBER"
