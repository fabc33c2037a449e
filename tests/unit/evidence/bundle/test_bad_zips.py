"""Zip files that are no bundle are refused by their code, before anything is unpacked."""

import io
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bundle.container import open_container, write_container
from evidence.bundle.errors import BundleError
from evidence.bundle.form import MAX_MEMBERS, MAX_RATIO
from evidence.bundle.outcome import Check
from evidence.bundle.verify import verify
from evidence.errors import CodedError
from tests.unit.evidence.bundle.made import Made, failed, members, written

Row = tuple[str, bytes]
PLAIN: Final = ("statement.json", b"{}")


def sealed(archive_bytes: bytes) -> bytes:
    """A zip of anybody with a comment as long as a seal."""
    end = archive_bytes[:-2] + struct.pack("<H", 64)
    return end + b"0" * 64


def zipped(*rows: Row, change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in rows:
                about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                about.create_system, about.external_attr = 3, 0o100644 << 16
                about.compress_type = zipfile.ZIP_DEFLATED
                if change is not None:
                    change(about)
                archive.writestr(about, data)
    return sealed(file.getvalue())


def refused(data: bytes) -> str:
    with pytest.raises(CodedError) as caught:
        verify(io.BytesIO(data))
    assert isinstance(caught.value, BundleError)
    assert caught.value.say("zh").startswith(caught.value.code)
    return caught.value.code


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../statement.json", "logs/../x", "C:\\x", "STATEMENT.json", "a", "x/"]
)
def test_a_name_out_of_the_bundle_is_refused(name: str) -> None:
    assert refused(zipped((name, b"x"))) == "E_ZIP_NAME"


def test_a_symbolic_link_is_refused() -> None:
    def link(about: zipfile.ZipInfo) -> None:
        about.external_attr = 0o120777 << 16

    assert refused(zipped(PLAIN, change=link)) == "E_ZIP_NAME"


def test_two_members_of_one_name_are_refused() -> None:
    assert refused(zipped(PLAIN, PLAIN)) == "E_ZIP_DUPLICATE"


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped(PLAIN))
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert refused(bytes(data)) == "E_ZIP_ENCRYPTED"


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = zipped(("documents/" + "0" * 64, b"\0" * (40 * 1024 * 1024)))
    assert len(bomb) < 100_000
    tracemalloc.start()
    assert refused(bomb) == "E_ZIP_LIMIT"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_our_own_zeros_are_no_bomb() -> None:
    file = io.BytesIO()
    write_container(file, [("documents/" + "0" * 64, b"\0" * (1024 * 1024))])
    assert len(file.getvalue()) > 1024 * 1024 / MAX_RATIO
    assert open_container(file).names == ("documents/" + "0" * 64,)


def test_a_member_that_says_it_is_small_and_is_not_is_refused(one: Made) -> None:
    data = bytearray(one.data)
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    assert refused(bytes(data)) == "E_ZIP_STRUCTURE"


def test_too_many_members_are_refused() -> None:
    rows = [(f"leaves/{number:05}.bin", b"") for number in range(MAX_MEMBERS + 1)]
    assert refused(zipped(*rows)) == "E_ZIP_LIMIT"


@pytest.mark.parametrize("data", [b"", b"PK", b"nothing at all" * 40, b"\0" * 1000])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refused(data) == "E_ZIP_STRUCTURE"


def test_data_before_between_or_behind_the_members_are_refused(one: Made) -> None:
    data = one.data
    assert refused(b"#!/bin/sh\n" + data) == "E_ZIP_STRUCTURE"
    assert refused(data + b"x") == "E_ZIP_STRUCTURE"
    assert refused(data[:40] + b"x" + data[40:]) == "E_ZIP_STRUCTURE"


def test_a_zip_in_a_zip_is_no_bundle(one: Made) -> None:
    assert refused(zipped(("leaves/00000.bin", one.data))) == "E_ZIP_MEMBER"


def test_another_packers_zip_of_the_same_members_is_refused(one: Made) -> None:
    rows = list(members(one.data).items())

    def dated(about: zipfile.ZipInfo) -> None:
        about.date_time = (2026, 1, 1, 0, 0, 0)

    assert refused(zipped(*rows, change=dated)) == "E_ZIP_STRUCTURE"


def test_every_cut_of_a_bundle_is_refused(one: Made) -> None:
    data = one.data
    for length in range(0, len(data), 97):
        assert refused(data[:length]) == "E_ZIP_STRUCTURE"


@given(data=st.binary(max_size=400))
def test_any_bytes_are_refused_by_a_code(data: bytes) -> None:
    assert refused(data).startswith("E_ZIP")


def test_the_same_choice_gives_the_same_bytes(one: Made) -> None:
    assert written(one.choice) == one.data
    assert failed(one.data) == set()


def test_a_member_that_is_not_listed_is_found(one: Made) -> None:
    rows = [*members(one.data).items(), ("documents/" + "0" * 64, b"more")]
    file = io.BytesIO()
    write_container(file, rows)
    assert failed(file.getvalue()) == {Check.MEMBERS, Check.DOCUMENTS}
