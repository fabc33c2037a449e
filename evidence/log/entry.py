"""Entries of a collector's journal: what people, and the collector itself, did; versions 1, 2.

An entry's bytes are a leaf of a transparency log of its own (`origin_of`). Each names the head
of the ledger at that moment, so that the journal's signature covers the ledger too. Version 2
says the same with a line a field, so that the name of a person can be withheld. Pure.
"""

import math
import re
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from evidence.clock import parse_utc, utc_text
from evidence.errors import EvidenceError, LeafError, TimestampError, Words
from evidence.log.keys_once import require_keys_once
from evidence.log.layout import ENTRY_FIELDS, fields_lines, text_of
from evidence.log.merkle import MAX_SIZE
from evidence.log.parts import PartlyShown, first_line, parted, require_lines

MAX_ENTRY_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 16
_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
Json = Any
"""What JSON can say: null, truth, number, text, and lists and objects of them."""
_LINE: Final = r"^[^\x00-\x1f\x7f]{%d,%d}$(?!\n)"  # $ alone lets one newline pass at the end
Who = Annotated[str, Meta(pattern=_LINE % (1, 200))]
Subject = Annotated[str, Meta(pattern=_LINE % (0, 500))]
Reason = Annotated[str, Meta(pattern=_LINE % (0, 2000))]
Hex256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class EntryError(EvidenceError):
    """An act cannot become an entry of the journal."""

    code = "E_JOURNAL_ENTRY"
    en = "this cannot be entered: {what}; the limit is {limit}"
    zh = "无法写入日志：{what}；限值为 {limit}"


class Action(StrEnum):
    """What was done; a closed vocabulary."""

    TOKEN_ISSUED = "token-issued"  # noqa: S105 - no password
    TOKEN_WITHDRAWN = "token-withdrawn"  # noqa: S105 - no password
    TOKEN_FOUND = "token-found"  # noqa: S105 - no password
    USER_ADDED = "user-added"
    USER_CHANGED = "user-changed"
    USER_FOUND = "user-found"
    ENROLMENT_CODE_ISSUED = "enrolment-code-issued"
    AGENT_ENROLLED = "agent-enrolled"
    KEY_PINNED = "key-pinned"
    KEY_REVOKED = "key-revoked"
    CERTIFICATE_ISSUED = "certificate-issued"
    BRANCH_RELEASED = "branch-released"
    QUARANTINE_RELEASED = "quarantine-released"
    MANUAL_READING = "manual-reading"
    INVOICE = "invoice"
    MANUAL_AMOUNT = "manual-amount"
    CORRECTION = "correction"
    RELEASED = "released"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    BOUNDARY_SET = "boundary-set"
    BOUNDARY_WITHDRAWN = "boundary-withdrawn"
    DECLARATION_SET = "declaration-set"
    DECLARATION_WITHDRAWN = "declaration-withdrawn"
    ORIGINAL_KEPT = "original-kept"
    RESTORED = "restored"
    ARCHIVED = "archived"
    LAKE_SEALED = "lake-sealed"
    LEDGER_HEAD = "ledger-head"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, before it is entered.

    Args:
        who: the user's name, `token:<name>` for a token that is nobody's, `host:<account>` for
            a command at the machine, `collector` for the collector itself.
        role: a role of `collector.rights`, `host` or `collector`.
        action: what was done.
        site: that it concerns; empty where it concerns all of the collector.
        subject: what it was done to: an agent, a channel, a token, a digest.
        reason: why, in that person's words.
        old, new: what it was before and is afterwards, as JSON; null where there was or is
            nothing.
    """

    who: Who
    role: Who
    action: Action
    site: Subject = ""
    subject: Subject = ""
    reason: Reason = ""
    old: Json = None
    new: Json = None


class Entry(Act, frozen=True, kw_only=True, tag_field="carbonmeter", tag="journal/1"):
    """An act as it was entered.

    Args:
        at: when, RFC 3339, UTC.
        ledger_size: leaves in the collector's ledger at that moment.
        ledger_root: Merkle root over them, 64 hexadecimal digits.
    """

    at: str
    ledger_size: Annotated[int, Meta(ge=0, le=MAX_SIZE)]
    ledger_root: Hex256

    @property
    def at_ns(self) -> int:
        """When, POSIX ns."""
        return parse_utc(self.at)


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Entry)


def origin_of(collector: str) -> str:
    """The origin line `<collector>/journal`, which names its key too.

    An agent's log has three parts in its name, so the two are never taken for each other.

    Raises:
        EntryError: `collector` is not 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first.
    """
    if not _ORIGIN.fullmatch(collector):
        what = Words("the collector's id cannot name a log", "采集器标识不能用作日志名")
        raise EntryError(
            "collector",
            what=what,
            limit=Words("A-Z a-z 0-9 . _ -, at most 64", "A-Z a-z 0-9 . _ -，至多 64 个字符"),
        )
    return f"{collector}/journal"


def entered(act: Act, at_ns: int, ledger_size: int, ledger_root: bytes) -> Entry:
    """The entry of an act.

    Args:
        act: what was done.
        at_ns: when, POSIX ns.
        ledger_size: leaves in the ledger at that moment.
        ledger_root: the root over them, 32 bytes.
    """
    fields = {name: getattr(act, name) for name in Act.__struct_fields__}
    root = ledger_root.hex()
    return Entry(**fields, at=utc_text(at_ns), ledger_size=ledger_size, ledger_root=root)


def encode_entry(entry: Entry, blind: bytes) -> bytes:
    """The exact bytes of an entry, in version 2.

    Args:
        entry: what was done.
        blind: 32 bytes that nobody can guess, others for each entry.

    Raises:
        EntryError: a field is out of its limits, `old` or `new` is not JSON (a number that is
            not finite is not), or it is over 64 KiB.
    """
    _require_json(entry.old, "old")
    _require_json(entry.new, "new")
    try:
        data = first_line("journal/2", blind) + b"\n".join(_lines(entry))
        decode_entry(data, "entry")
    except (LeafError, UnicodeEncodeError) as cause:
        said = cause.facts["what"] if isinstance(cause, LeafError) else str(cause)
        raise _refused("entry", said, "docs/reference/journal.md") from cause
    return data


def _lines(entry: Entry) -> list[bytes]:
    head = {"at": entry.at, "ledger_size": entry.ledger_size, "ledger_root": entry.ledger_root}
    fields = [(name, _ENCODER.encode(getattr(entry, name))) for name in ENTRY_FIELDS]
    return fields_lines(_ENCODER.encode(head)[1:-1], fields)


def decode_entry(data: bytes | PartlyShown, where: str) -> Entry:
    """The entry in a leaf's bytes, of either version; fields that are not known are passed over.

    Args:
        data: the bytes, or what is shown of them: something that says nothing stands for a
            field that is withheld, and "(withheld)" for who it was.
        where: the entry stands.

    Raises:
        LeafError: they hold none, or one that is out of its limits.
    """
    try:
        return _decoded(_text(data), where)
    except LeafError as wrong:
        raise LeafError(where, **wrong.facts) from wrong


def _text(data: bytes | PartlyShown) -> bytes:
    """The text of version 1 that says what an entry says."""
    if isinstance(data, PartlyShown):
        require_lines(data)
        return text_of(data.kind, data.lines)
    if len(data) > MAX_ENTRY_BYTES:
        raise LeafError("entry", what=Words("over 65,536 bytes", "超过 65,536 字节"))
    found = parted(data)
    return data if found is None else text_of(found.kind, found.lines)


def _decoded(data: bytes, where: str) -> Entry:
    try:
        entry = _DECODER.decode(data)
        require_keys_once(data)
        parse_utc(entry.at, where)
    except TimestampError as cause:
        raise LeafError(where, what=Words(cause.say("en"), cause.say("zh"))) from cause
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise LeafError(where, what=str(cause)) from cause
    if not entry.at.endswith("Z"):
        raise LeafError(where, what=Words("its time is not in UTC", "时间不是 UTC"))
    return entry


def _require_json(value: object, where: str, depth: int = 0) -> None:
    """Returns if a value is the same after it went through JSON."""
    if depth > MAX_DEPTH:
        raise _refused(where, Words("it is too deep", "嵌套过深"), str(MAX_DEPTH))
    if isinstance(value, dict):
        for name, each in value.items():
            _require_json(name if isinstance(name, str) else (), where)
            _require_json(each, where, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _require_json(each, where, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise _refused(where, Words("a number is not finite", "数值非有限"), "a number")
    elif not isinstance(value, str | int | float | bool | None):
        what = Words(f"a {type(value).__name__} in it", f"含有 {type(value).__name__}")
        raise _refused(where, what, "null, true, number, text, list, object")


def _refused(where: str, what: object, limit: str) -> EntryError:
    return EntryError(where, what=what, limit=limit)
