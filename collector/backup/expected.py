"""What a configuration says that a restored state has to agree with."""

from functools import partial
from pathlib import Path

from msgspec.structs import replace

from collector.backup.drill import Expected
from collector.config import CollectorConfig
from collector.enrolment.registered import Registered
from collector.enrolment.registrar import registered_agents
from collector.journal import KEY
from collector.ledger_read import LEDGER
from collector.private_files import receipt_key
from evidence.errors import EvidenceError
from evidence.load import read_signing_key
from evidence.log.key import Verifier


def expected_of(config: CollectorConfig) -> Expected:
    """The collector's own key if it is at hand, the state in use, and how agents are known.

    Agents are those of the configuration and of the journal in the folder that is put back: where
    all else is lost, nothing else says who was enrolled.
    """
    in_use = config.state_dir if (config.state_dir / LEDGER).exists() else None
    return Expected(
        registered=partial(_registered, config),
        collector=_own(config),
        journal=_journal(config),
        accept_simulated=config.collector.accept_simulated_clock,
        running=in_use,
    )


def _registered(config: CollectorConfig, state_dir: Path) -> Registered:
    moved = replace(config.collector, state_dir=str(state_dir))
    return registered_agents(replace(config, collector=moved))


def _journal(config: CollectorConfig) -> Verifier | None:
    try:
        return read_signing_key(config.state_dir / KEY).verifier
    except EvidenceError:
        return None


def _own(config: CollectorConfig) -> Verifier | None:
    try:
        return receipt_key(config).verifier
    except EvidenceError:
        return None  # a machine for drills does not need it
