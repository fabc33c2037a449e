"""A question to a collector that is not trusted: one address, one time, one size, no other host."""

import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException, HTTPResponse
from typing import Final

from evidence.clock import NS_PER_S, Clock
from evidence.errors import EvidenceError, Words

MAX_ANSWER: Final = 4_000_000
TIMEOUT_S: Final = 60.0
"""For each step of the way, and for the whole of it."""
_PORTION: Final = 64 * 1024
_TOO_LONG: Final = Words(f"its answer has over {MAX_ANSWER} bytes", f"应答超过 {MAX_ANSWER} 字节")
_TOO_SLOW: Final = Words(
    f"its answer took more than {TIMEOUT_S:.0f} s", f"应答耗时超过 {TIMEOUT_S:.0f} 秒"
)


class AnswerError(EvidenceError):
    """The collector's answer cannot be used."""

    code = "E_WITNESS_ANSWER"
    en = "the collector cannot be asked: {what}"
    zh = "无法询问采集器：{what}"


class _NoOtherPlace(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token is for the address that was typed."""

    def redirect_request(self, *_: object) -> None:
        """No request in place of the first one."""
        return


def answered(address: str, token: str, clock: Clock, limit_s: float = TIMEOUT_S) -> bytes:
    """The body of an answer with status 200.

    Args:
        address: http or https.
        token: of the collector's API; none if empty.
        clock: that the whole of the answer is measured by.
        limit_s: how long it may take.

    Raises:
        AnswerError: it is refused, leads elsewhere, takes longer, or has over 4,000,000 bytes.
    """
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise AnswerError(address, what=Words("it is no http address", "不是 http 地址"))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    until_ns = clock.monotonic_ns() + round(limit_s * NS_PER_S)
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - looked at above
        with urllib.request.build_opener(_NoOtherPlace).open(request, timeout=limit_s) as answer:
            return _read(answer, address, clock, until_ns)
    except (OSError, ValueError, HTTPException) as cause:
        text = str(cause) or type(cause).__name__
        raise AnswerError(address, what=Words(text, text)) from cause


def _read(answer: HTTPResponse, address: str, clock: Clock, until_ns: int) -> bytes:
    """All of an answer; a portion is what has come, so that a slow one is noticed."""
    found = bytearray()
    while portion := answer.read1(_PORTION):
        found += portion
        if len(found) > MAX_ANSWER:
            raise AnswerError(address, what=_TOO_LONG)
        if clock.monotonic_ns() > until_ns:
            raise AnswerError(address, what=_TOO_SLOW)
    return bytes(found)
