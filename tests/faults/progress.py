"""How far a campaign is, kept on disk after each round, so that it can be taken up again."""

from pathlib import Path

import msgspec

from tests.faults.campaign import Campaign, Tally, added


class Done(msgspec.Struct, kw_only=True):
    """What was played of a campaign, of one tree of the product.

    Attributes:
        tree: Digest of the product's files; what was played with others does not count.
        seed: The next one.
        tally: Of all rounds.
        seconds: They took.
        controls: Defence -> what was found wrong without it.
    """

    tree: str
    seed: int = 0
    tally: dict[str, int] = {}
    seconds: float = 0.0
    controls: dict[str, str] = {}

    def add(self, tally: Tally, seconds: float) -> None:
        """Counts one more round."""
        self.seed += 1
        self.tally = added(self.tally, tally)
        self.seconds += seconds


def read_done(folder: Path, campaign: Campaign, tree: str) -> Done:
    """What was played of a campaign with this tree; nothing, where there is no record of it."""
    path = folder / f"{campaign.name}.json"
    if path.exists():
        done = msgspec.json.decode(path.read_bytes(), type=Done)
        if done.tree == tree:
            return done
    return Done(tree=tree)


def write_done(folder: Path, campaign: Campaign, done: Done) -> None:
    """Keeps what was played, in one step."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{campaign.name}.json"
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(done)))
    fresh.replace(path)
