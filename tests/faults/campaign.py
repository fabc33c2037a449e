"""What a campaign of faults is: rounds that must hold, and controls that must not.

A round is decided by its seed alone. `make check` plays a few rounds of most campaigns and
of their controls; `python -m tests.faults` plays rounds until the full figure is reached.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Tally = Mapping[str, int]
"""What happened in a round, by name: kills, cuts, leaves; added up over the rounds.

Of names that begin with `most_` the largest is kept instead.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One defence off: the same oracle must now find something wrong.

    Attributes:
        defence: What is taken away, in words for the page.
        find: (seed, empty folder) -> what the oracle found wrong; empty if it saw nothing.
    """

    defence: str
    find: Callable[[int, Path], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One fault, done over and over.

    Attributes:
        name: Short, of letters, digits and hyphens.
        rows: Of the fault matrix.
        fault: What is done.
        holds: What must hold in every round.
        counted: Name in the tally that is counted up to the figure.
        figure: The full figure.
        play: (seed, empty folder) -> tally of a round; raises AssertionError if it did not hold.
        closes: Checks the tally of all rounds together; raises AssertionError.
        controls: At least one.
    """

    name: str
    rows: tuple[int, ...]
    fault: str
    holds: str
    counted: str
    figure: int
    play: Callable[[int, Path], Tally]
    closes: Callable[[Tally], None] = lambda _tally: None
    controls: tuple[Control, ...]


def added(total: Tally, more: Tally) -> dict[str, int]:
    """The tally of all rounds so far and one more."""
    found = dict(total)
    for name, count in more.items():
        before = found.get(name, 0)
        found[name] = max(before, count) if name.startswith("most_") else before + count
    return found


def sample(campaign: Campaign, folder: Path, seeds: Iterable[int]) -> Tally:
    """The tally of some rounds; an AssertionError names the seed that failed."""
    total: Tally = {}
    for seed in seeds:
        total = added(total, played(campaign, seed, folder / str(seed)))
    return total


def played(campaign: Campaign, seed: int, folder: Path) -> Tally:
    """The tally of one round on a new folder.

    Raises:
        AssertionError: it did not hold; the text says the seed that plays it again.
    """
    folder.mkdir(parents=True)
    try:
        return campaign.play(seed, folder)
    except AssertionError as wrong:
        raise AssertionError(f"{campaign.name}, seed {seed}: {wrong}") from wrong


def fails_without(control: Control, folder: Path, seeds: Iterable[int]) -> Sequence[str]:
    """What the oracle found with the defence off, by the first seed that shows it.

    Raises:
        AssertionError: it saw nothing wrong, so the campaign proves nothing.
    """
    for seed in seeds:
        place = folder / f"control-{seed}"
        place.mkdir(parents=True)
        if found := control.find(seed, place):
            return found
    raise AssertionError(f"nothing was found wrong without: {control.defence}")
