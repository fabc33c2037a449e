"""Documents of laboratories that are kept here: the way back to what was accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final
from urllib.parse import urlencode

from collector.api.parts import Parts
from collector.api.security import Reader
from collector.journal_read import Recorded
from collector.original_register import handed_in, read_as
from collector.web.factory.channels import Paged, paged
from evidence.clock import parse_utc

ON_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document as its entry in the journal has it.

    Attributes:
        sha256: Of its exact bytes.
        name: Of its file, as whoever handed it in called it.
        site: That it concerns.
        by, at_ns: Who handed it in, and when, POSIX ns.
        position: Of the entry.
        read_as: What was chosen of it: `item`, `kind`.
    """

    sha256: str
    name: str
    site: str
    by: str
    at_ns: int
    position: int
    read_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it is shown: an XML file as a DCC, another document as it came."""
        if not self.name.lower().endswith(".xml"):
            return self.as_it_came
        chosen = f"?{urlencode(self.read_as)}" if self.read_as else ""
        return f"/certificates/new/dcc/{self.sha256}{chosen}"

    @property
    def as_it_came(self) -> str:
        """Where its bytes are."""
        return f"/api/v1/originals/{self.sha256}"


def kept_documents(parts: Parts, reader: Reader, page: int) -> Paged[Kept]:
    """A page of the documents of the sites that a reader may see, the last one first.

    Args:
        parts: Of the collector.
        reader: Who asks.
        page: Its number, from 1 on; one beyond the last is the last.
    """
    with parts.journal() as journal:
        found = [_kept(each) for each in handed_in(journal) if reader.sees(each.entry.site)]
    return paged(sorted(found, key=attrgetter("position"), reverse=True), page, ON_A_PAGE)


def _kept(recorded: Recorded) -> Kept:
    entry = recorded.entry
    told = entry.new if isinstance(entry.new, dict) else {}
    return Kept(
        sha256=entry.subject,
        name=str(told.get("name", "")),
        site=entry.site,
        by=entry.who,
        at_ns=parse_utc(entry.at),
        position=recorded.position,
        read_as=read_as(recorded),
    )
