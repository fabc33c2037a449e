"""What each address needs: the one place where rights are declared. Nothing else is answered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, routing

from collector.rights import READING, Right

_DATA, _EVIDENCE = Right.READ_DATA, Right.READ_EVIDENCE
PAGES: Final[Mapping[tuple[str, str], Right | None]] = {
    ("GET", "/static/{digest}/{name}"): None,
    ("GET", "/sign-in"): None,
    ("POST", "/sign-in"): None,
    ("POST", "/sign-out"): None,
    ("GET", "/about"): _DATA,
    ("GET", "/"): _DATA,
    ("GET", "/certificates"): _DATA,
    ("GET", "/certificates/all/due.csv"): _DATA,
    ("GET", "/certificates/{certificate}"): _DATA,
    ("GET", "/certificates/{certificate}/chain"): _EVIDENCE,
    ("GET", "/certificates/all/rests-on"): _EVIDENCE,
    ("GET", "/certificates/new/dcc"): _EVIDENCE,
    ("POST", "/certificates/new/dcc"): _EVIDENCE,  # reads, and keeps nothing
    ("GET", "/certificates/new/dcc/{sha256}"): _EVIDENCE,
    ("POST", "/certificates/new/dcc/{sha256}"): Right.OPERATE,
    ("GET", "/certificates/new/dcc/{sha256}/certificate.toml"): _EVIDENCE,
    ("GET", "/audit"): _EVIDENCE,
    ("GET", "/audit/report"): _EVIDENCE,
    ("GET", "/audit/changes"): _EVIDENCE,
    ("GET", "/audit/changes/{position}"): _EVIDENCE,
    ("GET", "/audit/effects"): _EVIDENCE,
    ("GET", "/audit/effects/touched"): _EVIDENCE,
    ("GET", "/audit/logs"): _EVIDENCE,
    ("POST", "/audit/logs"): _EVIDENCE,
    ("GET", "/audit/leaves/{agent}/{epoch}/{sequence}"): _EVIDENCE,
    ("GET", "/audit/leaves/{agent}/{epoch}/{leaf}/bytes"): _EVIDENCE,
    ("GET", "/audit/bundle"): _EVIDENCE,
    ("GET", "/audit/bundles/{digest}"): _EVIDENCE,
    ("GET", "/audit/bundles/{digest}/checks"): _EVIDENCE,
    ("POST", "/audit/bundles/{digest}/checks"): _EVIDENCE,
    ("GET", "/audit/bundles/{digest}/bundle.zip"): _EVIDENCE,
    ("GET", "/people"): _DATA,  # and it asks for more itself: reading needs no word of a page
    ("POST", "/people/users"): Right.ADMINISTER,
    ("POST", "/people/users/change"): Right.ADMINISTER,
    ("POST", "/people/tokens"): Right.ADMINISTER,
    ("POST", "/people/tokens/withdraw"): Right.ADMINISTER,
    ("GET", "/instruments/{channel:path}"): _DATA,
    ("GET", "/readings/{agent}/{epoch}/{leaf}/{poll}/{channel:path}"): _DATA,
    ("GET", "/activity"): _DATA,
    ("POST", "/activity"): Right.OPERATE,
    ("POST", "/activity/boundaries/{site}/{name}/withdraw"): Right.OPERATE,
    ("GET", "/activity/download"): _DATA,
    ("GET", "/activity/enter"): _DATA,
    ("POST", "/activity/enter"): Right.ENTER,
    ("POST", "/activity/enter/table"): Right.ENTER,
    ("POST", "/activity/enter/{entry}"): Right.ENTER,
    ("POST", "/activity/enter/{entry}/withdraw"): Right.ENTER,
    ("GET", "/activity/{digest}"): _DATA,
    ("POST", "/activity/{digest}/lock"): Right.RELEASE,
    ("POST", "/activity/{digest}/release"): Right.RELEASE,
    ("POST", "/activity/{digest}/unlock"): Right.RELEASE,
}
"""What people look at; `collector.web` answers it."""
ALLOWED: Final[Mapping[tuple[str, str], Right | None]] = {
    **PAGES,
    # None: for everybody, and says nothing of a site
    ("GET", "/healthz"): None,
    ("GET", "/readyz"): None,
    ("GET", "/docs/errors"): None,
    ("GET", "/openapi.json"): None,
    # who asks is known by the signatures under what is asked: of a code, or of a pinned key
    ("POST", "/api/v1/enrolment"): None,
    ("GET", "/metrics"): _DATA,
    ("GET", "/api/v1/activity-data"): _DATA,
    ("GET", "/api/v1/activity-data/combined"): _DATA,
    ("GET", "/api/v1/activity-data/corroboration"): _DATA,
    ("GET", "/api/v1/activity-data/export"): _DATA,
    ("GET", "/api/v1/activity-data/export/pact-schema"): _DATA,
    ("GET", "/api/v1/activity-data/{digest}"): _DATA,
    ("GET", "/api/v1/activity-data/{digest}/difference"): _DATA,
    ("GET", "/api/v1/activity-data/{digest}/record"): _DATA,
    ("POST", "/api/v1/activity-data/{digest}/lock"): Right.RELEASE,
    ("POST", "/api/v1/activity-data/{digest}/release"): Right.RELEASE,
    ("POST", "/api/v1/activity-data/{digest}/unlock"): Right.RELEASE,
    ("GET", "/api/v1/activity-data/locked"): _DATA,
    ("GET", "/api/v1/activity-data/ratio"): _DATA,
    ("GET", "/api/v1/activity-data/touched"): _DATA,
    ("GET", "/api/v1/entries"): _DATA,
    ("POST", "/api/v1/entries"): Right.ENTER,
    ("POST", "/api/v1/entries/{entry}/correction"): Right.ENTER,
    ("GET", "/api/v1/boundaries"): _DATA,
    ("POST", "/api/v1/boundaries"): Right.OPERATE,
    ("GET", "/api/v1/boundaries/{site}/{name}"): _DATA,
    ("POST", "/api/v1/boundaries/{site}/{name}/withdrawal"): Right.OPERATE,
    ("GET", "/api/v1/declarations"): _DATA,
    ("POST", "/api/v1/declarations"): Right.ENTER,
    ("POST", "/api/v1/declarations/withdrawal"): Right.ENTER,
    ("GET", "/api/v1/agents"): _DATA,
    ("GET", "/api/v1/alarms"): _DATA,
    ("GET", "/api/v1/certificates"): _DATA,
    ("GET", "/api/v1/channels"): _DATA,
    ("GET", "/api/v1/monitored-data"): _DATA,
    ("GET", "/api/v1/readings"): _DATA,
    ("GET", "/api/v1/register/instruments"): _DATA,
    ("GET", "/api/v1/register/instruments.csv"): _DATA,
    ("GET", "/api/v1/register/instruments.xlsx"): _DATA,
    ("GET", "/api/v1/audit"): _EVIDENCE,
    ("GET", "/api/v1/documents/{sha256}"): _EVIDENCE,
    ("GET", "/api/v1/heads"): _EVIDENCE,
    ("GET", "/api/v1/journal"): _EVIDENCE,
    ("GET", "/api/v1/journal/head"): _EVIDENCE,
    ("GET", "/api/v1/journal/{position}"): _EVIDENCE,
    ("GET", "/api/v1/originals"): _EVIDENCE,
    ("GET", "/api/v1/originals/{sha256}"): _EVIDENCE,
    ("POST", "/api/v1/originals"): Right.OPERATE,
    ("POST", "/api/v1/certificates/dcc"): _EVIDENCE,
    ("GET", "/api/v1/ledger/consistency"): _EVIDENCE,
    ("GET", "/api/v1/quarantine"): _EVIDENCE,
    ("POST", "/api/v1/quarantine/releases"): Right.OPERATE,
    ("GET", "/api/v1/register/chain"): _EVIDENCE,
    ("GET", "/api/v1/register/rests-on"): _EVIDENCE,
}


class UndeclaredRouteError(RuntimeError):
    """A route would be answered without the right that its line in `ALLOWED` declares.

    A mistake of this software, found before anything is served.
    """


def right_of(request: Request) -> Right:
    """The right that a request needs.

    Raises:
        UndeclaredRouteError: its route declares none.
    """
    path = getattr(request.scope.get("route"), "path", "")
    right = ALLOWED.get((request.method, path))
    if right is None:
        raise UndeclaredRouteError(f"{request.method} {path} declares no right")
    return right


def require_declared(
    app: FastAPI, reading: Callable[..., Any], writing: Callable[..., Any]
) -> None:
    """Returns if every route declares its right, and asks for it.

    Args:
        app: The application, all its routes added.
        reading: The dependency that asks who reads.
        writing: The one that asks who writes; a right that changes something needs it.

    Raises:
        UndeclaredRouteError: one does not.
    """
    for method, path, calls in _routes(app):
        if (method, path) not in ALLOWED:
            raise UndeclaredRouteError(f"{method} {path} declares no right")
        right = ALLOWED[method, path]
        if right is not None and reading not in calls:
            raise UndeclaredRouteError(f"{method} {path} does not ask who reads")
        if right is not None and right not in READING and writing not in calls:
            raise UndeclaredRouteError(f"{method} {path} does not ask who writes")


def _routes(app: FastAPI) -> Iterable[tuple[str, str, set[Any]]]:
    """Method, path and dependencies of each route; HEAD goes with GET."""
    # earlier versions of the framework have all routes in one list
    contexts: Callable[[Any], Iterable[Any]] = getattr(routing, "iter_route_contexts", iter)
    for route in contexts(app.routes):
        calls = set(_calls(getattr(route, "dependant", None)))
        for method in sorted((route.methods or {"?"}) - {"HEAD"}):
            yield method, str(route.path), calls


def _calls(dependant: Any) -> Iterable[Any]:  # noqa: ANN401 - the framework's own type
    """All that a route depends on, directly or through others."""
    for each in getattr(dependant, "dependencies", ()):
        yield each.call
        yield from _calls(each)
