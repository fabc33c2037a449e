"""What comes of judging a leaf: windows, faults, and what was taken note of."""

from dataclasses import dataclass, field

import msgspec

from calibration.errors import CalibrationError
from calibration.mean import MeanWindow
from calibration.window import Window
from evidence.errors import CodedError
from evidence.judging.bounds import StampBounds
from evidence.log.batch import Document, Record, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a leaf stands in the ledger and in its log, and when it was received (UTC ns)."""

    position: int
    agent: str
    epoch: str
    sequence: int
    received_ns: int

    @property
    def place(self) -> tuple[str, str, int]:
        """Its place in the agent's log."""
        return self.agent, self.epoch, self.sequence


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a leaf: which stream or document, the code, and the words.

    Args:
        message, message_zh: in English and in Chinese.
    """

    subject: str
    code: str
    message: str
    message_zh: str

    def say(self, language: str) -> str:
        """The words in `language` ("en" or "zh")."""
        return self.message_zh if language == "zh" else self.message


class Reopening(msgspec.Struct, frozen=True):
    """How a channel is taken up again after a restart; instants in UTC ns.

    `from_ns`: readings of a register before it are told already, or were wrong; `told_ns`: what
    happened until then is told in hours that are closed. `stood` is the instrument that stood there
    at `from_ns` and `named` the one that the head named, None if nothing had been read; `serials`
    are all that it was read from.
    """

    from_ns: int = 0
    told_ns: int = 0
    stood: str | None = None
    named: str | None = None
    serials: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Judgement:
    """What a leaf gave.

    `opened` says, for each channel of the leaf, from which position on leaves hold readings of
    hours that are still open, and how it is taken up again from there.
    `late` says that a document or an exchange
    changes what was applied to readings that have been judged: they must be judged again.
    `bounds` hold for the stamps of its streams.
    """

    windows: list[Window] = field(default_factory=list)
    means: list[MeanWindow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    opened: dict[str, tuple[int, Reopening]] = field(default_factory=dict)
    late: bool = False
    bounds: StampBounds | None = None


def fault_of(subject: str, wrong: CodedError | CalibrationError) -> Fault:
    """A fault, by the error that was raised over it."""
    return Fault(
        subject=subject, code=wrong.code, message=wrong.say("en"), message_zh=wrong.say("zh")
    )


def fault_of_ours(subject: str, ours: Exception) -> Fault:
    """A gap in our own checks: it must not hold up what stands beside it."""
    return Fault(subject=subject, code="E_JUDGE", message=repr(ours), message_zh=repr(ours))
