"""Where agents enrol, renew their certificates and announce the key that follows.

Nobody is asked for a token: who asks is known by the signatures under the request, of the code
that a person carried, or of a key that is pinned.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from collector.api.answer import made_answer
from collector.api.asked import Plain
from collector.api.body import json_body, taking
from collector.api.parts import Here
from collector.api.schema import made, ref
from collector.api.sent import require_unconditional
from collector.enrolment.enrolling import answer
from collector.enrolment.errors import EnrolmentUnavailableError
from evidence.errors import Words
from evidence.log.enrolment import Asked, Enrolled, EnrolmentRequestError

router: Final = APIRouter(prefix="/api/v1/enrolment", tags=["enrolment"])


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(require_unconditional)],
    openapi_extra=taking(Asked),
    **made(ref(Enrolled), "The key to pin, the broker, and a certificate for it."),
)
def enrolment(
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    body: Annotated[Asked, Depends(json_body(Asked))],
) -> Response:
    """Grants a signed request: a new agent's by its code, a known one's by its key."""
    if parts.registrar is None:
        raise EnrolmentUnavailableError("collector")
    return made_answer(answer(parts.registrar, _bytes(body.request), _bytes(body.csr)))


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # JSON can name half a character
        what = Words("a text has no UTF-8 form", "文本无法编码为 UTF-8")
        raise EnrolmentRequestError("body", what=what, limit="UTF-8") from None
