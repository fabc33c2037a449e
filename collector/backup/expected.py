"""What a configuration says that a restored state has to agree with."""

from collector.backup.drill import Expected
from collector.config import CollectorConfig, pinned_agents, receipt_key
from collector.journal import KEY
from collector.ledger_read import LEDGER
from evidence.errors import EvidenceError
from evidence.load import read_signing_key
from evidence.log.key import Verifier


def expected_of(config: CollectorConfig) -> Expected:
    """The pinned keys, the collector's own if it is at hand, the sites, and the state in use."""
    in_use = config.state_dir if (config.state_dir / LEDGER).exists() else None
    return Expected(
        agents=pinned_agents(config),
        collector=_own(config),
        journal=_journal(config),
        sites=config.sites(),
        accept_simulated=config.collector.accept_simulated_clock,
        running=in_use,
    )


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
