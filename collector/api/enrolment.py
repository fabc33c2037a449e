"""Where agents enrol, renew their certificates and announce the key that follows.

Nobody is asked for a token: who asks is known by the signatures under the request, of the code
that a person carried, or of a key that is pinned.
"""

from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from collector.api.answer import json_answer
from collector.api.parts import Here
from collector.api.schema import answers, ref
from collector.enrolment.enrolling import answer
from collector.enrolment.errors import EnrolmentUnavailableError
from evidence.errors import Words
from evidence.log.enrolment import Asked, Enrolled, EnrolmentRequestError

router: Final = APIRouter(prefix="/api/v1/enrolment", tags=["enrolment"])


@router.post("", **answers(ref(Enrolled), "The key to pin, the broker, a certificate."))
async def enrolment(request: Request, parts: Here) -> Response:
    """Grants a signed request: a new agent's by its code, a known one's by its key."""
    asked = _asked(await request.body())
    registrar = parts.registrar
    if registrar is None:
        raise EnrolmentUnavailableError("collector")
    note, csr = asked.request.encode(), asked.csr.encode()
    return json_answer(request, await run_in_threadpool(answer, registrar, note, csr))


def _asked(body: bytes) -> Asked:
    try:
        asked = msgspec.json.decode(body, type=Asked)
        asked.request.encode(), asked.csr.encode()
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        what = Words(str(problem)[:200], str(problem)[:200])
        raise EnrolmentRequestError("body", what=what, limit="request and csr, JSON") from None
    return asked
