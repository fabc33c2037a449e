"""What a collector answered, decoded and held against its digests."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar

import msgspec

from calibration.errors import CalibrationError
from carbonmeter.client.connection import Answer, Coming
from carbonmeter.client.errors import AnswerError, DigestError
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.record.form_behind import ActivityRecord

ACTIVITY: Final = "/api/v1/activity-data"
_NAME: Final = re.compile(r'filename="([A-Za-z0-9._-]{1,200})"')
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a file that came whole.

    Attributes:
        name: As the collector calls it.
        sha256: Of the bytes, hexadecimal.
    """

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Kept):
    """The same, with the file."""

    data: bytes


def checked(raw: msgspec.Raw) -> ActivityData:
    """A statement, once its canonical JSON is known to have its digest.

    The digest is taken of what came, not of what this version knows of it.

    Raises:
        DigestError: it has another one.
        AnswerError: it is no statement.
    """
    bare = decoded(bytes(raw), dict[str, Any])
    expected = bare.pop("digest", None)
    bare.pop("supersedes", None)
    found = hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
    if found != expected:
        raise DigestError(ACTIVITY, what="statement", found=found, expected=expected)
    return decoded(bytes(raw), ActivityData)


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
    return decoded(answer.data, kind)


def decoded(data: bytes, kind: type[_Made]) -> _Made:
    """Bytes of JSON.

    Raises:
        AnswerError: they are not of this kind.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, CalibrationError) as wrong:
        raise AnswerError("answer", what=str(wrong)[:200]) from None


def kept(coming: Coming, into: IO[bytes]) -> Kept:
    """A file, once all that was sent was written.

    Raises:
        DigestError: its bytes are not those that were sent.
        UnreachableError: it broke off.
        AnswerError: it has no name, or nobody could tell whether it is whole.
    """
    expected = coming.headers.get("Repr-Digest")
    if expected is None and not coming.has_end:
        raise AnswerError(
            "export", what=Words("neither Repr-Digest nor an end", "既无 Repr-Digest，也无结束标记")
        )
    name = _NAME.search(coming.headers.get("Content-Disposition", ""))
    sha256 = hashlib.sha256()
    for portion in coming.portions():
        sha256.update(portion)
        into.write(portion)
    told = f"sha-256=:{base64.b64encode(sha256.digest()).decode('ascii')}:"
    if expected not in (None, told):
        raise DigestError("export", what="file", found=told, expected=expected)
    if name is None:
        raise AnswerError("export", what="Content-Disposition")
    media_type = coming.headers.get("Content-Type", "")
    return Kept(name=name[1], media_type=media_type, sha256=sha256.hexdigest())
