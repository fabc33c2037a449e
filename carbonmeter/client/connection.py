"""One request at a time to a collector: refusals become errors, a busy one is asked again."""

import http.client
import ipaddress
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from threading import Event
from typing import Final

import msgspec

from carbonmeter.client.errors import (
    AnswerError,
    QuestionError,
    RefusedError,
    UnreachableError,
)
from evidence.errors import Words
from evidence.software import SOFTWARE

MAX_BYTES: Final = 256 * 1024 * 1024
LONGEST_WAIT_S: Final = 60.0
_PORTION: Final = 64 * 1024
_BUSY: Final = (429, 503)
"""Another time the answer may be there."""
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,1000}")


def _wait(seconds: float) -> None:
    Event().wait(seconds)


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a problem (RFC 9457) that is told."""

    code: str
    detail: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came, and its header fields."""

    data: bytes
    headers: Message


class _Stays(urllib.request.HTTPRedirectHandler):
    """A token is for one server: where an answer points elsewhere, it is not carried there."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """No question: the redirection itself is the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where to ask, as whom, and how patiently.

    Attributes:
        url: Of the collector, such as http://127.0.0.1:8080.
        token: Of a reader; None for this machine's own collector without tokens.
        timeout_s: For each step of the network, seconds, > 0.
        tries: How often a question is sent while the collector is busy (503), or sends this reader
            as much as it may (429), at least 1.
        language: Of the words of refusals, "en" or "zh".
        wait: Lets seconds pass.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    timeout_s: float = 30.0
    tries: int = 4
    language: str = "en"
    wait: Callable[[float], None] = _wait

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            what = Words("this is no address of a collector", "这不是采集器地址")
            limit = "http://HOST:PORT or https://HOST"
            raise QuestionError("url", what=what, limit=limit)
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            what = Words("this is no token", "这不是令牌")
            limit = "cmt_..., as `collector token new` printed it"
            raise QuestionError("token", what=what, limit=limit)

    def get(self, path: str, query: Mapping[str, str | int]) -> Answer:
        """The answer to a question; a busy collector is asked again, after longer and longer.

        Raises:
            RefusedError: the collector refused.
            UnreachableError: nobody answers, or the answer broke off.
            AnswerError: what answers is no collector.
        """
        with self.coming(path, query) as found:
            return found.answer()

    @contextmanager
    def coming(self, path: str, query: Mapping[str, str | int]) -> Iterator["Coming"]:
        """The answer to a question while it comes, however long it is; asked as `get` asks.

        Raises:
            RefusedError, UnreachableError, AnswerError: as `get`.
        """
        with closing(self._patiently(path, query)) as answer:
            yield Coming(answer, path, self.url)

    def _patiently(self, path: str, query: Mapping[str, str | int]) -> http.client.HTTPResponse:
        for attempt in range(1, self.tries):
            try:
                return self._opened(path, query)
            except _BusyError as busy:
                self.wait(min(busy.after_s or 2.0 ** (attempt - 1), LONGEST_WAIT_S))
        return self._opened(path, query)

    def post(self, path: str, body: bytes, media_type: str) -> Answer:
        """What became of something that is entered; it is sent once.

        Raises:
            RefusedError, UnreachableError, AnswerError: as `get`. Where nobody answers, it may
                have been entered all the same.
        """
        with closing(self._opened(path, {}, (body, media_type))) as answer:
            return Coming(answer, path, self.url).answer()

    def _opened(
        self, path: str, query: Mapping[str, str | int], sent: tuple[bytes, str] | None = None
    ) -> http.client.HTTPResponse:
        address = f"{self.url.rstrip('/')}{path}?{urllib.parse.urlencode(query)}"
        request = self._request(address.rstrip("?"), sent)
        try:
            found: http.client.HTTPResponse = self._opener().open(request, timeout=self.timeout_s)
        except urllib.error.HTTPError as refused:
            with refused:
                raise _refusal(refused, path) from None
        except (OSError, http.client.HTTPException) as lost:
            raise _lost(self.url, lost) from lost
        return found

    def _request(self, address: str, sent: tuple[bytes, str] | None) -> urllib.request.Request:
        headers = {"User-Agent": SOFTWARE, "Accept-Language": self.language}
        body = None
        if sent is not None:
            body, headers["Content-Type"] = sent
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 - http or https, see above

    def _opener(self) -> urllib.request.OpenerDirector:
        """Through the proxies of the environment, but not to this machine itself."""
        handlers: list[urllib.request.BaseHandler] = [_Stays()]
        if _is_loopback(urllib.parse.urlsplit(self.url).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))
        return urllib.request.build_opener(*handlers)


class Coming:
    """An answer while it comes.

    Args:
        answer: Its beginning was read.
        path: Of the question.
        url: Of the collector.
    """

    def __init__(self, answer: http.client.HTTPResponse, path: str, url: str) -> None:
        self._answer, self._path, self._url = answer, path, url
        self.headers: Message = answer.headers

    @property
    def has_end(self) -> bool:
        """Whether it can be told where the answer ends: by its length, or by its last chunk."""
        return self._answer.chunked or self._answer.length is not None

    def portions(self) -> Iterator[bytes]:
        """All that comes, to its end.

        Raises:
            UnreachableError: it broke off.
        """
        try:
            while data := self._answer.read(_PORTION):
                yield data
            if self._answer.length:
                raise http.client.IncompleteRead(b"", self._answer.length)
        except (OSError, http.client.HTTPException) as lost:
            raise _lost(self._url, lost) from lost

    def answer(self) -> Answer:
        """All of it, where it is not too long to be held.

        Raises:
            UnreachableError: it broke off.
            AnswerError: it is too long.
        """
        found = bytearray()
        for data in self.portions():
            found += data
            if len(found) > MAX_BYTES:
                what = Words(f"more than {MAX_BYTES} bytes", f"超过 {MAX_BYTES} 字节")
                raise AnswerError(self._path, what=what)
        return Answer(data=bytes(found), headers=self.headers)


def _lost(url: str, lost: Exception) -> UnreachableError:
    return UnreachableError(url, what=f"{getattr(lost, 'reason', lost)}"[:200])


class _BusyError(RefusedError):
    """The collector is busy, or has given this reader enough for now.

    Attributes:
        after_s: When it wants to be asked again, seconds; None where it does not say.
    """

    after_s: float | None = None


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(refused: urllib.error.HTTPError, path: str) -> RefusedError | AnswerError:
    """The collector's own code and words; of what is no collector, its status."""
    status = refused.code
    try:
        told = msgspec.json.decode(refused.read(64 * 1024), type=_Refusal)
    except (msgspec.MsgspecError, RecursionError, OSError, http.client.HTTPException):
        if status not in _BUSY:
            return AnswerError(path, what=f"HTTP {status}")
        told = _Refusal(code="E_HTTP", detail="the service is not available", where=path)
    kind = _BusyError if status in _BUSY else RefusedError
    error = kind(told.where, code=told.code, status=status, detail=told.detail)
    if isinstance(error, _BusyError):
        error.after_s = _seconds(refused.headers.get("Retry-After"))
    return error


def _seconds(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else None
