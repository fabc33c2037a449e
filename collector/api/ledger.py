"""The ledger's own tree, for whoever follows the journal: each head goes on from the one before."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import json_answer
from collector.api.asked import Asked
from collector.api.parts import Here
from collector.api.refusal import SizesError
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.ledger_tree import LedgerTree

router: Final = APIRouter(prefix="/api/v1/ledger", tags=["journal"])
_MOST: Final = 2**63 - 1


class ConsistencyAsked(Asked):
    """Which heads."""

    old: int = Field(ge=0, le=_MOST, description="Size of the older head.")
    new: int = Field(ge=0, le=_MOST, description="Size of the newer head.")


class LedgerConsistency(msgspec.Struct, frozen=True, kw_only=True):
    """That the ledger's newer head goes on from the older one.

    Args:
        old_size, old_root: the older one; roots are 64 hexadecimal digits.
        new_size, new_root: the newer one.
        proof: RFC 6962, section 2.1.2, over all leaves in order of admission.
    """

    old_size: int
    old_root: str
    new_size: int
    new_root: str
    proof: tuple[str, ...]


@router.get("/consistency", **answers(ref(LedgerConsistency), "The proof."))
def ledger_consistency(
    request: Request,
    asked: Annotated[ConsistencyAsked, Query()],
    parts: Here,
    reader: Asker,  # noqa: ARG001 - it says nothing of any site
) -> Response:
    """The proof that one head of the ledger, as the journal names them, goes on from another."""
    with parts.sources.lease() as sources:
        ledger = sources.ledger
        roots = [ledger.root_at(size) for size in (asked.old, asked.new)]
        old, new = roots
        if asked.old > asked.new or old is None or new is None:
            held = ledger.frontier().size
            raise SizesError("old, new", old=asked.old, new=asked.new, limit=held)
        with LedgerTree(ledger) as tree:
            proof = tree.consistency(asked.old, asked.new)
    found = LedgerConsistency(
        old_size=asked.old,
        old_root=old.hex(),
        new_size=asked.new,
        new_root=new.hex(),
        proof=tuple(each.hex() for each in proof),
    )
    return json_answer(request, found)
