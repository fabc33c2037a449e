"""One question to the collector over HTTP, bounded in time and size."""

import http.client
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

import msgspec

from edge_agent.enrolment.errors import EnrolRefusedError, EnrolUnreachableError
from evidence.errors import Words
from evidence.log.enrolment import Asked, Enrolled

PATH: Final = "/api/v1/enrolment"
TIMEOUT_S: Final = 20.0
MAX_BYTES: Final = 64 * 1024


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What a collector says of a refusal (RFC 9457)."""

    code: str = ""
    detail: str = ""


def post(url: str, asked: Asked) -> Enrolled:
    """The collector's answer; nothing of it is believed yet.

    Args:
        url: Of the collector, `http://host:port` or `https://...`.
        asked: The signed request.

    Raises:
        EnrolUnreachableError: No answer came, or none of a collector.
        EnrolRefusedError: The collector refused.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise EnrolUnreachableError(
            url[:200],
            found=Words("it is no http:// or https:// address", "不是 http:// 或 https:// 地址"),
        )
    body = msgspec.json.encode(asked)
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url.rstrip("/") + PATH, data=body, headers=headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return msgspec.json.decode(answer.read(MAX_BYTES), type=Enrolled)
    except urllib.error.HTTPError as refused:
        raise _refused(url, refused) from None
    except (OSError, http.client.HTTPException, ValueError, msgspec.DecodeError) as wrong:
        reason = getattr(wrong, "reason", None) or wrong
        found = str(reason)[:200] or type(wrong).__name__
        raise EnrolUnreachableError(url[:200], found=found) from None


def _refused(url: str, answer: urllib.error.HTTPError) -> EnrolRefusedError | EnrolUnreachableError:
    with answer:
        try:
            said = msgspec.json.decode(answer.read(MAX_BYTES), type=_Problem)
        except (OSError, http.client.HTTPException, ValueError, msgspec.DecodeError):
            said = _Problem()
    if not said.code.startswith("E_"):
        return EnrolUnreachableError(
            url[:200],
            found=Words(
                f"HTTP {answer.code}, not by a collector", f"HTTP {answer.code}，非采集器应答"
            ),
        )
    return EnrolRefusedError(url[:200], found=f"{said.code[:40]} {said.detail[:500]}")
