"""What is known of agents, their keys and certificates, as a list. Pure."""

import msgspec

from collector.enrolment.granting import Known
from evidence.clock import utc_text


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of an agent.

    Args:
        agent, site: whose it is, and where that agent stands.
        key: its label, `name+hash8`.
        source: `collector.toml` or `journal`; both where it stands in both.
        revoked: since when nothing is taken under it, RFC 3339; "yes" where the file alone
            says so; empty while it counts.
        certificate_until: the latest end of a certificate for the broker under it, RFC 3339;
            empty for none.
    """

    agent: str
    site: str
    key: str
    source: str
    revoked: str = ""
    certificate_until: str = ""

    def to_line(self) -> str:
        """One line of text, tab-separated."""
        state = f"revoked {self.revoked}" if self.revoked else "counts"
        until = self.certificate_until or "no certificate"
        return f"{self.agent}\t{self.site}\t{self.key}\t{self.source}\t{state}\t{until}"


def listed(known: Known) -> tuple[ListedKey, ...]:
    """All keys, by agent and label."""
    registry, registered = known.registry, known.registered
    ends: dict[str, int] = {}
    for one in registry.certificates.values():
        ends[one.key] = max(ends.get(one.key, 0), one.not_after_ns)
    found = []
    for owner in registered.agents.owners.values():
        line = owner.verifier.to_text()
        revoked_ns = registered.revoked_ns.get(line)
        found.append(
            ListedKey(
                agent=owner.agent,
                site=registered.sites.get(owner.agent, ""),
                key=owner.verifier.label,
                source=_source(known, line),
                revoked="" if revoked_ns is None else utc_text(revoked_ns) if revoked_ns else "yes",
                certificate_until=utc_text(ends[line]) if line in ends else "",
            )
        )
    return tuple(sorted(found, key=lambda each: (each.agent, each.key)))


def _source(known: Known, line: str) -> str:
    entered, filed = line in known.registry.keys, line in known.registered.filed
    return " and ".join(
        name for name, there in (("collector.toml", filed), ("journal", entered)) if there
    )
