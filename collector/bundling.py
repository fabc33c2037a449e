"""What goes into a statement's bundle."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from collector.as_known import as_known
from collector.bundle_choice import choice_of
from collector.bundle_held import Held
from collector.bundle_leaves import Choosing
from collector.bundle_parts import Showing
from collector.bundle_scope import Scope
from collector.errors import LedgerAbsentError
from collector.site_register import received_by, site_register
from evidence.bundle.writing import Choice
from evidence.clock import parse_utc
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered
from evidence.statement.monitoring.ahead import AHEAD_NS
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import HISTORY_NS
from evidence.statement.monitoring.stating import under_plan


def choose(
    held: Held,
    digest: str,
    *,
    remembered: Mapping[tuple[str, str], tuple[int, ...]] | None = None,
    whole: bool = False,
    file_names: bool = True,
    history: bool = False,
) -> Choice:
    """What proves the statement with a digest.

    Args:
        held: what the collector holds.
        digest: SHA-256 of the statement.
        remembered: sizes of logs, by agent and epoch, from which consistency shall be proven.
        whole: whether no leaf between the first and the last chosen one is withheld, and of
            the chosen ones no part; else only what is of the statement's channels is shown.
        file_names: whether the names of documents are shown; asked for only where not `whole`.
        history: of a statement under a plan, whether the readings that rules looked back on are
            brought too.

    Raises:
        LedgerAbsentError: no such statement was made here.
        LedgerError: a leaf cannot be read.
    """
    datum, stated_ns = held.lookup.activity(digest), held.lookup.stated_ns(digest)
    if datum is None or stated_ns is None:
        what = Words(f"a statement {digest}", f"陈述 {digest}")
        raise LedgerAbsentError("activity", what=what)
    if is_entered(datum.channel):
        return _of_entries(held, datum, stated_ns)
    period = parse_utc(datum.period.start), parse_utc(datum.period.end)
    scope = Scope(
        channel=datum.channel,
        period=period,
        known_ns=stated_ns,
        looks_back_ns=looks_back_ns(datum, history=history),
        looks_ahead_ns=looks_ahead_ns(datum) if history else None,
    )
    choosing = Choosing(held, scope)
    choosing.run()
    if whole:
        choosing.fill()
        return _planned(
            held, choice_of(choosing, datum, remembered or {}, lambda leaf: leaf), scope
        )
    showing = Showing(
        channels=choosing.channels,
        file_names=file_names,
        named=frozenset(subject for *_, subject in held.lookup.faulty()),
    )
    return _planned(held, choice_of(choosing, datum, remembered or {}, showing.of), scope)


def looks_back_ns(datum: ActivityData, *, history: bool) -> int | None:
    """From when on readings belong to a bundle, UTC ns; None where no plan is spoken of.

    Args:
        datum: whose bundle it is.
        history: whether the readings that rules looked back on do, or only those of the period.
    """
    if datum.under_plan is msgspec.UNSET:
        return None
    told = (each.told for each in datum.under_plan.parts if history)
    back = (parse_utc(each.looks_back_to) for each in told if each is not None)
    return min([parse_utc(datum.period.start), *back])


def looks_ahead_ns(datum: ActivityData) -> int | None:
    """Until when rules looked at readings behind the period, UTC ns; None where they did not."""
    if datum.under_plan is msgspec.UNSET:
        return None
    told = (each.told for each in datum.under_plan.parts)
    ahead = (each.looks_ahead_to for each in told if each is not None)
    until_ns = max((parse_utc(each) for each in ahead if isinstance(each, str)), default=0)
    return until_ns if until_ns > parse_utc(datum.period.end) else None


def _planned(held: Held, choice: Choice, scope: Scope) -> Choice:
    """The choice with the determinations behind a statement under a plan."""
    if scope.looks_back_ns is None:
        return choice
    found = _determined(held, choice.datum, scope)
    return replace(
        choice,
        monitored=found,
        looks_back_ns=scope.looks_back_ns,
        looks_ahead_ns=scope.looks_ahead_ns,
    )


def _determined(held: Held, datum: ActivityData, scope: Scope) -> tuple[Monitored, ...]:
    """The determinations that a statement names; made from what was known then, if need be.

    What follows now is nearly always the same, and is found a hundred times faster.
    """
    counts = received_by(held.ledger, scope.known_ns)
    site = scope.channel.partition("/")[0]
    register = site_register(held.lookup, held.ledger, held.sites, site, counts=counts)
    asked = register, scope.channel, scope.period, scope.known_ns
    now = under_plan(held.lookup, *asked)
    if now is not None and now.short == datum.under_plan:
        return now.monitored
    whole = replace(
        scope,
        looks_back_ns=max(0, scope.period[0] - HISTORY_NS),
        looks_ahead_ns=min(scope.period[1] + AHEAD_NS, scope.known_ns),
    )
    then = under_plan(as_known(held, whole).memory, *asked)
    return () if then is None else then.monitored


def _of_entries(held: Held, datum: ActivityData, stated_ns: int) -> Choice:
    """Of what people entered no agent holds a leaf; the journal's entries prove it."""
    return Choice(
        datum=datum,
        known_until_ns=stated_ns,
        accept_simulated=held.accept_simulated,
        channels=(datum.channel,),
        sites={},
        keys=tuple(each for each in held.keys if each.role == "collector"),
        logs=(),
        leaves=[],
        left_out=(),
        documents={},
    )
