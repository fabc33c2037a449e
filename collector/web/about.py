"""What this collector is: software, keys to pin, where its logs end."""

from typing import Final

from fastapi import APIRouter, Request, Response

from collector.api.parts import Here
from collector.api.security import Asker
from collector.web.render import page

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/about", response_model=None)
def about(request: Request, parts: Here, reader: Asker) -> Response:
    """What somebody writes down who wants to check this collector from elsewhere."""
    with parts.journal() as journal:
        head = journal.head()
        pinned = journal.pinned
    with parts.sources.lease() as sources:
        ledger = sources.ledger.head()
    facts = {
        "title": "about.title",
        "journal_size": head.size,
        "journal_root": head.root.hex(),
        "journal_key": pinned,
        "ledger_size": ledger.size,
        "ledger_root": ledger.root.hex(),
        "receipt_key": parts.collector_key.to_text(),
    }
    return page(request, parts, reader, "about.html", facts)
