"""What agents are answered: receipts over what is committed, and what keeps them waiting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from collector.agents import receipt_topic
from collector.errors import LedgerError
from collector.ledger import Ledger
from collector.outcome import LogState
from collector.pace import Pace
from evidence.clock import NS_PER_S, Clock
from evidence.log.envelope import Wanted, seal
from evidence.log.key import SigningKey
from evidence.log.note import parse_note
from evidence.log.receipt import cosign

INTERVAL_NS: Final = NS_PER_S
Log = tuple[str, str]


class Reply(NamedTuple):
    """An answer to publish, QoS 1.

    Attributes:
        topic: The agent's receipt topic.
        payload: A sealed `Wanted`.
        retain: Whether the broker shall keep it for the agent's next connection: true for
            a plain receipt of the agent's latest epoch, so that neither a refusal nor an
            old epoch ever stands where a restored agent looks.
    """

    topic: str
    payload: bytes
    retain: bool


@dataclass(slots=True, kw_only=True)
class Due:
    """What a log is to be answered.

    Attributes:
        committed: Sequences of the leaves that were admitted.
        repeated: A leaf came that is held already.
        behind: A leaf came beyond the log's end.
        cause: Code of the last refusal; empty if there was none.
    """

    committed: list[int] = field(default_factory=list)
    repeated: bool = False
    behind: bool = False
    cause: str = ""


class Answers:
    """Signs receipts for what the ledger holds, and nothing else.

    Attributes:
        signed: How many receipts were signed.
        not_stored: How many of them could not be written back; they are signed anew.
    """

    def __init__(self, *, ledger: Ledger, signer: SigningKey, clock: Clock) -> None:
        self._ledger = ledger
        self._signer = signer
        self._clock = clock
        self._pace = Pace(interval_ns=INTERVAL_NS)
        self.signed = 0
        self.not_stored = 0

    def answer(self, due: Mapping[Log, Due]) -> list[Reply]:
        """The answers that are due, after the commit.

        Raises:
            LedgerError: The head cannot be remembered, or the ledger cannot be read;
                nothing was signed.
        """
        states = self._receipted(due)
        replies: list[Reply] = []
        for log, what in due.items():
            replies.extend(self._replies(states[log], what))
        return replies

    def current(self, agents: Iterable[str]) -> list[Reply]:
        """The receipts of the latest epoch of each agent, for a broker that forgot them.

        Raises:
            LedgerError: As for `answer`.
        """
        epochs = ((agent, self._ledger.epochs(agent)) for agent in agents)
        states = self._receipted([(agent, held[-1]) for agent, held in epochs if held])
        return [self._reply(state, "") for state in states.values()]

    def refusals(self, due: Mapping[Log, Due], cause: str) -> list[Reply]:
        """To each log that nothing was committed, and why; empty if even that cannot be read."""
        try:
            states = [self._ledger.state(*log) for log in due]
            return [self._reply(state, cause) for state in states if self._new(state, cause)]
        except LedgerError:
            return []

    def unknown(self, claimed: Mapping[Log, str]) -> list[Reply]:
        """To those whose key is not pinned, why: at most one a second for each agent's topic.

        It says nothing of the log, and is not kept by the broker.
        """
        now_ns = self._clock.monotonic_ns()
        return [
            Reply(
                topic=receipt_topic(agent),
                payload=seal(Wanted(epoch=epoch, want=0, cause=cause)),
                retain=False,
            )
            for (agent, epoch), cause in claimed.items()
            if self._pace.allows(agent, None, now_ns)
        ]

    def _replies(self, state: LogState, what: Due) -> Iterable[Reply]:
        latest = self._ledger.epochs(state.agent)[-1:]
        if latest and latest != (state.epoch,):
            # An agent that goes on in an epoch that is over was restored, and hears of it.
            yield self._reply(self._ledger.state(state.agent, latest[0]), "")
        if what.committed or what.repeated or (what.behind and self._new(state, "")):
            yield self._reply(state, "")
        if what.cause and self._new(state, what.cause):
            yield self._reply(state, what.cause)

    def _new(self, state: LogState, cause: str) -> bool:
        """Whether this was not said of the log a moment ago."""
        subject = (state.agent, state.epoch, bool(cause))
        return self._pace.allows(subject, (state.size, cause), self._clock.monotonic_ns())

    def _reply(self, state: LogState, cause: str) -> Reply:
        # A receipt that does not cover everything yet is still true, and `want` says the rest.
        wanted = Wanted(epoch=state.epoch, want=state.size, receipt=state.receipt, cause=cause)
        latest = state.size > 0 and self._ledger.epochs(state.agent)[-1] == state.epoch
        retain = latest and not cause
        return Reply(topic=receipt_topic(state.agent), payload=seal(wanted), retain=retain)

    def _receipted(self, logs: Iterable[Log]) -> dict[Log, LogState]:
        """The states of these logs, each with a receipt over all of its leaves."""
        self._ledger.remember()
        states = {log: self._ledger.state(*log) for log in logs}
        signed = {
            log: (state.size, self._signed(state))
            for log, state in states.items()
            if state.receipt_size != state.size
        }
        if signed:
            self._store(signed)
        for log, (size, receipt) in signed.items():
            states[log] = replace(states[log], receipt=receipt, receipt_size=size)
        return states

    def _signed(self, state: LogState) -> bytes:
        self.signed += 1
        return cosign(parse_note(state.note).text, self._signer, self._clock.now_ns())

    def _store(self, signed: Mapping[Log, tuple[int, bytes]]) -> None:
        try:
            self._ledger.set_receipts(signed)
        except LedgerError:
            # The leaves are committed, so the receipts are true; the next question signs anew.
            self.not_stored += len(signed)
