"""A DCC that came over HTTP, read in a process with limits of its own."""

from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from calibration.measurand import KindOfQuantity
from collector.apart import read_apart
from collector.api.refusal import DccLimitError, DccRefusedError, FormatUnavailableError
from collector.dcc_child import MOST_CPU_S, MOST_MEMORY_BYTES
from evidence.clock import NS_PER_S
from evidence.errors import Words

MOST_BYTES: Final = 4 * 1000 * 1000


class DccAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a document does not say itself.

    Args:
        recorded_at: when it came, RFC 3339, UTC.
        item: serial number of the item that is meant, "" where one was calibrated.
        kind: of quantity, where a unit belongs to several.
        language: in which texts are preferred.
    """

    recorded_at: str
    item: str = ""
    kind: KindOfQuantity | None = None
    language: Literal["en", "zh"] = "en"


class DccFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person must weigh; `path` of the element, "" for the whole document."""

    code: str
    path: str
    en: str
    zh: str


class DccRead(msgspec.Struct, frozen=True, kw_only=True):
    """What a DCC says, and what would be taken from it; nothing was taken yet.

    Args:
        sha256: of its exact bytes.
        signature: outcome for its signatures; `signers` of them.
        transcription: all that it says, with the path of each quantity.
        certificate: that would be taken from it; null where none can be.
        toml: the same as the file that an agent takes.
        findings: what must be weighed before.
    """

    sha256: str
    signature: str
    signers: tuple[str, ...]
    transcription: Any
    certificate: Any
    toml: str | None
    findings: tuple[DccFinding, ...]


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    en: str
    zh: str


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the child says: one of three."""

    read: DccRead | None = None
    refused: _Said | None = None
    missing: str | None = None


def asked_at(
    now_ns: int, item: str, kind: KindOfQuantity | None, language: Literal["en", "zh"]
) -> DccAsked:
    """What is asked of a document that came now, UTC ns."""
    came = datetime.fromtimestamp(now_ns // NS_PER_S, UTC).isoformat()
    return DccAsked(recorded_at=came, item=item, kind=kind, language=language)


def read_with_limits(data: bytes, asked: DccAsked) -> DccRead:
    """What a DCC says, found in at most 10 s of processor time and 768 MiB.

    Args:
        data: Its exact bytes, at most 4 MB.
        asked: What it does not say itself.

    Raises:
        DccRefusedError: It is no DCC, was manipulated, or lacks what it must say.
        DccLimitError: Reading it took too much.
        FormatUnavailableError: The extra `dcc` is not installed here.
    """
    answer = _answer(data, asked)
    if answer.refused is not None:
        what = Words(answer.refused.en, answer.refused.zh)
        raise DccRefusedError("body", what=what)
    if answer.read is None:
        package = answer.missing or "lxml"
        raise FormatUnavailableError("body", format="DCC", package=package)
    return answer.read


def _answer(data: bytes, asked: DccAsked) -> _Answer:
    found = read_apart("collector.dcc_child", asked, data, _Answer)
    if found is None:
        limit = f"{MOST_CPU_S} s, {MOST_MEMORY_BYTES // 2**20} MiB"
        raise DccLimitError("body", limit=limit)
    return found
