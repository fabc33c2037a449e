"""The cookie of who is signed in, and the word that a page of theirs sends along when it writes."""

import hmac
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from collector.api.multipart import KIND, FormPart, form_parts
from collector.api.refusal import CsrfError, FormError
from collector.people.sessions import LONGEST_NS, Session
from evidence.clock import NS_PER_S
from evidence.errors import Words

COOKIE: Final = "cm_session"
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 500
T = TypeVar("T")


def is_secure(request: Request) -> bool:
    """Whether the browser spoke TLS, to this process or to the proxy before it."""
    return request.url.scheme == "https"


def set_cookie(request: Request, response: Response, text: str) -> None:
    """Hands a browser the text of its session."""
    response.set_cookie(
        COOKIE,
        text,
        max_age=LONGEST_NS // NS_PER_S,
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
        path="/",
    )


def forget_cookie(response: Response) -> None:
    """Has a browser forget its session."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def require_own_page(request: Request) -> None:
    """Returns if a request does not say that it comes from another site's page.

    Raises:
        CsrfError: it does.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise CsrfError("sec-fetch-site")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise CsrfError("origin")


def is_surely_own_page(request: Request) -> bool:
    """Whether a browser says that a request comes from a page of ours; silence is no word."""
    try:
        require_own_page(request)
    except CsrfError:
        return False
    return "origin" in request.headers or "sec-fetch-site" in request.headers


async def require_csrf(request: Request, session: Session) -> None:
    """Returns if a write comes from a page that was made for this session.

    The word stands in a header, which no other site's page can set, or in the form.

    Raises:
        CsrfError: it does not.
        FormError: the form cannot be read.
    """
    require_own_page(request)
    said = request.headers.get(HEADER)
    if said is None:
        said = (await form_of(request)).get(FIELD, "")
    if not hmac.compare_digest(said.encode(), session.csrf.encode()):
        raise CsrfError(FIELD)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, each once, without files; none of a body of another kind.

    Raises:
        FormError: it cannot be read, or names a field twice.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == KIND:
        fields = [each for each in await _parts_of(request) if each.filename is None]
        return _once([(each.name, _text(each)) for each in fields])
    if kind != FORM:
        return {}
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as wrong:
        raise FormError("body", what=str(wrong)[:200]) from None
    return _once(pairs)


async def files_of(request: Request) -> dict[str, FormPart]:
    """The files of a form by the names of their fields; none of a form that can send none.

    Raises:
        FormError: it cannot be read, or names a field twice.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    parts = await _parts_of(request) if kind == KIND else ()
    return _once([(each.name, each) for each in parts if each.filename is not None])


async def _parts_of(request: Request) -> tuple[FormPart, ...]:
    return form_parts(await request.body(), request.headers.get("content-type", ""))


def _text(part: FormPart) -> str:
    try:
        return part.data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise FormError("body", what=str(wrong)[:200]) from None


def _once(pairs: Sequence[tuple[str, T]]) -> dict[str, T]:
    """By name; a name that stands there twice is refused."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = min(name for name, count in counts.items() if count > 1)
        what = Words(f"'{twice[:64]}' stands in it twice", f"'{twice[:64]}' 重复")
        raise FormError("body", what=what)
    return found
