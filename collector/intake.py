"""Intake: messages in, commits, answers out. No sockets, no threads.

The order is fixed: admit, commit, remember the head, sign, answer. Whoever drives it (the
MQTT shell, a replay, a test) calls `feed` for each message and `flush` to commit what was
admitted since; nothing is receipted before its commit.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from collector.admit import admit, identify
from collector.agents import Agents, batch_topic
from collector.answers import Answers, Due, Log, Reply
from collector.errors import LedgerError
from collector.ledger import Ledger
from collector.outcome import (
    Admitted,
    Ahead,
    Duplicate,
    Equivocation,
    Held,
    LogState,
    Outcome,
    Presented,
    Refused,
)
from collector.pace import Pace
from collector.quota import QuotaError, Quotas, QuotaSection
from evidence.clock import NS_PER_S, Clock
from evidence.log.key import SigningKey

WARNING_INTERVAL_NS: Final = 60 * NS_PER_S
OnCommit = Callable[[str, str, Sequence[int]], None]
_logger: Final = logging.getLogger(__name__)


class Intake:
    """The one owner of a ledger's appends and of the collector's receipts.

    Attributes:
        counters: How often what happened, by (event, code), for /metrics. The events are
            admitted, duplicate, gap, refused, equivocation, branch_not_kept, receipt,
            receipt_not_stored, not_committed and hook_failed.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        agents: Agents,
        signer: SigningKey,
        clock: Clock,
        on_commit: OnCommit | None = None,
        quota: QuotaSection | None = None,
    ) -> None:
        """Prepares an intake; nothing is read or signed yet.

        Args:
            ledger: The open ledger; nobody else appends to it.
            agents: The pinned keys.
            signer: The collector's cosignature/v1 key.
            clock: Stamps what is received and signed.
            on_commit: Called with agent, epoch and sequences after each commit, in the
                thread that flushes and before the answers are handed out, so it shall be
                quick. A crash can swallow a call: who needs every leaf keeps a cursor.
            quota: How much each agent may send; as much as it likes if left out.
        """
        self._ledger = ledger
        self._agents, self._topics = agents, _topics(agents)
        self._answers = Answers(ledger=ledger, signer=signer, clock=clock)
        self._clock = clock
        self._on_commit = on_commit
        self._quotas = Quotas(section=quota or QuotaSection())
        self._pending: dict[tuple[str, str, int], Admitted] = {}
        self._branches: list[Equivocation] = []
        self._tips: dict[Log, LogState] = {}
        self._due: dict[Log, Due] = {}
        self._unknown: dict[Log, str] = {}
        self._warnings = Pace(interval_ns=WARNING_INTERVAL_NS)
        self.counters: Counter[tuple[str, str]] = Counter()

    @property
    def pending_bytes(self) -> int:
        """Bytes of the leaves that the next `flush` writes."""
        admitted = sum(len(one.leaf) for one in self._pending.values())
        return admitted + sum(len(one.leaf) for one in self._branches)

    def repin(self, agents: Agents) -> None:
        """Takes other pinned keys, from the next message on."""
        self._agents, self._topics = agents, _topics(agents)

    def expects(self, topic: str) -> bool:
        """Whether a topic is a pinned agent's; may be asked from any thread."""
        return topic in self._topics

    def feed(self, topic: str, payload: bytes) -> Outcome:
        """What a message is to its log; the answer comes with the next `flush`.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        presented = identify(payload, topic, self._agents)
        outcome = presented if isinstance(presented, Refused) else self._admit(presented)
        self._note(outcome)
        return outcome

    def _admit(self, presented: Presented) -> Outcome:
        log = (presented.agent, presented.epoch)
        state = self._tips.get(log) or self._ledger.state(*log)
        held = self._held(presented) if presented.sequence < state.size else None
        outcome = admit(presented, state, held)
        return self._allowed(outcome) if isinstance(outcome, Admitted) else outcome

    def _allowed(self, admitted: Admitted) -> Outcome:
        """The leaf, or a refusal for now of one that goes beyond its agent's quota."""
        agent, epoch = admitted.agent, admitted.epoch
        limit = self._quotas.exceeded(agent, self._clock.monotonic_ns())
        if limit is not None:
            return Refused(
                error=QuotaError(f"{agent}/{epoch}", limit=limit), agent=agent, epoch=epoch
            )
        self._quotas.take(agent, admitted.leaf)
        return admitted

    def throttled(self) -> list[tuple[str, str]]:
        """Agents that are slowed down and their limits; may be asked from any thread."""
        return self._quotas.throttled(self._clock.monotonic_ns())

    def _held(self, presented: Presented) -> Held | None:
        place = (presented.agent, presented.epoch, presented.sequence)
        waiting = self._pending.get(place)
        if waiting is not None:
            return Held(leaf_hash=waiting.leaf_hash, root=waiting.root)
        return self._ledger.held(*place)

    def _note(self, outcome: Outcome) -> None:
        """Counts an outcome and puts down what its log is to be answered."""
        match outcome:
            case Admitted():
                self._count("admitted")
                self._take(outcome)
            case Duplicate():
                self._count("duplicate")
                self._due_to(outcome).repeated = True
            case Ahead():
                self._count("gap")
                self._due_to(outcome).behind = True
            case Equivocation():
                self._count("equivocation", outcome.error.code)
                self._branches.append(outcome)
                self._refuse(outcome)
            case Refused():
                self._count("refused", outcome.error.code)
                self._refuse(outcome)

    def _take(self, admitted: Admitted) -> None:
        log = (admitted.agent, admitted.epoch)
        self._pending[(*log, admitted.sequence)] = admitted
        self._tips[log] = LogState(
            agent=admitted.agent,
            epoch=admitted.epoch,
            frontier=admitted.frontier,
            note=admitted.note,
        )
        self._due_to(admitted).committed.append(admitted.sequence)

    def _refuse(self, outcome: Refused | Equivocation) -> None:
        """The signer is told; who is not known is told no more than that."""
        code = outcome.error.code
        if self._warnings.allows(code, None, self._clock.monotonic_ns()):
            _logger.warning("%s", outcome.error)
        if outcome.agent and outcome.epoch:
            self._due_to(outcome).cause = code
        elif isinstance(outcome, Refused) and outcome.claimed:
            self._unknown[outcome.claimed] = code

    def _due_to(self, outcome: Outcome) -> Due:
        return self._due.setdefault((outcome.agent, outcome.epoch), Due())

    def _count(self, event: str, code: str = "", by: int = 1) -> None:
        self.counters[event, code] += by

    def flush(self) -> list[Reply]:
        """Commits what was admitted since the last time; what to publish then, in order.

        A ledger that cannot commit raises nothing here: nothing is receipted, the agents
        are told the cause, and they send again.
        """
        unknown, self._unknown = self._unknown, {}
        return [*self._flushed(), *self._answers.unknown(unknown)]

    def _flushed(self) -> list[Reply]:
        due, self._due = self._due, {}
        try:
            self._commit()
        except LedgerError as error:
            self._quotas.settle(committed=False)
            return self._not_committed(due, error)
        self._quotas.settle(committed=True)
        self._tell(due)
        return self._answered(lambda: self._answers.answer(due), due)

    def _commit(self) -> None:
        pending, self._pending = tuple(self._pending.values()), {}
        branches, self._branches = self._branches, []
        self._tips.clear()
        if not pending and not branches:
            return
        now_ns = self._clock.now_ns()
        with self._ledger.transaction():
            if pending:
                self._ledger.append_many(pending, now_ns)
            for branch in branches:
                if not self._ledger.add_branch(branch, now_ns):
                    self._count("branch_not_kept")

    def resume(self) -> list[Reply]:
        """The current receipts of all pinned agents: at start, and when the broker was away."""
        return self._answered(lambda: self._answers.current(self._agents.ids()), {})

    def _answered(self, answer: Callable[[], list[Reply]], due: Mapping[Log, Due]) -> list[Reply]:
        try:
            return answer()
        except LedgerError as error:
            return self._not_committed(due, error)
        finally:
            self.counters["receipt", ""] = self._answers.signed
            self.counters["receipt_not_stored", ""] = self._answers.not_stored

    def _not_committed(self, due: Mapping[Log, Due], error: LedgerError) -> list[Reply]:
        self._count("not_committed", error.code)
        _logger.error("%s", error)
        return self._answers.refusals(due, error.code)

    def _tell(self, due: Mapping[Log, Due]) -> None:
        if self._on_commit is None:
            return
        for (agent, epoch), what in due.items():
            if what.committed:
                try:
                    self._on_commit(agent, epoch, tuple(what.committed))
                except Exception:  # custody goes on whatever becomes of the rest
                    self._count("hook_failed")
                    _logger.exception("what follows a commit failed for %s/%s", agent, epoch)


def _topics(agents: Agents) -> frozenset[str]:
    return frozenset(map(batch_topic, agents.ids()))
