"""Whether the collector is alive, and whether it can do its work."""

import shutil
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, Response

from collector.api.asked import Plain
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.schema import PROBLEMS, ref
from collector.errors import LedgerError
from collector.ledger import Ledger
from collector.views.seen import ViewSeen

MAX_LAG: Final = 1_000
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
router: Final = APIRouter(tags=["health"])


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "alive"


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What the collector needs to do its work.

    Args:
        ready: all of it is there.
        judge_lag_leaves: committed leaves that were not judged yet; at most
            `judge_lag_limit` when ready.
        degraded: views that are behind the ledger or differ from it, each with a code;
            nothing is lost by it.
    """

    ready: bool
    ledger_writable: bool
    broker_connected: bool
    judge_lag_leaves: int
    judge_lag_limit: int = MAX_LAG
    degraded: tuple[str, ...] = ()


_READINESS: Final = {"application/json": {"schema": ref(Readiness)}}


@router.get(
    "/healthz",
    response_model=None,
    responses={
        200: {"description": "Alive.", "content": {"application/json": {"schema": ref(Alive)}}},
        **PROBLEMS,
    },
)
async def alive(asked: Plain) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """Whether the process answers; asks nothing else of it."""
    return _json(Alive(), 200)


@router.get(
    "/readyz",
    response_model=None,
    responses={
        200: {"description": "Ready.", "content": _READINESS},
        503: {"description": "Not ready; the answer says what lacks.", "content": _READINESS},
        **PROBLEMS,
    },
)
def ready(asked: Plain, parts: Here) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """Whether leaves can be committed, are received, and are judged in time."""
    with parts.sources.lease() as sources:
        found = readiness(sources, parts)
    return _json(found, 200 if found.ready else 503)


def readiness(sources: Sources, parts: Parts) -> Readiness:
    """What is there of all that the collector needs."""
    lag = judge_lag(sources)
    writable, connected = parts.ledger_writable(), parts.broker_connected()
    return Readiness(
        ready=writable and connected and lag <= MAX_LAG,
        ledger_writable=writable,
        broker_connected=connected,
        judge_lag_leaves=lag,
        degraded=tuple(
            f"{each.name} {each.code}" for each in views_seen(sources, parts) if each.code
        ),
    )


def views_seen(sources: Sources, parts: Parts) -> list[ViewSeen]:
    """How each view stands."""
    judged = sources.store.cursor()
    return [view.seen(judged) for view in parts.views]


def judge_lag(sources: Sources) -> int:
    """Committed leaves that were not judged yet."""
    judged = sources.store.cursor()
    return max(0, sources.ledger.frontier().size - judged)


def writable(ledger: Ledger, state_dir: Path) -> bool:
    """Whether a commit to the ledger would succeed now: it can be locked, and there is room."""
    try:
        with ledger.transaction():
            pass
        return shutil.disk_usage(state_dir).free >= LEAST_FREE_BYTES
    except (LedgerError, OSError):
        return False


def _json(body: object, status: int) -> Response:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
