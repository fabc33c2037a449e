"""What a message can be to an agent's log, and what is known of that log."""

from dataclasses import dataclass

from collector.errors import EquivocationError, LogRootError
from evidence.errors import CodedError
from evidence.log import merkle


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """Where an agent's log ends, as far as it is held here.

    Attributes:
        agent: Whose log.
        epoch: Which of its logs.
        frontier: The edge of its tree; empty before the first leaf.
        note: The agent's signed checkpoint of this size; empty before the first leaf.
        receipt: The receipt last signed for this log; empty if none was.
        receipt_size: How many leaves that receipt covers.
    """

    agent: str
    epoch: str
    frontier: merkle.Frontier = merkle.Frontier()  # noqa: RUF009 - frozen
    note: bytes = b""
    receipt: bytes = b""
    receipt_size: int = 0

    @property
    def size(self) -> int:
        """Number of leaves, which is the sequence of the next one."""
        return self.frontier.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held at a position.

    Attributes:
        leaf_hash: The leaf's hash, 32 bytes.
        root: The root of the agent's log up to and with this leaf, 32 bytes.
    """

    leaf_hash: bytes
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A message whose signer is known; its leaf is not looked at yet.

    Attributes:
        agent: Who signed.
        epoch: Which of its logs.
        sequence: The leaf's index in it.
        root: The root that was signed, over `sequence` + 1 leaves.
        note: The signed checkpoint's exact bytes.
        frame: The leaf, compressed, as it came.
    """

    agent: str
    epoch: str
    sequence: int
    root: bytes
    note: bytes
    frame: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A leaf that continues its log.

    Attributes:
        agent: Whose log.
        epoch: Which of its logs.
        sequence: The leaf's index.
        leaf: Its exact bytes.
        frame: The same, compressed, as they came; the ledger keeps them so.
        leaf_hash: Their hash, 32 bytes.
        frontier: The edge of the tree with this leaf.
        root: Its root, 32 bytes; the one that was signed.
        note: The signed checkpoint's exact bytes.
    """

    agent: str
    epoch: str
    sequence: int
    leaf: bytes
    frame: bytes
    leaf_hash: bytes
    frontier: merkle.Frontier
    root: bytes
    note: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A leaf that is held already; the current receipt answers it."""

    agent: str
    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A leaf beyond the end of what is held; `want` is the first that lacks."""

    agent: str
    epoch: str
    want: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A message that is not taken.

    Attributes:
        error: Why, with its code.
        agent: Who signed it; empty if nobody known did.
        epoch: Which log it speaks of; empty if that is not known.
        claimed: Agent and epoch that a message of an unknown signer names. Nothing of it is
            proven: it may be told why it is refused, and nothing else.
    """

    error: CodedError
    agent: str = ""
    epoch: str = ""
    claimed: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivocation:
    """A signed root that contradicts what is held: a branch, to be kept beside it.

    Attributes:
        error: E_EQUIVOCATION if the position is held under another root; E_LOG_ROOT at
            the next position, where a message altered on its way looks the same.
        agent: Who signed.
        epoch: Which of its logs.
        sequence: Where the branch stands.
        root: The other root, signed, 32 bytes.
        note: The signed checkpoint's exact bytes.
        leaf: The leaf that came with it.
    """

    error: EquivocationError | LogRootError
    agent: str
    epoch: str
    sequence: int
    root: bytes
    note: bytes
    leaf: bytes


Outcome = Admitted | Duplicate | Ahead | Refused | Equivocation
