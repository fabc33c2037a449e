"""All pages of an application, added to the interface that programs use."""

from functools import cache
from typing import Final, cast

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from calibration.errors import CalibrationError
from collector.api.allowed import require_declared
from collector.api.app import routes_of
from collector.api.parts import Parts
from collector.api.security import author_of, reader_of
from collector.web import about, assets, sign_in
from collector.web.activity import boundary_route, entering, files, statement
from collector.web.activity import route as activity
from collector.web.audit import (
    bundle_route,
    changes_route,
    checks_route,
    effects_route,
    logs_route,
)
from collector.web.certificates import certificate_page, chain_page, dcc_page, register_page
from collector.web.certificates.board import keep_board
from collector.web.certificates.shelf import keep_shelf
from collector.web.certificates.waiting import keep_waiting_room
from collector.web.factory import route as factory
from collector.web.factory.failed import keep_failed
from collector.web.instrument import route as instrument
from collector.web.kept_forms import keep_forms
from collector.web.people import route as people
from collector.web.reading import route as reading
from collector.web.refused import Refusing, as_page, told_as_page
from evidence.errors import CodedError

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assets.router,
    sign_in.router,
    about.router,
    factory.router,
    register_page.router,
    dcc_page.router,
    chain_page.router,
    certificate_page.router,
    checks_route.router,
    changes_route.router,
    bundle_route.router,
    logs_route.router,
    effects_route.router,
    people.router,
    instrument.router,
    reading.router,
    activity.router,
    entering.router,
    boundary_route.router,
    files.router,  # before the address of a digest
    statement.router,
)


def add_pages(app: FastAPI, parts: Parts) -> FastAPI:
    """The application with its pages; what is refused becomes a page for whoever reads pages.

    Raises:
        UndeclaredRouteError: a page declares no right.
    """
    keep_shelf(app)
    keep_board(app)
    keep_failed(app)
    keep_waiting_room(app, parts.desk)
    keep_forms(app)
    app.router.routes.extend(_routes())
    for kind in (CodedError, CalibrationError, RequestValidationError, HTTPException):
        otherwise = cast("Refusing", app.exception_handlers[kind])  # as `create_app` set it
        app.add_exception_handler(kind, as_page(parts, otherwise))
    app.state.telling = told_as_page(parts, app.state.telling)
    require_declared(app, reader_of, author_of)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    return routes_of(ROUTERS)
