"""A bundle's zip file: written the same everywhere, read with suspicion.

What zip leaves open is closed here: order, stamps, attributes, gaps between members. The
comment is the SHA-256 of all bytes before it, so that no bit of the file can change unseen.
"""

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeVar

from evidence.bundle.errors import (
    BundleError,
    ZipDuplicateError,
    ZipEncryptedError,
    ZipLimitError,
    ZipMemberError,
    ZipNameError,
    ZipStructureError,
)
from evidence.bundle.form import (
    MAX_MEMBER_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL_BYTES,
    NAME,
)
from evidence.bundle.inflate import Packed, portions
from evidence.errors import Words

T = TypeVar("T")
SEAL_BYTES: Final = 64
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_END: Final = struct.Struct("<IHHHHIIH")
_END_SIGNATURE: Final = 0x06054B50
_ENTRY_BYTES: Final = 46
"""Of a member in the directory, besides its name."""
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_LOCAL_SIGNATURE: Final = 0x04034B50
_PORTION: Final = 1024 * 1024
_SMALL: Final = 64 * 1024
_FOREIGN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    LookupError,
    OSError,
)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PLAIN_MODE: Final = stat.S_IFREG | 0o644


def write_container(file: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Writes members in the order given, deflated, without any trace of the host; then the seal.

    Args:
        file: empty, open for writing and reading.
        members: name and bytes of each.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
        for name, data in members:
            about = zipfile.ZipInfo(name, _DATE)
            about.create_system = 3
            about.external_attr = _PLAIN_MODE << 16
            about.compress_type = _method(data)
            archive.writestr(about, data)
        archive.comment = b"0" * SEAL_BYTES
    seal = _digest_before_comment(file)
    file.seek(-SEAL_BYTES, 2)
    file.write(seal.encode())


def _method(data: bytes) -> int:
    """Deflated, unless it would be so small that it looked like a bomb."""
    if len(data) <= _SMALL or len(data) < MAX_RATIO * len(zlib.compress(data)):
        return zipfile.ZIP_DEFLATED
    return zipfile.ZIP_STORED


def _digest_before_comment(file: BinaryIO) -> str:
    left = file.seek(0, 2) - SEAL_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0:
        portion = file.read(min(left, _PORTION))
        if not portion:
            break
        digest.update(portion)
        left -= len(portion)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A zip file whose structure was looked at; `open_container` makes it.

    Attributes:
        seal: What the comment says.
        sealed: SHA-256 of the bytes before it.
    """

    seal: str
    sealed: str
    _file: BinaryIO
    _members: dict[str, zipfile.ZipInfo]

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the order of the file."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """How many bytes a member says it has; 0 for one that is not there."""
        return self._members[name].file_size if name in self._members else 0

    def read(self, name: str, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """A member's bytes.

        Raises:
            ZipMemberError: it is not there, or is damaged.
            ZipLimitError: it has more than `limit` bytes.
        """
        return b"".join(self.portions(name, limit))

    def portions(self, name: str, limit: int = MAX_MEMBER_BYTES) -> Iterator[bytes]:
        """A member's bytes, at most 1 MiB at a time; errors as for `read`."""
        about = self._members.get(name)
        if about is None:
            raise ZipMemberError("zip", name=name, what=Words("it is not there", "不存在"))
        if about.file_size > limit:
            raise _limit(name, about.file_size, limit)
        yield from portions(
            self._file,
            Packed(
                name=name,
                at=about.header_offset + _LOCAL.size + len(name),
                packed=about.compress_size,
                size=about.file_size,
                crc=about.CRC,
                deflated=about.compress_type == zipfile.ZIP_DEFLATED,
            ),
        )


def open_container(file: BinaryIO) -> Container:
    """The zip file in a file that can be sought; at most 4 GiB, whatever it says of itself.

    Raises:
        ZipStructureError, ZipLimitError, ZipNameError, ZipDuplicateError, ZipEncryptedError:
            before anything was unpacked.
    """
    directory, length, entries = _require_end(file)
    archive = _guarded(lambda: zipfile.ZipFile(file))
    infos = archive.infolist()
    if len(infos) != entries:
        raise _structure("its directory has another number of members", "目录中的成员数不符")
    _require_names(infos)
    _require_limits(infos)
    _guarded(lambda: _require_no_gaps(file, infos, directory))
    if length != sum(_ENTRY_BYTES + len(each.filename) for each in infos):
        raise _structure("its directory holds more than its members", "目录中含有成员之外的内容")
    return Container(
        seal=archive.comment.decode("ascii", "replace"),
        sealed=_digest_before_comment(file),
        _file=file,
        _members={each.filename: each for each in infos},
    )


def _guarded(made: Callable[[], T]) -> T:
    try:
        return made()
    except BundleError:
        raise
    except _FOREIGN as cause:
        raise ZipStructureError("zip", what=_said(cause)) from cause


def _said(cause: Exception) -> Words:
    text = str(cause) or type(cause).__name__
    return Words(text, text)


def _require_end(file: BinaryIO) -> tuple[int, int, int]:
    """Where the directory begins, its length and how many entries it has, by the last record."""
    size = file.seek(0, 2)
    if size > MAX_TOTAL_BYTES:
        raise _limit("file", size, MAX_TOTAL_BYTES)
    if size < _END.size + SEAL_BYTES:
        raise _structure("it is too short", "文件过短")
    file.seek(-_END.size - SEAL_BYTES, 2)
    signature, disk, start_disk, here, entries, length, offset, comment = _END.unpack(
        file.read(_END.size)
    )
    if signature != _END_SIGNATURE or comment != SEAL_BYTES or disk or start_disk:
        raise _structure(
            "it does not end with a sealed directory; it is cut off, or something follows it",
            "末尾不是带封印的目录；文件被截断或其后有多余数据",
        )
    if entries > MAX_MEMBERS or length > MAX_MEMBERS * 256:
        raise _limit("members", entries, MAX_MEMBERS)
    if here != entries or offset + length != size - _END.size - SEAL_BYTES:
        raise _structure("its directory is not where it says", "目录位置与声明不符")
    return offset, length, entries


def _require_names(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for each in infos:
        name = each.orig_filename
        if not NAME.fullmatch(name) or name != each.filename:
            what = Words("no such name is known", "未知名称")
            raise ZipNameError("zip", name=repr(name[:80]), what=what)
        if name in seen:
            raise ZipDuplicateError("zip", name=name)
        seen.add(name)
        if each.flag_bits & 0x41:
            raise ZipEncryptedError("zip", name=name)
        if each.create_system != 3 or each.external_attr != _PLAIN_MODE << 16:
            what = Words("it is not a plain file", "不是普通文件")
            raise ZipNameError("zip", name=name, what=what)


def _require_limits(infos: list[zipfile.ZipInfo]) -> None:
    for each in infos:
        if each.file_size > MAX_MEMBER_BYTES:
            raise _limit(each.filename, each.file_size, MAX_MEMBER_BYTES)
        if each.file_size > max(_SMALL, MAX_RATIO * each.compress_size):
            raise _limit(f"{each.filename} : deflated", each.compress_size, f"1 : {MAX_RATIO}")
    total = sum(each.file_size for each in infos)
    if total > MAX_TOTAL_BYTES:
        raise _limit("total", total, MAX_TOTAL_BYTES)


def _require_no_gaps(file: BinaryIO, infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Members follow each other from the first byte on, and say the same in both their places."""
    at = 0
    for each in infos:
        if each.header_offset != at:
            raise _structure("there is something between its members", "成员之间有多余数据")
        _require_same(file, each)
        at += _LOCAL.size + len(each.filename) + each.compress_size
    if at != directory:
        raise _structure("there is something before its directory", "目录之前有多余数据")


def _require_same(file: BinaryIO, each: zipfile.ZipInfo) -> None:
    file.seek(each.header_offset)
    local = _LOCAL.unpack(file.read(_LOCAL.size))
    name = file.read(len(each.filename))
    stated = (each.flag_bits, each.compress_type, each.CRC, each.compress_size, each.file_size)
    found = (local[2], local[3], *local[6:9])
    if local[0] != _LOCAL_SIGNATURE or found != stated or local[9:] != (len(name), 0):
        raise _structure(f"{each.filename} contradicts itself", f"{each.filename} 前后矛盾")
    if name != each.filename.encode() or each.extra or each.comment or each.flag_bits:
        raise _structure(f"{each.filename} says more than it may", f"{each.filename} 含多余信息")
    if each.compress_type not in _METHODS or each.date_time != _DATE:
        raise _structure(f"{each.filename} was packed by others", f"{each.filename} 由其他软件打包")


def _structure(en: str, zh: str) -> ZipStructureError:
    return ZipStructureError("zip", what=Words(en, zh))


def _limit(name: str, found: object, limit: object) -> ZipLimitError:
    return ZipLimitError("zip", name=name, found=found, limit=limit)
