"""Whoever enters something by a command at the machine."""

from dataclasses import dataclass

from msgspec.structs import replace

from collector.people.administration import Doer
from evidence.log.entry import Act, Action, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMachine:
    """Somebody at the machine itself: no token limits them, and the entry says so by its role."""

    doer: Doer

    def act(
        self,
        action: Action,
        *,
        site: str,
        subject: str,
        reason: str,
        old: Json = None,
        new: Json = None,
    ) -> Act:
        """What they do, to be entered into the journal."""
        return replace(self.doer.act(action, subject, reason), site=site, old=old, new=new)
