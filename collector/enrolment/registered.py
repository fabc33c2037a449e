"""The agents that count: those of collector.toml and those that the journal enrolled. Pure."""

from dataclasses import dataclass, replace

from collector.agents import Agents, PinnedKey, pin
from collector.config import CollectorConfig, pinned_agents
from collector.enrolment.registry import Registry
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
    """

    agents: Agents
    sites: dict[str, str]
    revoked_ns: dict[str, int]

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
        AgentEntryError: The two contradict each other about an agent.
        KeyMaterialError: A key of the configuration is no Ed25519 note key.
    """
    pinned = {one.verifier.to_text(): one for one in pinned_agents(config, where).owners.values()}
    sites = config.sites()
    revoked = {line: 0 for line, one in pinned.items() if one.revoked}
    for line, key in registry.keys.items():
        if key.revoked_ns is not None:
            revoked[line] = key.revoked_ns
        held = pinned.get(line)
        if held is None and not key.site:
            continue  # revoked here, and gone from the file since
        if held is not None and held.agent != key.agent:
            raise _contradiction(key.agent, where, held.agent, key.agent)
        if key.site and sites.setdefault(key.agent, key.site) != key.site:
            raise _contradiction(key.agent, where, sites[key.agent], key.site)
        one = held or PinnedKey(agent=key.agent, verifier=key.verifier)
        pinned[line] = replace(one, revoked=line in revoked)
    return Registered(agents=pin(pinned.values(), where), sites=sites, revoked_ns=revoked)


def _contradiction(agent: str, where: str, filed: str, entered: str) -> AgentEntryError:
    what = Words(
        f"the file says '{filed}', the journal '{entered}'; correct the file",
        f"文件中为 '{filed}'，操作日志中为 '{entered}'；请更正文件",
    )
    return AgentEntryError(f"{where} agent {agent}", what=what)
