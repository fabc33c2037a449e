"""Forms that wait for whoever has just signed in to look through them: few, in memory."""

import threading
from collections import OrderedDict
from typing import Final

from fastapi import FastAPI, Request

from collector.people.sessions import Session
from collector.web.typed import Typed

MOST: Final = 100


class KeptForms:
    """One form a session, until its page is shown; safe for several threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Typed] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, session: Session, typed: Typed) -> None:
        """Keeps a form for a session; the oldest of too many goes."""
        with self._lock:
            self._held[session.csrf] = typed
            while len(self._held) > MOST:
                self._held.popitem(last=False)

    def take(self, session: Session, path: str) -> Typed | None:
        """The form of a session that stands on the page at a path; it is kept no longer."""
        with self._lock:
            found = self._held.get(session.csrf)
            if found is None or not found.is_of(path):
                return None
            return self._held.pop(session.csrf)


def keep_forms(app: FastAPI) -> None:
    """Gives an application the place of its forms."""
    app.state.forms = KeptForms()


def kept_forms(request: Request) -> KeptForms:
    """Those of the application that answers a request."""
    forms: KeptForms = request.app.state.forms
    return forms
