"""What is read from a ledger."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLeaf:
    """A leaf as it is held.

    Attributes:
        position: Its index among all leaves, in order of admission.
        agent, epoch, sequence: Its place in the agent's log.
        leaf: Its exact bytes.
        leaf_hash: Their hash, 32 bytes; found to fit.
        root: Root of the agent's log up to and with it, 32 bytes.
        received_ns: When it was committed, POSIX ns.
    """

    position: int
    agent: str
    epoch: str
    sequence: int
    leaf: bytes
    leaf_hash: bytes
    root: bytes
    received_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A signed history that contradicts the one held, kept beside it.

    Attributes:
        agent, epoch, sequence: Where it leaves the log.
        root: The other root that was signed, 32 bytes.
        code: E_EQUIVOCATION or E_LOG_ROOT.
        note: The signed checkpoint.
        leaf: The leaf that came with it.
        first_ns, last_ns: When it was first and last seen, POSIX ns.
        seen: How often.
    """

    agent: str
    epoch: str
    sequence: int
    root: bytes
    code: str
    note: bytes
    leaf: bytes
    first_ns: int
    last_ns: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A file that batches cite by digest.

    Attributes:
        sha256: Of its bytes, 64 hexadecimal digits.
        kind, name: As the agent logged it.
        content: Its exact bytes.
        position: The leaf that brought it first.
        recorded_ns: When that leaf was committed, POSIX ns.
    """

    sha256: str
    kind: str
    name: str
    content: bytes
    position: int
    recorded_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A stream of a leaf that is kept but not counted; `released_by` is empty until it is."""

    id: int
    position: int
    stream: str
    code: str
    message: str
    at_ns: int
    released_by: str
    reason: str
    released_ns: int | None
