"""Whether a logged document bears on what some instruments showed (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.judging.library import Library
from evidence.log.batch import Document


def certified(documents: Iterable[Document], serials: frozenset[str]) -> frozenset[str]:
    """Ids of the certificates among documents that are for one of these instruments."""
    found: set[str] = set()
    for leaf in documents:
        if leaf.kind == "certificate":
            own = Library().with_document(leaf).register.certificates
            found |= {each.id for each in own if each.instrument.serial in serials}
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevant:
    """What a statement rests on.

    Attributes:
        channels: The stated one, and those that it is computed from.
        serials: Of the instruments that showed them.
        profiles: SHA-256 of the device profiles that their readings cite.
        certificates: Ids that their readings and confirmations cite.
    """

    channels: frozenset[str]
    serials: frozenset[str]
    profiles: frozenset[str]
    certificates: frozenset[str]

    def bears(self, leaf: Document) -> bool:
        """Whether a document bears on it; what cannot be told apart does.

        The agent's configuration never does: it may name what is nobody else's business.
        """
        if leaf.kind == "profile":
            return leaf.sha256 in self.profiles
        if leaf.kind == "configuration":
            return False
        register = Library().with_document(leaf).register
        return (
            any(self._certifies(each.id, each.instrument.serial) for each in register.certificates)
            or any(each.serial in self.serials for each in register.confirmations)
            or any(
                each.serial in self.serials or each.certificate in self.certificates
                for each in register.events
            )
            or any(each.derivation in self.channels for each in register.derivations)
            or any(each.plan in self.channels for each in register.plans)
            or any(each.channel in self.channels for each in register.tests)
            or (bool(register.settings) and len(self.channels) > 1)
        )

    def _certifies(self, certificate: str, serial: str) -> bool:
        return certificate in self.certificates or serial in self.serials
