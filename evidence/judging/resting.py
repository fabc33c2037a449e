"""What a channel rests on, by what the agents of its own site logged (pure).

What another site's agent logs never counts, nor what names another site's channels: the judge
passes it over, so it must not bring that site's leaves into a bundle.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calibration.monitoring.plan import MonitoringPlan
from evidence.judging.library import Library
from evidence.judging.own import is_own_derivation, libraries_of_site
from evidence.judging.planned import plans_of


def site_of(channel: str) -> str:
    """The site that a channel's name begins with."""
    return channel.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """What the agents of a site say that channels rest on.

    Attributes:
        site: Whose.
        libraries: Derivations and plans of its agents.
        sites: Where each agent stands.
        under_plan: Whether plans count.
    """

    site: str
    libraries: Mapping[str, Library]
    sites: Mapping[str, str]
    under_plan: bool

    def on(self, channel: str) -> list[str]:
        """A channel and all that it is computed from, by any version of its derivation.

        Under a plan, those too that any version of it speaks of, and what these rest on.
        """
        inputs = self._inputs()
        found, due = [channel], [channel]
        while due:
            due = [each for one in due for each in inputs.get(one, ()) if each not in found]
            found += dict.fromkeys(due)
        return found

    def gases(self, channels: frozenset[str]) -> Iterator[str]:
        """Certificates of the gases that plans of these channels name."""
        for plan in self._plans():
            if plan.plan in channels:
                yield from plan.certificates

    def speaking(self, channels: frozenset[str]) -> set[str]:
        """The agents of the site that say what one of these channels is computed from."""
        own = libraries_of_site(self.libraries, self.sites, self.site)
        return {
            agent
            for agent, library in own.items()
            for each in library.register.derivations
            if each.derivation in channels and is_own_derivation(each, self.site)
        }

    def _inputs(self) -> dict[str, list[str]]:
        inputs: dict[str, list[str]] = {}
        for library in libraries_of_site(self.libraries, self.sites, self.site).values():
            for each in library.register.derivations:
                if is_own_derivation(each, self.site):
                    inputs.setdefault(each.derivation, []).extend(each.inputs.values())
        for plan in self._plans():
            inputs.setdefault(plan.plan, []).extend(sorted(plan.channels))
        return inputs

    def _plans(self) -> tuple[MonitoringPlan, ...]:
        if not self.under_plan:
            return ()
        own = libraries_of_site(self.libraries, self.sites, self.site)
        return plans_of(own, self.sites)
