"""The agents whose logs are taken: their pinned keys and their topics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.errors import AgentEntryError
from evidence.errors import Words
from evidence.log.key import Algorithm, Keyring, Verifier, keyring, require_algorithm


def batch_topic(agent: str) -> str:
    """The topic on which the messages of an agent come."""
    return f"carbonmeter/v1/{agent}/batch"


def receipt_topic(agent: str) -> str:
    """The topic on which an agent is answered."""
    return f"carbonmeter/v1/{agent}/receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedKey:
    """A key and the agent it speaks for.

    Attributes:
        agent: The agent's id.
        verifier: Its Ed25519 note key.
        revoked: Nothing more is admitted under it; what is held stays valid.
    """

    agent: str
    verifier: Verifier
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """All agents whose logs are taken, by key.

    Attributes:
        keys: The pinned keys by name and id.
        owners: Whose they are.
    """

    keys: Keyring
    owners: Mapping[tuple[str, bytes], PinnedKey]

    def ids(self) -> tuple[str, ...]:
        """The agents' ids, in alphabetical order, each once."""
        return tuple(sorted({owner.agent for owner in self.owners.values()}))


def pin(keys: Iterable[PinnedKey], where: str = "agents") -> Agents:
    """The agents of these keys; one agent may have several, while it changes keys.

    Raises:
        AgentEntryError: One key is pinned twice.
        KeyAlgorithmError: A key is not for notes.
        KeyConflictError: Two different keys share name and id.
    """
    owners: dict[tuple[str, bytes], PinnedKey] = {}
    pinned = tuple(keys)
    ring = keyring(one.verifier for one in pinned)
    for one in pinned:
        require_algorithm(one.verifier, Algorithm.ED25519)
        if owners.setdefault((one.verifier.name, one.verifier.key_id), one) is not one:
            what = Words(
                f"the key '{one.verifier.label}' is pinned twice",
                f"密钥 '{one.verifier.label}' 被登记两次",
            )
            raise AgentEntryError(f"{where} agent {one.agent}", what=what)
    return Agents(keys=ring, owners=owners)
