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
        released_by, reason, released_ns: Who looked at it, what became of it, and when;
            empty and None before.
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
    released_by: str = ""
    reason: str = ""
    released_ns: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody looked at it since it was last seen."""
        return self.released_ns is None or self.last_ns > self.released_ns
