"""The cookie of who is signed in, and the word that a page of theirs sends along when it writes."""

import hmac
from typing import Final
from urllib.parse import parse_qs, urlsplit

from fastapi import Request, Response

from collector.api.refusal import CsrfError, FormError
from collector.people.sessions import LONGEST_NS, Session
from evidence.clock import NS_PER_S
from evidence.errors import Words

COOKIE: Final = "cm_session"
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 500


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
    """The fields of a form, each once; none of a body of another kind.

    Raises:
        FormError: it cannot be read, or names a field twice.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        return {}
    try:
        text = (await request.body()).decode("ascii")
        found = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError) as wrong:
        raise FormError("body", what=str(wrong)[:200]) from None
    twice = sorted(name for name, values in found.items() if len(values) > 1)
    if twice:
        what = Words(f"'{twice[0][:64]}' stands in it twice", f"'{twice[0][:64]}' 重复")
        raise FormError("body", what=what)
    return {name: values[0] for name, values in found.items()}
