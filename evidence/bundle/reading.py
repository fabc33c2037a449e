"""The leaves of a bundle, read once or twice, and what is taken note of while they pass."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.errors import CalibrationError
from evidence.bundle.figures import check_figures
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.memory import Memory
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.papers import Papers
from evidence.bundle.planned import check_under_plan
from evidence.bundle.polls import Polls
from evidence.bundle.reception import Reception
from evidence.bundle.streams import FirstJudging, SecondJudging, has_exchange
from evidence.bundle.withheld import Hidden, Shown
from evidence.errors import EvidenceError
from evidence.judging.content import check_position
from evidence.judging.judgement import Position
from evidence.judging.library import Library
from evidence.judging.own import is_own_derivation
from evidence.judging.resting import Resting, site_of
from evidence.log.batch import Batch, Leaf
from evidence.log.receipt import Receipt
from evidence.statement.entered.channel import is_entered

_MAX_NS: Final = 2**63 - 1


class Reading:
    """Reads the leaves of a bundle.

    Attributes:
        hashes: Of the leaves of each log, by sequence, in their order.
        hidden: How much of each log is not shown, by its number.
        simulated: How many batches were stamped by a simulated clock.
        rows: How many readings were computed again.
        certificates: All that the leaves carry, each once.
    """

    def __init__(
        self, bundle: Bundle, receipts: Mapping[int, Receipt | None], findings: Findings
    ) -> None:
        self._bundle, self._findings = bundle, findings
        self._channels = frozenset(bundle.manifest.channels)
        self._first = FirstJudging(bundle.manifest, findings, bundle.period)
        self._papers = Papers(bundle, findings)
        self._polls = Polls(self._channels, bundle.looked_at, findings)
        self._reception = Reception(bundle, receipts, self._channels, findings)
        self._exchanges: list[tuple[int, Leaf]] = []
        self._shown, self._receipts = Shown(bundle), receipts
        self.hashes: list[dict[int, bytes]] = [{} for _ in bundle.manifest.logs]
        self.hidden: dict[int, Hidden] = {}
        self.simulated = 0
        self.certificates: tuple[CalibrationCertificate, ...] = ()

    @property
    def rows(self) -> int:
        """How many readings were computed again."""
        return self._first.rows

    def run(self) -> None:
        """Judges all leaves, and compares the figures of a channel that was read.

        Raises:
            BundleError: a member is damaged.
        """
        for shown, position in self._placed():
            self._note(shown)
            self._shown.count(shown)
            leaf = self._decoded(shown, position)
            if leaf is not None:
                self._take(leaf, shown, position)
        self._hide()
        self._first.conclude(self._agents_with_hidden_leaves())
        self._polls.conclude()
        self._reception.conclude()
        libraries = self._first.judge.libraries
        self.certificates = _logged(libraries)
        self._papers.conclude(_certificates(libraries), _confirmations(libraries))
        self._require_inputs(libraries)
        self._require_reached(libraries)
        if not is_entered(self._bundle.datum.channel):
            memory = self._second() if self._first.late else self._first.memory
            check_figures(self._bundle, memory, libraries, self._findings)
            check_under_plan(self._bundle, memory, libraries, self._findings)

    def _take(self, leaf: Leaf, shown: ShownLeaf, position: Position) -> None:
        self._papers.take(leaf)
        self._polls.take(leaf)
        self._reception.take(leaf, shown)
        self._shown.take(leaf, shown.log)
        self.simulated += isinstance(leaf, Batch) and leaf.clock.simulated
        if has_exchange(leaf, self._channels):
            self._exchanges.append((position.position, leaf))
        self._first.take(leaf, position)

    def _hide(self) -> None:
        for number, places in enumerate(self.hashes):
            receipt = self._receipts.get(number)
            self.hidden[number] = self._shown.hidden(number, places, receipt)

    def _agents_with_hidden_leaves(self) -> frozenset[str]:
        """Agents of whom something that is not here may be what readings rest on.

        A leaf may be a document, and a record of one that is shown in part an exchange.
        """
        logs = self._bundle.manifest.logs
        return frozenset(
            logs[number].agent
            for number, places in enumerate(self.hashes)
            if places and (max(places) + 1 > len(places) or self.hidden[number].records)
        )

    def _require_inputs(self, libraries: Mapping[str, Library]) -> None:
        """Notes a channel that a listed one is computed from, and whose readings nobody looked at.

        By any version of its derivation: the one that is not listed may be in force for a part of
        the period, and its hours would only seem to be missing. One that names channels of another
        site than its agent's never is.
        """
        sites = self._bundle.manifest.sites
        for agent, library in libraries.items():
            for each in library.register.derivations:
                own = is_own_derivation(each, sites.get(agent, ""))
                if each.derivation not in self._channels or not own:
                    continue
                for channel in sorted({*each.inputs.values()} - self._channels):
                    where = f"manifest.json channels {each.derivation}"
                    en = f"it is computed from {channel}, which is not listed"
                    self._findings.wrong(
                        Check.POLLS, where, en, f"它由 {channel} 计算得出，而后者未列出"
                    )

    def _require_reached(self, libraries: Mapping[str, Library]) -> None:
        """Notes a listed channel that the statement does not rest on: no check would look at it.

        Likewise if its own is not listed, and nobody would look for how it is computed.
        """
        named, datum = self._bundle.manifest.channels, self._bundle.datum
        resting = Resting(
            site=site_of(datum.channel),
            libraries=libraries,
            sites=self._bundle.manifest.sites,
            under_plan=datum.under_plan is not msgspec.UNSET,
        )
        for channel in sorted((Counter(named) - Counter(resting.on(datum.channel))).keys()):
            en = "the statement does not rest on it, by any derivation or plan that is here"
            zh = "依所给出的计算规则与监测计划，陈述并不依据该通道，或重复列出"
            self._findings.wrong(Check.POLLS, f"manifest.json channels {channel}", en, zh)
        if datum.channel not in named:
            en, zh = (
                "the statement is of it, and it is not listed",
                "陈述即关于该通道，而后者未列出",
            )
            self._findings.wrong(Check.POLLS, f"manifest.json channels {datum.channel}", en, zh)

    def _second(self) -> Memory:
        """The hours under all documents, where one of them came after readings that it changes."""
        second = SecondJudging(
            self._bundle.manifest, self._first, self._exchanges, self._bundle.grid_ns
        )
        for shown, position in self._placed():
            try:
                leaf = shown.leaf()
                check_position(leaf, position)
            except (EvidenceError, CalibrationError):
                continue  # it was named when the leaves were read first
            second.take(leaf, position)
        return second.memory

    def _placed(self) -> Iterator[tuple[ShownLeaf, Position]]:
        for number, shown in enumerate(self._bundle.leaves()):
            log = self._bundle.manifest.logs[shown.log]
            yield (
                shown,
                Position(
                    position=number,
                    agent=log.agent,
                    epoch=log.epoch,
                    sequence=shown.sequence,
                    received_ns=min(shown.received_ns, _MAX_NS),
                ),
            )

    def _note(self, shown: ShownLeaf) -> None:
        """The hash of a leaf, in the order of its log."""
        hashes = self.hashes[shown.log]
        if hashes and shown.sequence <= next(reversed(hashes)):
            where = f"leaves {shown.log}/{shown.sequence}"
            self._findings.wrong(Check.INCLUSION, where, "it is out of order", "顺序错误")
        hashes[shown.sequence] = shown.digest

    def _decoded(self, shown: ShownLeaf, position: Position) -> Leaf | None:
        """The leaf, if it can be read and stands where it says."""
        where = f"{position.agent}/{position.epoch}/{position.sequence}"
        try:
            leaf = shown.leaf()
        except (EvidenceError, CalibrationError) as wrong:
            if not self._first.accounts_for((*position.place, "leaf")):
                self._findings.wrong(Check.CONTENT, where, wrong.say("en"), wrong.say("zh"))
            return None
        try:
            check_position(leaf, position)
        except EvidenceError as wrong:
            self._findings.wrong(Check.PLACE, where, wrong.say("en"), wrong.say("zh"))
            return None
        return leaf


def _logged(libraries: Mapping[str, Library]) -> tuple[CalibrationCertificate, ...]:
    registers = (each.register for each in libraries.values())
    every = (each for register in registers for each in register.certificates)
    return tuple({msgspec.json.encode(each): each for each in every}.values())


def _certificates(libraries: Mapping[str, Library]) -> frozenset[str]:
    registers = (each.register for each in libraries.values())
    return frozenset(each.id for register in registers for each in register.certificates)


def _confirmations(libraries: Mapping[str, Library]) -> frozenset[str]:
    registers = (each.register for each in libraries.values())
    return frozenset(each.id for register in registers for each in register.confirmations)
