"""What can be declared, as the journal has it: of a site, a device, a channel or a statement. Pure.

Whoever declares something is named by the entry itself, not by its content.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from evidence.clock import parse_utc, utc_text
from evidence.errors import Words
from evidence.statement.declaration.errors import DeclarationValueError
from evidence.statement.record.declared import Told, Verified

MOST_BYTES: Final = 24 * 1024
"""Of one as JSON: an entry holds it beside what it was before."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What no text has; lines and tabs are for notes of some length."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PLACE: Final = re.compile(r"[^\s/,\x00-\x1f\x7f]{1,100}(?:/[^\s/,\x00-\x1f\x7f]{1,100}){0,3}")


class Declaration(Told, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody declares.

    Args:
        effective_from: RFC 3339 with a zone; it counts for periods that start then or later.
            Empty: for all. Always empty for a statement, which has its period.
        verification: a verifier's statement; only of a statement.

    Raises:
        DeclarationValueError: a field has a value that it cannot have, or it is too long.
        TimestampError: `effective_from` is no instant.
    """

    effective_from: str = ""
    verification: Verified | None = None

    def __post_init__(self) -> None:
        if not is_subject(self.of):
            what = Words(f"'{self.of[:100]}' names nothing", f"'{self.of[:100]}' 不指任何对象")
            limit = Words(
                "a site, <site>/<device>, a channel, or the digest of a statement",
                "厂区、<厂区>/<设备>、通道或陈述摘要",
            )
            raise DeclarationValueError("of", what=what, limit=limit)
        _require_fitting(self)
        _require_texts(self)
        if self.effective_from:
            parse_utc(self.effective_from, "effective_from")
        _require_size(self)

    @property
    def from_ns(self) -> int | None:
        """From when on it counts, UTC ns; None for all periods."""
        return parse_utc(self.effective_from) if self.effective_from else None


def is_subject(text: str) -> bool:
    """Whether something can be declared of what a text names."""
    return _PLACE.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether a text names a statement."""
    return _DIGEST.fullmatch(text) is not None


def tidied(told: Declaration) -> Declaration:
    """The same with its instant written in the one way in which it is kept."""
    if told.from_ns is None:
        return told
    return msgspec.structs.replace(told, effective_from=utc_text(told.from_ns))


def plain(told: Declaration) -> dict[str, Any]:
    """A declaration as JSON for the journal."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told))
    return found


def _require_fitting(told: Declaration) -> None:
    """Returns if a statement's fields are said of a statement, and a place's of a place."""
    if is_digest(told.of):
        if told.effective_from:
            what = Words("a statement has its own period", "陈述有其自身期间")
            raise DeclarationValueError("effective_from", what=what, limit=Words("empty", "空"))
    elif told.verification is not None:
        what = Words("a verifier states something of one statement", "核查意见只针对一份陈述")
        limit = Words("said of a statement's digest", "针对陈述摘要")
        raise DeclarationValueError("verification", what=what, limit=limit)


def _require_texts(told: Declaration) -> None:
    for name, value in plain(told).items():
        if any(_CONTROL.search(text) for text in _texts(value)):
            what = Words(f"{name} has a control character", f"{name} 含控制字符")
            raise DeclarationValueError(name, what=what, limit=Words("plain text", "纯文本"))


def _texts(value: object) -> Iterator[str]:
    """All texts within plain JSON, names among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in (*value, *value.values()) for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


def _require_size(told: Declaration) -> None:
    size = len(msgspec.json.encode(told))
    if size > MOST_BYTES:
        what = Words(f"it has {size} bytes", f"共 {size} 字节")
        limit = Words(f"at most {MOST_BYTES} as JSON", f"JSON 不超过 {MOST_BYTES} 字节")
        raise DeclarationValueError("declaration", what=what, limit=limit)
