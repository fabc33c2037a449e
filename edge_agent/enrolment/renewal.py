"""The certificate is renewed while the agent runs, by a thread that harms nothing if it fails."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from edge_agent.assembly import state_dir
from edge_agent.enrolment.asking import certificate_of, kept_of, renew
from edge_agent.enrolment.certificate import is_due
from edge_agent.enrolment.errors import NotEnrolledError
from edge_agent.installation import Installation
from evidence.clock import NS_PER_S, SystemClock
from evidence.errors import CodedError

LOG: Final = logging.getLogger("carbonmeter.agent")
FIRST_S: Final = 60.0
EVERY_S: Final = 6 * 3600.0


def renewed_if_due(installation: Installation, *, always: bool = False) -> datetime:
    """Until when the agent's certificate is good, after it was renewed if it was due; UTC.

    Args:
        installation: Whose certificate it is.
        always: Renew it also if it is not due.

    Raises:
        NotEnrolledError: The agent was not enrolled, or its broker wants no certificate.
        EnrolError: It is due, and could not be renewed.
        KeyMaterialError: The agent's key cannot be used.
    """
    folder = state_dir(installation)
    kept = kept_of(folder)
    if kept is None or not kept.has_certificate:
        raise NotEnrolledError(str(installation.path))
    now = datetime.fromtimestamp(SystemClock().now_ns() // NS_PER_S, UTC)
    if always or is_due(certificate_of(folder), now):
        renew(installation)
    return certificate_of(folder).not_valid_after_utc


@contextmanager
def renewing(installation: Installation) -> Iterator[None]:
    """Renews the certificate whenever it is due, while the block runs."""
    stopping = threading.Event()
    kept = kept_of(state_dir(installation))
    if kept is None or not kept.has_certificate:
        yield
        return
    thread = threading.Thread(
        target=_run, args=(installation, stopping), name="renewal", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopping.set()  # a question in flight is not waited for


def _run(installation: Installation, stopping: threading.Event) -> None:
    pause_s = FIRST_S
    while not stopping.wait(pause_s):
        pause_s = EVERY_S
        try:
            renewed_if_due(installation)
        except CodedError as wrong:
            LOG.warning("%s", wrong.say("en"))
        except Exception:  # it must not end: who cannot renew is locked out in the end
            LOG.exception("the certificate could not be renewed")
