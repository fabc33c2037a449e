"""The word of forms that change nothing of anybody's: signing in, comparing, verifying.

Whoever is signed in has the word of their session. Anybody else has one that follows from a cookie,
which no other site's page can read or guess: it is sent twice, and both must agree. A program that
shows a token needs none, since no browser adds a token by itself.
"""

import base64
import hashlib
import hmac
import re
from typing import Final

from fastapi import Request, Response

from collector.api.cookies import FIELD, form_of, is_secure, require_csrf, require_own_page
from collector.api.refusal import CsrfError
from collector.people.sessions import SECRET_BYTES, Session

VISITOR: Final = "cm_visitor"
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def visitor_word(request: Request, secret: bytes) -> str:
    """The word for the forms of a page, of a cookie that the browser sent or will be handed.

    Args:
        request: That asks for the page.
        secret: 32 bytes from the operating system's random source, for a browser without one.
    """
    sent = request.cookies.get(VISITOR, "")
    if not _TEXT.fullmatch(sent):
        sent = base64.urlsafe_b64encode(secret[:SECRET_BYTES]).decode().rstrip("=")
        request.state.visitor = sent
    return word_of(sent)


def word_of(text: str) -> str:
    """The word that belongs to a visitor's cookie."""
    return hashlib.sha256(b"visitor " + text.encode(errors="surrogatepass")).hexdigest()


def keep_visitor(request: Request, response: Response) -> None:
    """Hands a browser its cookie, where `visitor_word` made one up; it ends with the browser."""
    made = getattr(request.state, "visitor", None)
    if made is not None:
        response.set_cookie(
            VISITOR,
            made,
            secure=is_secure(request),
            httponly=True,
            samesite="strict",
            path="/",
        )


async def require_word(request: Request, session: Session | None) -> None:
    """Returns if a form comes from a page that was made for this browser, or from a program.

    Raises:
        CsrfError: it does not.
        FormError: the form cannot be read.
    """
    if session is not None:
        await require_csrf(request, session)
        return
    require_own_page(request)
    if "authorization" in request.headers:
        return
    said, sent = (await form_of(request)).get(FIELD, ""), request.cookies.get(VISITOR, "")
    is_own = _TEXT.fullmatch(sent) and hmac.compare_digest(said.encode(), word_of(sent).encode())
    if not is_own:
        raise CsrfError(FIELD)
