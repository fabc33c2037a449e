"""A head that somebody wrote down before, or that a witness cosigned, against what is held here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.journal import Journal
from collector.web.audit.logs import keys_of
from evidence.clock import NS_PER_S
from evidence.errors import EvidenceError
from evidence.log.checkpoint import Checkpoint, open_checkpoint, parse_origin
from evidence.log.key import Keyring, keyring, parse_verifier
from evidence.log.note import parse_note
from evidence.log.receipt import open_receipt

LONGEST: Final = 16 * 1024
LONGEST_KEY: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the comparison.

    Attributes:
        number: From 1; its words are `audit_heads.step_<number>`.
        result: "ok", "failed" or "not_checked".
        why: The reason, in the reader's language; "" where the words say it.
    """

    number: int
    result: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLog:
    """The log that a head speaks of, as it is held here.

    Attributes:
        keys: Pinned, of whom signs its heads.
        size: Number of leaves.
        root_at: The root over the first leaves, for a size of 0 to `size`.
    """

    keys: Keyring
    size: int
    root_at: Callable[[int], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCompared:
    """What came of a comparison.

    Attributes:
        origin: The log's name; "" where the text is no head.
        size: That it speaks of.
        size_here: That is held; None for a log that is not held, or not for the reader.
        cosigned_ns: When the witness cosigned it, POSIX ns; None where none did.
    """

    steps: tuple[Step, ...]
    origin: str = ""
    size: int = 0
    size_here: int | None = None
    cosigned_ns: int | None = None


def held_log(
    parts: Parts, sources: Sources, journal: Journal, reader: Reader, origin: str
) -> HeldLog | None:
    """The log of a name, as it is held here; None where it is not, or not for the reader.

    Raises:
        LedgerError, JournalError: it cannot be read.
    """
    if origin == journal.origin:
        size = journal.head().size
        return HeldLog(keys=keyring([journal.verifier]), size=size, root_at=journal.root_at)
    try:
        named = parse_origin(origin)
    except EvidenceError:
        return None
    state = sources.ledger.state(named.agent, named.epoch)
    if not state.size or not reader.sees(parts.sites.get(named.agent, "")):
        return None

    def root_at(size: int) -> bytes | None:
        found = sources.ledger.held(named.agent, named.epoch, size - 1)
        return None if found is None else found.root

    return HeldLog(keys=keys_of(parts.agents(), named.agent), size=state.size, root_at=root_at)


def compared(
    note: str, witness: str, find: Callable[[str], HeldLog | None], language: str
) -> HeadCompared:
    """A head against what is held.

    Args:
        note: The head, as a signed note.
        witness: The witness's public line; "" for none.
        find: The log of a name.
        language: Of reasons, "en" or "zh".
    """
    data = note.replace("\r\n", "\n").strip("\n").encode(errors="replace") + b"\n"
    try:
        head = Checkpoint.from_text(parse_note(data).text)
    except EvidenceError as wrong:
        return HeadCompared(steps=(Step(number=1, result="failed", why=wrong.say(language)),))
    here = find(head.origin)
    cosigned, at_ns = _cosigned(data, witness, language)
    return HeadCompared(
        steps=(
            Step(number=1, result="ok"),
            _signed(data, here, language),
            _goes_on(head, here),
            cosigned,
        ),
        origin=head.origin,
        size=head.size,
        size_here=None if here is None else here.size,
        cosigned_ns=at_ns,
    )


def _signed(data: bytes, here: HeldLog | None, language: str) -> Step:
    if here is None or not here.keys:
        return Step(number=2, result="not_checked")
    try:
        open_checkpoint(data, here.keys)
    except EvidenceError as wrong:
        return Step(number=2, result="failed", why=wrong.say(language))
    return Step(number=2, result="ok")


def _goes_on(head: Checkpoint, here: HeldLog | None) -> Step:
    """Whether the log that is held has that head among its own.

    Roots at all sizes are those of one tree (`collector check` walks it): a log that has the
    head's root at its size goes on from it.
    """
    if here is None:
        return Step(number=3, result="not_checked")
    same = head.size == 0 or (head.size <= here.size and here.root_at(head.size) == head.root)
    return Step(number=3, result="ok" if same else "failed")


def _cosigned(data: bytes, witness: str, language: str) -> tuple[Step, int | None]:
    if not witness:
        return Step(number=4, result="not_checked"), None
    try:
        found = open_receipt(data, parse_verifier(witness, "witness"))
    except EvidenceError as wrong:
        return Step(number=4, result="failed", why=wrong.say(language)), None
    return Step(number=4, result="ok"), found.at_s * NS_PER_S
