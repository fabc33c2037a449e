"""Heads of agents' logs, for witnesses: signed by the agent, cosigned here, proven to go on."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import json_answer
from collector.api.asked import Asked
from collector.api.parts import Here
from collector.api.patterns import EPOCH
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.api.unknown import LogUnknownError
from evidence.log.merkle import consistency_proof

router: Final = APIRouter(prefix="/api/v1/heads", tags=["agents"])


class HeadAsked(Asked):
    """Which log, and from where on it shall be proven."""

    agent: str = Field(min_length=1, max_length=64, description="Id of the agent.")
    epoch: str = Field(pattern=EPOCH, description="Epoch of the log.")
    since: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Size from which consistency shall be proven."
    )


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """The latest head of a log.

    Args:
        size: number of leaves.
        checkpoint: the agent's signed note.
        receipt: the collector's cosignature, over this head or an earlier one; empty before.
        proof: hashes that lead from `since` to `size` (RFC 6962, section 2.1.2), 64 hexadecimal
            digits each; null where nothing was asked, or the log is shorter.
    """

    agent: str
    epoch: str
    size: int
    checkpoint: str
    receipt: str
    proof: tuple[str, ...] | None


@router.get("", **answers(ref(LogHead), "The latest head of a log."))
def log_head(
    request: Request, asked: Annotated[HeadAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The latest head of an agent's log, and that it goes on from an older one."""
    with parts.sources.lease() as sources:
        state = sources.ledger.state(asked.agent, asked.epoch)
        if not state.size or not reader.sees(parts.sites.get(asked.agent, "")):
            raise LogUnknownError("agent, epoch", agent=asked.agent, epoch=asked.epoch)
        proof = None
        if asked.since is not None and asked.since <= state.size:
            hashes = sources.ledger.hashes(asked.agent, asked.epoch)[: state.size]
            proof = tuple(each.hex() for each in consistency_proof(hashes, asked.since))
    return json_answer(
        request,
        LogHead(
            agent=asked.agent,
            epoch=asked.epoch,
            size=state.size,
            checkpoint=state.note.decode(),
            receipt=state.receipt.decode(),
            proof=proof,
        ),
    )
