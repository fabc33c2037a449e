"""The HTTP interface as one application, made of frozen parts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from calibration.errors import CalibrationError
from collector.api import (
    activity,
    agents,
    alarms,
    audit,
    boundaries,
    certificates,
    channels,
    dcc,
    declarations,
    documents,
    enrolment,
    entries,
    error_page,
    exports,
    heads,
    health,
    journal,
    ledger,
    metrics,
    monitored,
    originals,
    quarantine,
    ratio,
    readings,
    record,
    register,
    releases,
    touched,
)
from collector.api.acting import keep_acts
from collector.api.allowed import require_declared
from collector.api.answer import asked_language, problem_answer, refusal_answer
from collector.api.asked import once
from collector.api.combination import CombinedActivityData
from collector.api.guard import Guard, told_to_programs
from collector.api.page import ReadingPage
from collector.api.parts import Parts
from collector.api.problem import Problem, validation_problem
from collector.api.refusal import HttpError, MethodError, PathUnknownError, RequestError
from collector.api.schema import components
from collector.api.security import author_of, reader_of
from collector.api.streams import Places
from collector.api.traffic import Traffic
from collector.dcc_reading import DccRead
from collector.original_register import OriginalSeen
from evidence.audit.instruments import InstrumentRow
from evidence.audit.outcome import Audit
from evidence.audit.resting import RestsOn
from evidence.audit.traced import Traced
from evidence.errors import CodedError
from evidence.log.enrolment import Asked as EnrolmentAsked
from evidence.log.enrolment import Enrolled
from evidence.statement.corroboration import Corroboration
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Difference
from evidence.statement.exports.brightway import BrightwayFile
from evidence.statement.exports.pact import DataModelExtension
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.ratio import Ratio
from evidence.statement.record.form_behind import ActivityRecord
from evidence.statement.touched import Touched

TITLE: Final = "carbonmeter collector"
ROUTERS: Final[tuple[APIRouter, ...]] = (
    exports.router,  # before the address of a digest
    ratio.router,
    touched.router,
    releases.router,
    activity.router,
    record.router,
    entries.router,
    boundaries.router,
    declarations.router,
    readings.router,
    channels.router,
    agents.router,
    heads.router,
    journal.router,
    ledger.router,
    certificates.router,
    dcc.router,
    documents.router,
    originals.router,
    quarantine.router,
    monitored.router,
    register.router,
    audit.router,
    enrolment.router,
    alarms.router,
    health.router,
    metrics.router,
    error_page.router,
)
ANSWERED: Final = (
    Problem,
    ActivityData,
    CombinedActivityData,
    Corroboration,
    Ratio,
    Difference,
    Touched,
    releases.Decided,
    releases.LockedStatement,
    entries.EntryShown,
    entries.Written,
    entries.Entering,
    entries.Correcting,
    releases.Deciding,
    boundaries.BoundaryPage,
    boundaries.BoundarySeen,
    boundaries.BoundarySaving,
    boundaries.BoundaryWithdrawing,
    boundaries.BoundaryWritten,
    declarations.DeclarationPage,
    declarations.Declaring,
    declarations.DeclarationWithdrawing,
    declarations.DeclarationWritten,
    BrightwayFile,
    DataModelExtension,
    Monitored,
    ActivityRecord,
    ReadingPage,
    channels.ChannelSeen,
    agents.AgentSeen,
    heads.LogHead,
    journal.JournalPage,
    journal.JournalHeadSeen,
    journal.EntryProven,
    ledger.LedgerConsistency,
    certificates.CertificateRegister,
    InstrumentRow,
    Traced,
    RestsOn,
    Audit,
    quarantine.SetAside,
    OriginalSeen,
    DccRead,
    originals.OriginalsPage,
    EnrolmentAsked,
    Enrolled,
    alarms.AlarmOpen,
    quarantine.Release,
    quarantine.Released,
    health.Alive,
    health.Readiness,
)


class CollectorApi(FastAPI):
    """FastAPI whose description names the frozen types that are answered."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document."""
        if self.openapi_schema is None:
            found = get_openapi(
                title=self.title,
                version=self.version,
                routes=self.routes,
                description="Times are UTC, RFC 3339; units are UCUM codes.",
            )
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(components(ANSWERED))
            self.openapi_schema = found
        return self.openapi_schema


def create_app(parts: Parts) -> FastAPI:
    """The application; further routers, such as pages, may be added to it.

    The pool of connections in `parts` is closed when the application is shut down.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        require_declared(app, reader_of, author_of)  # those too that were added later
        yield
        acts.close()
        parts.sources.close()

    app = CollectorApi(
        title=TITLE,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        dependencies=[Depends(once)],
        generate_unique_id_function=_route_name,
        routes=list(_routes()),
    )
    app.state.parts = parts
    acts = keep_acts(app, parts)
    app.state.traffic = Traffic()
    app.state.places = Places(section=parts.streams)
    app.state.telling = told_to_programs
    app.add_middleware(Guard, traffic=app.state.traffic, clock=parts.desk, requests=parts.requests)
    require_declared(app, reader_of, author_of)
    app.add_exception_handler(CodedError, _refused)
    app.add_exception_handler(CalibrationError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _by_status)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    return routes_of(ROUTERS)


def routes_of(routers: Sequence[APIRouter]) -> tuple[BaseRoute, ...]:
    """What is answered, whatever the parts; what each route asks for takes 50 ms to read.

    Applications may share what is returned.
    """
    app = FastAPI(
        openapi_url=None, dependencies=[Depends(once)], generate_unique_id_function=_route_name
    )
    for router in routers:
        app.include_router(router)
    return tuple(app.routes)


def _route_name(route: APIRoute) -> str:
    return route.name


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, CodedError | CalibrationError):
        raise error
    return refusal_answer(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem_answer(request, validation_problem(error.errors(), asked_language(request)))


async def _by_status(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: unknown paths and methods."""
    if not isinstance(error, HTTPException):
        raise error
    answer = refusal_answer(request, refusal_by_status(request, error))
    if error.status_code == 405:
        answer.headers["Allow"] = (error.headers or {}).get("Allow", "GET")
    return answer


def refusal_by_status(request: Request, error: HTTPException) -> RequestError:
    """What the framework itself refuses, in the words of this interface."""
    path = request.url.path[:200]
    if error.status_code == 404:
        return PathUnknownError(path)
    if error.status_code == 405:
        return MethodError(path, method=request.method[:16])
    return HttpError(path, what=str(error.detail)[:200])
