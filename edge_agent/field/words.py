"""Texts of a command line as values: speeds, ranges, networks, hosts with ports (pure)."""

import ipaddress
import re
from typing import Final

import msgspec

from device_profiles.plan import ReadRequest
from device_profiles.speed import Parity, Speed
from edge_agent.field.errors import UsageError
from evidence.errors import Words

_SPEED: Final = re.compile(r"([0-9]{1,7})-([78])([NEOMS])([12])")
_PARITIES: Final[dict[str, Parity]] = {
    "N": "none",
    "E": "even",
    "O": "odd",
    "M": "mark",
    "S": "space",
}
_RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_REGISTERS: Final = re.compile(
    r"([1-4]):(0x[0-9A-Fa-f]{1,4}|[0-9]{1,5})-(0x[0-9A-Fa-f]{1,4}|[0-9]{1,5})"
)
_LAST_PORT: Final = 65_535


def speed_in(text: str, where: str = "--speed") -> Speed:
    """The characters that a text such as 9600-8N1 or 2400-8E1 names.

    Raises:
        UsageError: It names none.
    """
    found = _SPEED.fullmatch(text.strip().upper())
    limit = Words("a speed such as 9600-8N1 or 2400-8E1", "如 9600-8N1 或 2400-8E1")
    if found is None:
        raise UsageError(where, found=text, limit=limit)
    plain = {
        "bit_s": int(found[1]),
        "data_bits": int(found[2]),
        "parity": _PARITIES[found[3]],
        "stop_bits": int(found[4]),
    }
    try:
        return msgspec.convert(plain, Speed)
    except msgspec.ValidationError:
        raise UsageError(where, found=text, limit=limit) from None


def speed_text(speed: Speed) -> str:
    """A speed as it is written on instruments: 9600-8N1."""
    return f"{speed.bit_s}-{speed.data_bits}{speed.parity[0].upper()}{speed.stop_bits}"


def speeds_in(text: str) -> tuple[Speed, ...]:
    """The speeds in a list, in its order."""
    return tuple(speed_in(part, "--speeds") for part in text.split(","))


def numbers_in(text: str, where: str, least: int, most: int) -> tuple[int, ...]:
    """The numbers that a text such as 1-20,33 names, ascending, each once.

    Raises:
        UsageError: It is no such text, or a number lies outside.
    """
    found: set[int] = set()
    for part in text.split(","):
        bounds = _RANGE.fullmatch(part.strip())
        first = int(bounds[1]) if bounds else most + 1
        last = int(bounds[2] or bounds[1]) if bounds else least
        if not least <= first <= last <= most:
            limit = Words(f"numbers and ranges in {least}..{most}", f"{least}..{most} 内的数或范围")
            raise UsageError(where, found=text, limit=limit)
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def host_in(text: str, port: int | None, where: str) -> tuple[str, int]:
    """Host and port in HOST:PORT, [IPV6]:PORT, or, where `port` stands for it, HOST alone.

    Raises:
        UsageError: There is no host or no port in it.
    """
    host, _, tail = text.rpartition(":") if re.search(r":[0-9]+$", text) else (text, "", "")
    bare = host.strip("[]") if host.startswith("[") or host.count(":") <= 1 else ""
    number = int(tail[:6]) if tail else port
    if not bare or number is None or not 1 <= number <= _LAST_PORT:
        limit = Words("HOST:PORT, port 1..65535", "主机:端口，端口 1..65535")
        raise UsageError(where, found=text, limit=limit)
    return bare, number


def hosts_in(text: str, *, yes_large: bool) -> tuple[str, ...]:
    """The hosts of a network such as 192.168.1.0/24; one address alone is one host.

    Raises:
        UsageError: It is no IPv4 network, or one of more than 1024 addresses without consent.
    """
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        limit = Words("an IPv4 network such as 192.168.1.0/24", "IPv4 网段，如 192.168.1.0/24")
        raise UsageError("--net", found=text, limit=limit) from None
    if network.prefixlen < _WIDEST and not yes_large:
        limit = Words("a /22 or smaller; --yes-large for more", "/22 或更小；更大须加 --yes-large")
        raise UsageError("--net", found=text, limit=limit)
    return tuple(str(host) for host in network.hosts())


_WIDEST: Final = 22


def ranges_in(text: str) -> tuple[ReadRequest, ...]:
    """The runs of registers that a text such as 3:0-99,4:0x100-0x13F names, of any length.

    Raises:
        UsageError: It is no such text.
    """
    found = []
    for part in text.split(","):
        parts = _REGISTERS.fullmatch(part.strip())
        first, last = (int(parts[2], 0), int(parts[3], 0)) if parts else (1, 0)
        if parts is None or not 0 <= first <= last <= 65_535:
            limit = Words("FUNCTION:FIRST-LAST, e.g. 3:0-99", "功能码:首地址-末地址，如 3:0-99")
            raise UsageError("--ranges", found=text, limit=limit)
        plain = {"function": int(parts[1]), "address": first, "count": last - first + 1}
        found.append(msgspec.convert(plain, ReadRequest))
    return tuple(found)
