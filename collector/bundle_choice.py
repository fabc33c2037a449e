"""What a bundle is written from, of the leaves that were chosen for it."""

from collections.abc import Callable, Iterator, Mapping

from collector.bundle_held import Held
from collector.bundle_leaves import Choosing
from collector.bundle_originals import originals_cited
from collector.bundle_parts import subjects_of_others
from collector.bundle_scope import decoded_of, documents_in
from collector.ledger_rows import StoredLeaf
from evidence.bundle.form import LeftOut
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.writing import Choice, ChosenLog
from evidence.log.parts import PartlyShown
from evidence.statement.datum import ActivityData

Shown = Callable[[bytes], bytes | PartlyShown]


def choice_of(
    choosing: Choosing,
    datum: ActivityData,
    remembered: Mapping[tuple[str, str], tuple[int, ...]],
    shown: Shown,
) -> Choice:
    """What was chosen for a statement, each leaf as far as it is `shown`; all in memory.

    Raises:
        LedgerError: a leaf cannot be read.
    """
    logs, held, leaves = choosing.logs(), choosing.held, list(choosing.leaves())
    agents = {agent for agent, _ in logs}
    documents = list(documents_in(leaves, held.lookup.faulty()))
    return Choice(
        datum=datum,
        known_until_ns=choosing.scope.known_ns,
        accept_simulated=held.accept_simulated,
        channels=choosing.named,
        sites={agent: held.sites.get(agent, "") for agent in agents},
        keys=tuple(each for each in held.keys if each.role == "collector" or each.of in agents),
        logs=tuple(_log(held, *each, remembered.get(each, ())) for each in logs),
        leaves=[
            ShownLeaf(
                log=logs.index((each.agent, each.epoch)),
                sequence=each.sequence,
                received_ns=each.received_ns,
                data=shown(each.leaf),
            )
            for each in leaves
        ],
        left_out=tuple(_left_out(choosing, leaves)),
        documents={leaf.sha256: leaf.data() for leaf in documents},
        originals=originals_cited(documents, datum.certificates, held.originals),
    )


def _log(held: Held, agent: str, epoch: str, remembered: tuple[int, ...]) -> ChosenLog:
    state = held.ledger.state(agent, epoch)
    return ChosenLog(
        agent=agent,
        epoch=epoch,
        note=state.note,
        receipt=state.receipt,
        hashes=held.ledger.hashes(agent, epoch)[: state.size],
        remembered=remembered,
    )


def _left_out(choosing: Choosing, leaves: list[StoredLeaf]) -> Iterator[LeftOut]:
    """What was quarantined of the chosen leaves, as far as it is of these channels."""
    logs = choosing.logs()
    by_place = {(each.agent, each.epoch, each.sequence): each for each in leaves}
    for agent, epoch, sequence, subject in sorted(choosing.held.lookup.faulty()):
        stored = by_place.get((agent, epoch, sequence))
        if stored is None or subject.startswith("clock "):
            continue
        if subject not in subjects_of_others(decoded_of(stored), choosing.channels):
            log = logs.index((agent, epoch))
            yield LeftOut(log=log, sequence=sequence, subject=subject)
