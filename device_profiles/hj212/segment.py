"""The data segment: QN, ST, CN, PW, MN, Flag, PNUM, PNO, CP (table 3).

Reading bears what devices in the field do (no QN and Flag, identities of other widths, an ST of
three digits, the comma that the standard's own examples C.22 and C.48 show) and names it.
Writing keeps to table 3; only PW and MN are written as the site has them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.finding import Finding
from device_profiles.hj212.segment_findings import (
    MOST_CONTENT,
    field_findings,
    field_number,
    head_findings,
)
from device_profiles.wire_errors import WireFormError

VERSION_2017: Final = 1
ANSWERS: Final = frozenset(("9011", "9012", "9013", "9014"))
FIELDS: Final = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")

_OPEN: Final = b"CP=&&"
_CLOSE: Final = b"&&"
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")
_WHERE: Final = "HJ 212"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One data segment.

    Attributes:
        qn: 17 digits of local time that name the exchange; None in 2005 style.
        st: kind of system: 31 flue gas, 32 water, 22 ambient air, 91 answers.
        cn: the command, four digits.
        pw: password of the device; may be empty.
        mn: identity of the device; may be empty.
        flag: version in bits 2..7, bit 1 for PNUM and PNO, bit 0 for an answer wanted.
        pnum: how many parts the message has; None where it is not divided.
        pno: which part this is, from 1.
        content: what stands between the two `&&` of CP.
        others: fields the standard does not know, as they stand.
        findings: how a segment that was read deviates from table 3.
    """

    qn: str | None
    st: str | None
    cn: str
    pw: str | None = ""
    mn: str | None = ""
    flag: int | None = VERSION_2017 << 2
    pnum: int | None = None
    pno: int | None = None
    content: bytes = b""
    others: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def version(self) -> int | None:
        """0 for 2005, 1 for 2017; None without Flag. Second-hand: 2 for 2025."""
        return None if self.flag is None else self.flag >> 2

    @property
    def answer_wanted(self) -> bool | None:
        """Bit A of Flag; None without Flag."""
        return None if self.flag is None else bool(self.flag & 1)


def read_segment(raw: bytes) -> Segment:
    """The fields of a data segment whose length and CRC hold.

    Raises:
        WireFormError: control characters, no `CP=&&...&&`, `&&` within it, a field twice, or a
            CN that is no four digits.
    """
    if _CONTROL.search(raw):
        raise _form(raw, "data segment", "a control character", "含控制字符")
    head, content = _divided(raw)
    parts = tuple(_parts(head))
    fields = _fields(raw, parts)
    command = fields.get("CN", "")
    if not (len(command) == 4 and command.isascii() and command.isdigit()):
        raise _form(raw, "CN", "CN is no four digits", "CN 不是四位数字")
    return Segment(
        qn=fields.get("QN"),
        st=fields.get("ST"),
        cn=command,
        pw=fields.get("PW"),
        mn=fields.get("MN"),
        flag=field_number(fields.get("Flag"), 0, 255),
        pnum=field_number(fields.get("PNUM"), 1, 9999),
        pno=field_number(fields.get("PNO"), 1, 9999),
        content=content,
        others=tuple((name, text) for name, text in fields.items() if name not in FIELDS),
        findings=(*head_findings(head, parts, FIELDS), *field_findings(fields, content)),
    )


def write_segment(segment: Segment) -> bytes:
    """The bytes of `segment` in the order and form of table 3.

    Raises:
        ComposeError: a field is missing, too wide, or has characters that divide fields; version
            and bit D of Flag contradict the rest; CP has more than 950 bytes.
    """
    wrong = unwritable(segment)
    if wrong is not None:
        raise wrong
    divided = segment.pnum is not None
    parts = f"PNUM={segment.pnum};PNO={segment.pno};" if divided else ""
    head = (
        f"QN={segment.qn};ST={segment.st};CN={segment.cn};PW={segment.pw};MN={segment.mn};"
        f"Flag={segment.flag};{parts}"
    )
    return head.encode() + _OPEN + segment.content + _CLOSE


def _divided(raw: bytes) -> tuple[bytes, bytes]:
    """What stands before CP, and CP's content."""
    head, opened, rest = raw.partition(_OPEN)
    if not opened:
        raise _form(raw, "CP", "CP=&& is missing", "缺少 CP=&&")
    if not rest.endswith(_CLOSE):
        raise _form(raw, "CP", "the closing && is missing", "缺少结尾的 &&")
    content = rest[: -len(_CLOSE)]
    if _CLOSE in content:
        raise _form(raw, "CP", "&& within CP", "CP 内部出现 &&")
    return head, content


def _parts(head: bytes) -> Iterator[tuple[str, str | None]]:
    """Name and text of each field; text None where there is no `=`."""
    for part in head.replace(b",", b";").split(b";"):
        name, equals, text = part.decode("utf-8", "backslashreplace").partition("=")
        if name or equals:
            yield name.strip(), text.strip() if equals else None


def _fields(raw: bytes, parts: tuple[tuple[str, str | None], ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, text in parts:
        if text is None:
            continue
        if name in fields:
            raise _form(raw, name, "a field twice", "字段重复")
        fields[name] = text
    return fields


def unwritable(segment: Segment) -> ComposeError | None:
    """What table 3 has no form for in `segment`; None where it can be written."""
    flag, divided = segment.flag, segment.pnum is not None
    content = segment.content
    rules = (
        ("QN", segment.qn, _named(segment), "17 digits; what is answered, as it came"),
        ("ST", segment.st, _plain(segment.st, 2, 2), "two characters"),
        ("CN", segment.cn, _digits(segment.cn, 4), "four digits"),
        ("PW", segment.pw, _plain(segment.pw, 0, 32), "at most 32 characters, none of ;,=&#\\"),
        ("MN", segment.mn, _plain(segment.mn, 0, 32), "at most 32 characters, none of ;,=&#\\"),
        ("Flag", flag, flag is not None and 4 <= flag <= 255, "4..255"),
        ("Flag", flag, flag is not None and bool(flag & 2) == divided, "bit D as PNUM is there"),
        ("PNO", segment.pno, _part_of(segment.pno, segment.pnum), "1..PNUM, PNUM <= 9999"),
        ("CP", f"{len(content)} bytes", len(content) <= MOST_CONTENT, f"{MOST_CONTENT} bytes"),
        ("CP", "&& or a control character", _quiet(content), "neither"),
        ("fields", segment.others, not segment.others, "those of table 3"),
    )
    for key, found, sound, limit in rules:
        if not sound:
            return ComposeError(_WHERE, key=key, found=found, limit=limit)
    return None


def _named(segment: Segment) -> bool:
    """Whether QN names an exchange: a time, or in answers whatever the other side called it."""
    if segment.cn in ANSWERS:
        return _plain(segment.qn, 1, 32)
    return _digits(segment.qn, 17)


def _digits(text: str | None, width: int) -> bool:
    return text is not None and len(text) == width and text.isascii() and text.isdigit()


def _plain(text: str | None, least: int, most: int) -> bool:
    if text is None or not least <= len(text) <= most:
        return False
    return all("!" <= each <= "~" and each not in ";,=&#\\" for each in text)


def _part_of(pno: int | None, pnum: int | None) -> bool:
    if pno is None or pnum is None:
        return pno is pnum
    return 1 <= pno <= pnum <= 9999


def _quiet(content: bytes) -> bool:
    closed = content.endswith(b"&") or content.startswith(b"&") or _CLOSE in content
    return not closed and not _CONTROL.search(content)


def _form(raw: bytes, key: str, what: str, what_zh: str) -> WireFormError:
    return WireFormError(_WHERE, raw=raw, key=key, limit="table 3", what=what, what_zh=what_zh)
