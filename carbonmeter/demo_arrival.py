"""Papers that come in while the demo runs, and the agents that are started anew to read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from carbonmeter.children import Child, restart
from carbonmeter.progress import say
from evidence.clock import ScaledClock
from simulators.certification import found_later
from simulators.load import write_documents
from simulators.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Documents by file name that a laboratory sends.

    Attributes:
        at_ns: When they come in, UTC.
        folder: Of the agents' documents.
        agents: Those that read them; an agent looks into its folder when it starts.
    """

    at_ns: int
    folder: Path
    texts: Mapping[str, str]
    agents: Sequence[str]

    def come_in(self, children: list[Child], clock: ScaledClock) -> None:
        """Puts them into the folder, and has the agents read them."""
        write_documents(self.folder, self.texts)
        papers = ", ".join(each.removesuffix(".toml") for each in self.texts)
        say(f"came in: {papers}; to read them, {', '.join(self.agents)} starts anew")
        for each in self.agents:
            restart(children, each, clock)


def arrivals(folder: Path, plant: Plant, agents: Mapping[str, str]) -> Sequence[Arrival]:
    """What comes in of instruments that were taken down, in order of time.

    Args:
        folder: Of the agents' documents.
        plant: Whose instruments.
        agents: The line of each.
    """
    lines = {
        form.line for form in plant.scenario.instruments if form.exchange and form.exchange.as_found
    }
    readers = sorted(agent for agent, line in agents.items() if line in lines)
    return [
        Arrival(at_ns=at_ns, folder=folder, texts=texts, agents=readers)
        for at_ns, texts in sorted(found_later(plant).items())
    ]
