"""The agents that count: those of collector.toml and those that the journal enrolled. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from collector.agents import Agents, PinnedKey, pin
from collector.config import CollectorConfig, pinned_agents
from collector.enrolment.registry import EnrolledKey, Registry
from collector.errors import AgentEntryError
from evidence.errors import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """All agents, wherever they are written down.

    Attributes:
        agents: Their keys.
        sites: Where each stands, by its id.
        revoked_ns: Since when each revoked key does not count, POSIX ns, by its line; 0 where
            collector.toml alone says so, and not when.
        contradictions: Keys of the journal that do not count, because the file says something
            else about their agent; revocations count all the same.
        filed: The lines of the keys that stand in collector.toml.
    """

    agents: Agents
    sites: dict[str, str]
    revoked_ns: dict[str, int]
    contradictions: tuple[AgentEntryError, ...] = ()
    filed: frozenset[str] = frozenset()

    def require_one_story(self) -> None:
        """Returns if file and journal say the same of every agent.

        Raises:
            AgentEntryError: They do not.
        """
        for wrong in self.contradictions:
            raise wrong

    def valid(self, agent: str) -> tuple[PinnedKey, ...]:
        """The keys of an agent that are not revoked."""
        return tuple(
            one for one in self.agents.owners.values() if one.agent == agent and not one.revoked
        )

    def active(self) -> tuple[str, ...]:
        """The agents with a key that is not revoked, in alphabetical order."""
        owners = self.agents.owners.values()
        return tuple(sorted({one.agent for one in owners if not one.revoked}))


def registered(
    config: CollectorConfig, registry: Registry, where: str = "collector.toml"
) -> Registered:
    """The agents of a configuration and of a journal together.

    A key that stands in both is one key; it is revoked where either says so.

    Raises:
        AgentEntryError: The configuration contradicts itself.
        KeyMaterialError: A key of it is no Ed25519 note key.
    """
    pinned = {one.verifier.to_text(): one for one in pinned_agents(config, where).owners.values()}
    sites, found, filed = config.sites(), list[AgentEntryError](), frozenset(pinned)
    revoked = {line: 0 for line, one in pinned.items() if one.revoked}
    for line, key in registry.keys.items():
        if key.revoked_ns is not None:
            revoked[line] = key.revoked_ns
        held = pinned.get(line)
        if held is None and not key.site:
            continue  # revoked here, and gone from the file since
        wrong = _contradiction(key, held, sites, where)
        if wrong is not None:
            found.append(wrong)
        if held is not None or wrong is None:
            one = held or PinnedKey(agent=key.agent, verifier=key.verifier)
            pinned[line] = replace(one, revoked=line in revoked)
            sites.setdefault(one.agent, key.site)
    return Registered(
        agents=pin(pinned.values(), where),
        sites=sites,
        revoked_ns=revoked,
        contradictions=tuple(found),
        filed=filed,
    )


def _contradiction(
    key: EnrolledKey, held: PinnedKey | None, sites: Mapping[str, str], where: str
) -> AgentEntryError | None:
    """What the file says otherwise about a key of the journal, None if nothing."""
    if held is not None and held.agent != key.agent:
        return _contradicted(key.agent, where, held.agent, key.agent)
    stands = sites.get(key.agent, key.site)
    if key.site and stands != key.site:
        return _contradicted(key.agent, where, stands, key.site)
    return None


def _contradicted(agent: str, where: str, filed: str, entered: str) -> AgentEntryError:
    what = Words(
        f"the file says '{filed}', the journal '{entered}'; correct the file",
        f"文件中为 '{filed}'，操作日志中为 '{entered}'；请更正文件",
    )
    return AgentEntryError(f"{where} agent {agent}", what=what)
