"""Statements from leaves that are judged again: as of an instant, or by hours of other minutes.

Kept are the hours of UTC as they are told now. Whoever asks what was known at an instant, or of a
period whose hours begin at other minutes, gets what follows from the leaves themselves.
"""

from collections.abc import Sequence

from calibration.grid import grid_of
from collector.api.as_of_errors import IN_PARTS, LOOKS_BACK, AsOfLimitError
from collector.api.parts import Parts
from collector.api.planned import Plans, looked_at
from collector.api.pool import Sources
from collector.api.statement import Span
from collector.as_known import as_known, following, stated_as_known
from collector.bundle_held import Held, leaves_behind, require_dividing_behind
from collector.bundle_scope import Scope
from collector.documented import every
from collector.site_register import received_by
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.hourly import require_utc_hours


class JudgedAgain:
    """What follows from leaves that are judged again, for one answer.

    Args:
        sources: Where the leaves are.
        parts: Of the interface.
        as_of_ns: The instant as of which all is told, UTC ns; None for now.
    """

    def __init__(self, sources: Sources, parts: Parts, as_of_ns: int | None) -> None:
        self._sources, self._parts, self._as_of_ns = sources, parts, as_of_ns

    def as_of(self, spans: Sequence[Span]) -> int | None:
        """As of when leaves are judged again, UTC ns; None where the hours that are kept answer."""
        if self._as_of_ns is None and grid_of(spans[0][0]):
            return self._parts.clock.now_ns()
        return self._as_of_ns

    def require_leaves(self, channels: Sequence[str], spans: Sequence[Span]) -> None:
        """Returns if not too many leaves have to be judged again; for kept hours none have.

        Raises:
            AsOfLimitError: they are too many.
        """
        if self.as_of(spans) is not None:
            self._require_leaves(channels, (spans[0][0], spans[-1][1]), under_plan=False)

    def require_dividing(self, channel: str, span: Span) -> None:
        """Returns if the hours of a period cut no reading of a channel in two, by its first leaf.

        Raises:
            PeriodError: they do.
        """
        if is_entered(channel):
            return
        at_ns = self._as_of_ns
        counts = every if at_ns is None else received_by(self._sources.ledger, at_ns)
        require_dividing_behind(self._held(), channel, span, counts)

    def require_plan_room(self, planned: Sequence[str], spans: Sequence[Span]) -> None:
        """The same for channels that are told under plans.

        Raises:
            AsOfLimitError: they rest on too many leaves.
            PeriodError: the periods do not lie at full hours of UTC.
        """
        for channel in planned:
            require_utc_hours((spans[0][0], spans[-1][1]), channel)
        if self._as_of_ns is not None and planned:
            self._require_leaves(planned, looked_at(spans, self._as_of_ns), under_plan=True)

    def _require_leaves(self, channels: Sequence[str], whole: Span, *, under_plan: bool) -> None:
        held, limit = self._held(), self._parts.as_of.most_leaves
        counts = (
            leaves_behind(held, each, whole, under_plan=under_plan) for each in _measured(channels)
        )
        found = sum(counts)
        if found > limit:
            how = LOOKS_BACK if under_plan else IN_PARTS
            where = "start, end" if self._as_of_ns is None else "as_of"
            raise AsOfLimitError(where, found=found, limit=limit, how=how)

    def stated(self, channel: str, spans: Sequence[Span], at_ns: int) -> list[ActivityData]:
        """The activity data of a channel that was read, by what had been received at an instant.

        Raises:
            LedgerError: a leaf cannot be read.
            WindowMergeError: two hours of a period do not join.
        """
        return stated_as_known(self._held(), channel, spans, at_ns, self._parts.software)

    def planned(
        self, plans: Plans, channel: str, spans: Sequence[Span], at_ns: int
    ) -> list[ActivityData]:
        """The same with what each period comes to under the channel's plan.

        Raises:
            LedgerError, WindowMergeError: as `stated`.
            PeriodError: a period does not lie at full hours of UTC.
        """
        back_ns, ahead_ns = looked_at(spans, at_ns)
        scope = Scope(
            channel=channel,
            period=(spans[0][0], spans[-1][1]),
            known_ns=at_ns,
            looks_back_ns=back_ns,
            looks_ahead_ns=ahead_ns,
        )
        known = as_known(self._held(), scope)
        data = following(known, channel, spans, self._parts.software)
        return plans.stated(data, known.memory, at_ns)

    def _held(self) -> Held:
        return Held(
            lookup=self._sources.store.lookup,
            ledger=self._sources.ledger,
            sites=self._parts.sites,
            keys=(),
            accept_simulated=True,  # what was refused for its clock is in no index
        )


def _measured(channels: Sequence[str]) -> list[str]:
    """Those of which leaves tell."""
    return [each for each in channels if not is_entered(each)]
