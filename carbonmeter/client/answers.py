"""What a collector answered, decoded and held against its digests."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from calibration.errors import CalibrationError
from carbonmeter.client.connection import Answer
from carbonmeter.client.errors import AnswerError, DigestError
from evidence.statement.datum import ActivityData
from evidence.statement.record.form_behind import ActivityRecord

ACTIVITY: Final = "/api/v1/activity-data"
_NAME: Final = re.compile(r'filename="([A-Za-z0-9._-]{1,200})"')
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it came, checked against its digest.

    Attributes:
        name: As the collector calls it.
        sha256: Of the bytes, hexadecimal.
    """

    name: str
    media_type: str
    data: bytes
    sha256: str


def statements(answer: Answer) -> Iterator[ActivityData]:
    """The statements of a list, each held against its digest.

    Raises:
        ClientError: the answer is not sound.
    """
    return map(checked, read(answer, list[msgspec.Raw]))


def checked(raw: msgspec.Raw) -> ActivityData:
    """A statement, once its canonical JSON is known to have its digest.

    The digest is taken of what came, not of what this version knows of it.

    Raises:
        DigestError: it has another one.
        AnswerError: it is no statement.
    """
    bare = _decoded(bytes(raw), dict[str, Any])
    expected = bare.pop("digest", None)
    bare.pop("supersedes", None)
    found = hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
    if found != expected:
        raise DigestError(ACTIVITY, what="statement", found=found, expected=expected)
    return _decoded(bytes(raw), ActivityData)


def checked_record(answer: Answer) -> ActivityRecord:
    """A record, once its canonical JSON is known to have its digest.

    Raises:
        DigestError: it has another one.
        AnswerError: it is no record.
    """
    bare = read(answer, dict[str, Any])
    expected = bare.pop("digest", None)
    found = hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
    if found != expected:
        raise DigestError(ACTIVITY, what="record", found=found, expected=expected)
    return read(answer, ActivityRecord)


def read(answer: Answer, kind: type[_Made]) -> _Made:
    """An answer's body.

    Raises:
        AnswerError: it is not of this kind.
    """
    return _decoded(answer.data, kind)


def _decoded(data: bytes, kind: type[_Made]) -> _Made:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, CalibrationError) as wrong:
        raise AnswerError("answer", what=str(wrong)[:200]) from None


def count(text: str | None) -> int:
    """The number in a header field; 0 where there is none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else 0


def file_of(answer: Answer) -> File:
    """A file as it was sent.

    Raises:
        DigestError: its bytes are not those that were sent.
        AnswerError: it has no name.
    """
    sha256 = hashlib.sha256(answer.data)
    told = f"sha-256=:{base64.b64encode(sha256.digest()).decode('ascii')}:"
    expected = answer.headers.get("Repr-Digest", "")
    if told != expected:
        raise DigestError("export", what="file", found=told, expected=expected)
    name = _NAME.search(answer.headers.get("Content-Disposition", ""))
    if name is None:
        raise AnswerError("export", what="Content-Disposition")
    return File(
        name=name[1],
        media_type=answer.headers.get("Content-Type", ""),
        data=answer.data,
        sha256=sha256.hexdigest(),
    )
