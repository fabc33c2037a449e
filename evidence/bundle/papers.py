"""Whether the documents of a bundle are those that its leaves carry and cite."""

import hashlib

from evidence.audit.said import counted
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.errors import LeafContentError
from evidence.log.batch import Document, Leaf

_FOLDER = "documents/"


class Papers:
    """Takes note of documents while the leaves pass."""

    def __init__(self, bundle: Bundle, findings: Findings) -> None:
        self._bundle, self._findings = bundle, findings
        self._logged: set[str] = set()
        self._ids: set[str] = set()

    def take(self, leaf: Leaf) -> None:
        """Notes a document that does not have its digest."""
        if not isinstance(leaf, Document):
            return
        self._logged.add(leaf.sha256)
        try:
            leaf.data()
        except LeafContentError as wrong:
            where = f"{leaf.agent}/{leaf.epoch}/{leaf.sequence} {leaf.name}"
            self._findings.wrong(Check.DOCUMENTS, where, wrong.say("en"), wrong.say("zh"))

    def conclude(self, certificates: frozenset[str], confirmations: frozenset[str]) -> None:
        """Compares the copies with what was logged, and what is cited with what is here.

        Args:
            certificates: ids of those that are here.
            confirmations: likewise.

        Raises:
            BundleError: a member is damaged.
        """
        names = [each for each in self._bundle.container.names if each.startswith(_FOLDER)]
        for name in names:
            self._copy(name)
        for digest in sorted(self._logged - {each.removeprefix(_FOLDER) for each in names}):
            self._wrong(f"{_FOLDER}{digest}", "its copy is not here", "缺少其副本")
        datum = self._bundle.datum
        for cited in sorted({*datum.certificates} - certificates):
            self._wrong(f"certificate {cited}", "it is cited, and not here", "被引用但不在包内")
        for cited in sorted({*datum.confirmations} - confirmations):
            self._wrong(f"confirmation {cited}", "it is cited, and not here", "被引用但不在包内")
        count = len(self._logged)
        self._findings.held(
            Check.DOCUMENTS, counted(count, "document", "documents"), f"{count} 个文件"
        )

    def _copy(self, name: str) -> None:
        found = hashlib.sha256(self._bundle.container.read(name)).hexdigest()
        if f"{_FOLDER}{found}" != name:
            self._wrong(name, f"its SHA-256 is {found}", f"其 SHA-256 为 {found}")
        elif found not in self._logged:
            self._wrong(name, "no leaf carries it", "没有叶携带该文件")

    def _wrong(self, where: str, en: str, zh: str) -> None:
        self._findings.wrong(Check.DOCUMENTS, where, en, zh)
