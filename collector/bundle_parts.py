"""Which parts of a leaf a bundle shows: those that its statement needs. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from calibration.errors import CalibrationError
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, Document, Leaf, Record, RecordKind, decode
from evidence.log.layout import DOCUMENT_FIELDS, FIRST_STREAM, first_record
from evidence.log.parts import PartlyShown, parted, partly_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is shown of leaves of version 2; those of version 1 are whole.

    Attributes:
        channels: Whose streams and records are shown.
        file_names: Whether the names of documents are.
        named: What the collector found wrong; names of documents among it are shown all the
            same, and so is what an agent says of devices, if it is.
    """

    channels: frozenset[str]
    file_names: bool = True
    named: frozenset[str] = frozenset()

    def of(self, leaf: bytes) -> bytes | PartlyShown:
        """What is shown of a leaf's exact bytes; all of them where nothing is to be withheld."""
        found = parted(leaf)
        if found is None:
            return leaf
        try:
            hidden = frozenset(self._hidden(decode(leaf)))
        except (EvidenceError, CalibrationError):
            return leaf  # it is in the quarantine, and everybody may see why
        return partly_shown(found, lambda number: number not in hidden) if hidden else leaf

    def _hidden(self, leaf: Leaf) -> Iterator[int]:
        """Numbers of the parts that are withheld."""
        if isinstance(leaf, Document):
            if not self.file_names and leaf.name not in self.named:
                yield 2 + DOCUMENT_FIELDS.index("name")
            return
        for number, stream in enumerate(leaf.streams, FIRST_STREAM):
            if stream.head.channel not in self.channels:
                yield number
        for number, record in enumerate(leaf.records, first_record(len(leaf.streams))):
            if not self._tells_of_these(record):
                yield number

    def _tells_of_these(self, record: Record) -> bool:
        """Whether a record is about one of the channels, their devices, or the agent as a whole."""
        if record.kind is RecordKind.IDENTITY:
            device = str(record.facts.get("device", ""))
            return device in self._devices or record.kind.value in self.named
        return not record.channel or record.channel in self.channels

    @property
    def _devices(self) -> frozenset[str]:
        return frozenset(each.split("/")[1] for each in self.channels if each.count("/") == 2)


def subjects_of_others(leaf: Leaf | None, channels: frozenset[str]) -> frozenset[str]:
    """What a fault in a leaf may be of that is not of these channels; nobody is shown it."""
    if not isinstance(leaf, Batch):
        return frozenset()
    streams = {each.head.channel for each in leaf.streams} - channels
    records = (each for each in leaf.records if each.channel not in {"", *channels})
    return frozenset({*streams, *(f"{each.kind.value} {each.channel}" for each in records)})
