"""What is found in a ledger that is walked over as a whole, in words."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from collector.agents import Agents
from collector.config import CollectorConfig
from collector.enrolment.registrar import registered_agents
from collector.errors import LedgerAbsentError, LedgerError
from collector.journal_errors import JournalAbsentError
from collector.journal_read import read_journal
from collector.ledger import HEAD, require_remembered
from collector.ledger_check import first_damage, first_step_back, first_unsigned, unpinned
from collector.ledger_entered import entered_heads, first_contradicted
from collector.ledger_head import read_head
from collector.ledger_read import LedgerReader, read_ledger
from collector.private_files import receipt_key
from collector.views.parquet_entered import differing, listed, sealed
from evidence.audit.said import counted
from evidence.errors import Words
from evidence.log.key import Verifier


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in two languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, words: Words) -> "Said":
        """The finding in these words."""
        return cls(en=words.en, zh=words.zh)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger as it was found.

    Attributes:
        sound: Nothing is damaged, and nothing has to be looked at.
        leaves, logs: How many there are.
        root: Merkle root over the leaves, hexadecimal.
        code: Of the damage; empty if there is none.
        damage: The first thing that is not as it was admitted or signed.
        notices: What a person has to look at although all hashes and signatures fit.
    """

    sound: bool
    leaves: int
    logs: int
    root: str
    code: str = ""
    damage: Said | None = None
    notices: tuple[Said, ...] = ()

    def to_text(self) -> str:
        """The same in lines for people."""
        said = () if self.damage is None else (self.damage,)
        lines = [text for each in (*said, *self.notices) for text in (each.en, each.zh)]
        if self.damage is None:
            lines.append(
                f"{counted(self.leaves, 'leaf', 'leaves')} of {counted(self.logs, 'log', 'logs')} "
                f"{'is as it was' if self.leaves == 1 else 'are as they were'} admitted and "
                f"signed; root {self.root}"
            )
        return "\n".join(lines)


def check(config: CollectorConfig) -> Checked:
    """What a walk over the ledger of a configuration finds; a collector may run beside.

    Raises:
        LedgerAbsentError: There is no ledger.
        KeyMaterialError: The collector's key cannot be read.
        AgentEntryError, JournalError, EnrolmentHistoryError: It cannot be told whose keys count.
    """
    agents = registered_agents(config).agents
    found = check_in(config.state_dir, agents, receipt_key(config).verifier)
    more = () if config.lake is None else _lake(config, Path(config.lake.directory))
    if not more:
        return found
    notices = (*found.notices, *map(Said.of, more))
    return msgspec.structs.replace(found, sound=False, notices=notices)


def _lake(config: CollectorConfig, folder: Path) -> Sequence[Words]:
    """How the lake's files differ from what the journal says was sealed."""
    names = listed(folder)
    try:
        with read_journal(config.state_dir, config.collector.id) as journal:
            return list(differing(folder, sealed(journal), names))
    except JournalAbsentError:
        return ()


def check_in(state_dir: Path, agents: Agents, collector: Verifier) -> Checked:
    """What a walk over the ledger in a folder finds.

    Args:
        state_dir: The collector's.
        agents: The pinned keys.
        collector: Of the key that signs receipts.

    Raises:
        LedgerAbsentError: There is no ledger.
    """
    try:
        # both before the ledger: it only grows
        heads, remembered = entered_heads(state_dir, collector.name), read_head(state_dir / HEAD)
        with read_ledger(state_dir) as ledger:
            ledger.database.rows("BEGIN")  # one state of it, whatever is committed meanwhile
            wrong = _first_wrong(ledger, agents, collector) or first_contradicted(ledger, heads)
            if wrong is not None:
                return _damaged(wrong)
            require_remembered(ledger, remembered)
            return _sound(ledger, agents, collector)
    except LedgerAbsentError:
        raise
    except LedgerError as wrong:
        return _damaged(wrong)


def _first_wrong(ledger: LedgerReader, agents: Agents, collector: Verifier) -> LedgerError | None:
    return first_damage(ledger) or first_unsigned(ledger, agents, collector)


def _sound(ledger: LedgerReader, agents: Agents, collector: Verifier) -> Checked:
    notices = _notices(ledger, agents, collector)
    head = ledger.head()
    logs = sum(len(ledger.epochs(agent)) for agent in ledger.agents())
    return Checked(
        sound=not notices,
        leaves=head.size,
        logs=logs,
        root=head.root.hex(),
        notices=tuple(map(Said.of, notices)),
    )


def _notices(ledger: LedgerReader, agents: Agents, collector: Verifier) -> list[Words]:
    back = first_step_back(ledger, collector)
    found = [] if back is None else [_or_edited(back)]
    return found + [
        Words(
            f"no key of {agent} is pinned: its signatures were not checked",
            f"未固定 {agent} 的密钥：未检查其签名",
        )
        for agent in unpinned(ledger, agents)
    ]


def _or_edited(back: Words) -> Words:
    return Words(
        f"{back.en}: the collector's clock was set back, or the instant was changed",
        f"{back.zh}：采集器时钟曾被回拨，或该时刻被改动",
    )


def _damaged(wrong: LedgerError) -> Checked:
    said = Said(en=wrong.say("en"), zh=wrong.say("zh"))
    return Checked(sound=False, leaves=0, logs=0, root="", code=wrong.code, damage=said)
