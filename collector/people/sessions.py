"""Who is signed in: sessions in memory, found by the digest of a cookie's text.

They end with the process: whoever restarts the collector lets nobody in who was in before. How long
somebody sits at a desk is measured on a clock that nobody sets: a step of the machine's clock, or
the fast clock of a demonstration, ends no session and lengthens none.
"""

import base64
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from collector.token_errors import SignInWaitError
from evidence.clock import NS_PER_S, Clock

SECRET_BYTES: Final = 32
LONGEST_NS: Final = 12 * 3600 * NS_PER_S
IDLE_NS: Final = 2 * 3600 * NS_PER_S
MOST: Final = 10_000
MOST_FAILURES: Final = 5
PATIENCE_NS: Final = 15 * 60 * NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in.

    Attributes:
        user: Their name.
        began_ns: When they signed in, monotonic ns; `seen_ns`: when they asked last.
        csrf: What a page of theirs must send along when it writes.
    """

    user: str
    began_ns: int
    seen_ns: int
    csrf: str

    def is_over(self, now_ns: int) -> bool:
        """Whether they must sign in again: after 12 hours, or 2 without a request."""
        return now_ns - self.began_ns >= LONGEST_NS or now_ns - self.seen_ns >= IDLE_NS


class Sessions:
    """All who are signed in; safe for several threads."""

    def __init__(self, clock: Clock) -> None:
        """Nobody yet.

        Args:
            clock: Of the people who sit before the pages; only what it counts up is read, not the
                instant that it shows. Never a scaled one.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[str, Session] = OrderedDict()
        self._words: OrderedDict[str, str] = OrderedDict()
        self._failures: OrderedDict[str, list[int]] = OrderedDict()

    def begin(self, user: str, secret: bytes) -> str:
        """The text of the cookie of a new session, which nobody else can know.

        Args:
            user: Whose password was right.
            secret: 32 bytes from the operating system's random source.
        """
        text = base64.urlsafe_b64encode(secret).decode().rstrip("=")
        csrf = hashlib.sha256(b"csrf " + secret).hexdigest()
        now_ns = self._clock.monotonic_ns()
        began = Session(user=user, began_ns=now_ns, seen_ns=now_ns, csrf=csrf)
        with self._lock:
            self._failures.pop(user, None)
            self._found[_digest(text)] = began
            self._words[csrf] = user
            for held in (self._found, self._words):
                while len(held) > MOST:
                    held.popitem(last=False)
        return text

    def find(self, text: str) -> Session | None:
        """The session of a cookie's text; None if there is none, or it is over."""
        digest, now_ns = _digest(text), self._clock.monotonic_ns()
        with self._lock:
            found = self._found.get(digest)
            if found is None:
                return None
            if found.is_over(now_ns):
                del self._found[digest]
                return None
            self._found[digest] = replace(found, seen_ns=max(now_ns, found.seen_ns))
            return self._found[digest]

    def user_of(self, csrf: str) -> str:
        """Whose session a form's word was made for, also when it is over; "" where not known.

        The word lets nobody in. The last 10,000 are remembered, until the process ends.
        """
        with self._lock:
            return self._words.get(csrf, "")

    def end(self, text: str) -> None:
        """Ends a session, if there is one."""
        with self._lock:
            self._found.pop(_digest(text), None)

    def end_all_of(self, user: str) -> None:
        """Ends all sessions of somebody."""
        with self._lock:
            for digest in [key for key, each in self._found.items() if each.user == user]:
                del self._found[digest]

    def require_patience(self, user: str) -> None:
        """Returns if somebody may try a password now.

        Raises:
            SignInWaitError: Five were wrong within 15 minutes.
        """
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            recent = [at for at in self._failures.get(user, []) if now_ns - at < PATIENCE_NS]
        if len(recent) >= MOST_FAILURES:
            minutes = -(-(recent[0] + PATIENCE_NS - now_ns) // (60 * NS_PER_S))
            raise SignInWaitError("user", limit=MOST_FAILURES, minutes=minutes)

    def failed(self, user: str) -> None:
        """Notes that a password was wrong."""
        with self._lock:
            own = self._failures.setdefault(user, [])
            own.append(self._clock.monotonic_ns())
            del own[:-MOST_FAILURES]
            self._failures.move_to_end(user)
            while len(self._failures) > MOST:
                self._failures.popitem(last=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
