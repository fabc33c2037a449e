"""What pages need and would have to wait for, made beside what is asked when a collector starts.

What takes part of a second is made in steps, and a step is put off a little while somebody is
being answered: who asks in the first second is not held up by what is made for those who come
later.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import suppress

import scipy
from fastapi import FastAPI

from collector.activity.acts import Acts, Known
from collector.api.parts import Parts
from collector.api.period import zone_of
from collector.api.security import Reader
from collector.document_list import Logged
from collector.web import words
from collector.web.certificates.shelf import GIVE_WAY_S, Shelf
from collector.web.factory.failed import Suspects
from collector.web.render import load_templates
from evidence.errors import CodedError


def read_ahead(app: FastAPI, parts: Parts) -> threading.Thread:
    """A thread that makes ready what pages need, and reads all papers; what fails is made later.

    Papers, which take seconds, come last: whoever asks for a page does not come upon its template
    behind all of them.
    """
    shelf: Shelf = app.state.shelf
    documents: list[Logged] = []
    with suppress(CodedError):
        documents = shelf.listed(parts.sources)

    def reading() -> None:
        for _ in _steps(app):
            parts.sources.wait_until_unused(GIVE_WAY_S)
        with suppress(CodedError):
            shelf.read_ahead(parts.sources, documents)
            _lay_out(shelf, app.state.suspects, parts)
        gc.freeze()  # all stays: to walk through it again and again would halt whoever asks

    thread = threading.Thread(target=reading, name="papers", daemon=True)
    thread.start()
    return thread


def _steps(app: FastAPI) -> Iterator[object]:
    """Makes what pages have in common, and what amounts and curves are computed with."""
    yield words.tables()
    yield zone_of("UTC")  # which others there are is read from the disk
    yield _known(app.state.acts)
    yield from load_templates()
    yield scipy.special  # a part is loaded as it is named
    yield scipy.optimize


def _known(acts: Acts) -> Known | None:
    """What people did; None where that cannot be read, which whoever asks is told."""
    with suppress(CodedError):
        return acts.known()
    return None


def _lay_out(shelf: Shelf, suspects: Suspects, parts: Parts) -> None:
    """Lays out the papers as whoever may see all of them is shown them."""
    with parts.sources.lease() as sources:
        papers = shelf.papers(sources, parts, Reader(person=None))
    suspects.of(papers)
