"""All pages of an application, added to the interface that programs use."""

from typing import Final, cast

from fastapi import APIRouter, FastAPI

from calibration.errors import CalibrationError
from collector.api.allowed import require_declared
from collector.api.parts import Parts
from collector.api.security import author_of, reader_of
from collector.web import about, assets, sign_in
from collector.web.activity import entering, statement
from collector.web.activity import route as activity
from collector.web.audit import checks_route
from collector.web.certificates import register_page
from collector.web.certificates.shelf import keep_shelf
from collector.web.factory import route as factory
from collector.web.instrument import route as instrument
from collector.web.reading import route as reading
from collector.web.refused import Refusing, as_page
from evidence.errors import CodedError

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assets.router,
    sign_in.router,
    about.router,
    factory.router,
    instrument.router,
    reading.router,
    register_page.router,
    activity.router,
    entering.router,
    statement.router,
    checks_route.router,
)


def add_pages(app: FastAPI, parts: Parts) -> FastAPI:
    """The application with its pages; what is refused becomes a page for whoever reads pages.

    Raises:
        UndeclaredRouteError: a page declares no right.
    """
    keep_shelf(app)
    for router in ROUTERS:
        app.include_router(router)
    for kind in (CodedError, CalibrationError):
        otherwise = cast("Refusing", app.exception_handlers[kind])  # as `create_app` set it
        app.add_exception_handler(kind, as_page(parts, otherwise))
    require_declared(app, reader_of, author_of)
    return app
