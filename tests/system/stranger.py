"""A second agent with the id of the first, and another key.

Fault matrix row 22.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from edge_agent.taken_over import REFUSED_YIELD_S
from evidence.log.key import SigningKey, generate
from tests.faults.campaign import Campaign, Control, Tally
from tests.system.clone import STEP_S, flapping
from tests.system.gateways import Estate, Gateway, S
from tests.system.histories import (
    found_by,
    invented,
    kept_by,
    missing,
    polls_in,
    require,
)
from tests.system.oracle import Kept
from tests.system.restore import KEYS, held

STRANGER: SigningKey = generate("line-1", b"s" * 32)


def stranger(seed: int, folder: Path) -> Tally:
    """One round of row 22."""
    return with_stranger(seed, folder, pinned=False)


def with_stranger(seed: int, folder: Path, *, pinned: bool) -> Mapping[str, int]:
    estate = Estate(folder, seed)
    estate.broker.tells = estate.rng.random() < 0.5
    estate.centre.pin(*KEYS, *([STRANGER.verifier] if pinned else []))
    estate.centre.start()
    first, second = estate.gateway(), estate.gateway("stranger", STRANGER)
    try:
        for each in estate.rng.sample([first, second], 2):
            each.start()
            each.log(estate.rng.randint(1, 4), each_s=0.0)
            estate.pass_time(estate.rng.choice((0.0, 2.0, 30.0)))
        own, theirs, hours = alternating(estate, first, second)
        judge_stranger(estate, (first, second), own, theirs, hours)
        return {"rounds": 1, "takeovers": estate.broker.takeovers}
    finally:
        estate.close()


def alternating(
    estate: Estate, first: Gateway, second: Gateway
) -> tuple[set[Kept], set[Kept], float]:
    """Two hours with both; what each committed, and how long it was."""
    own, theirs, started_ns = set[Kept](), set[Kept](), estate.clock.monotonic_ns()
    for _ in range(8):
        for each, noted in ((first, own), (second, theirs)):
            each.log(1, each_s=0.0)
            noted.update(kept_by(each.running.spool))
        estate.pass_time(900.0, STEP_S)
    hours = (estate.clock.monotonic_ns() - started_ns) / S / 3600
    theirs |= kept_by(second.running.spool)
    estate.until(lambda: first.link.up, "the first one's turn", REFUSED_YIELD_S)
    first.deliver(REFUSED_YIELD_S)
    return own, theirs, hours


def judge_stranger(
    estate: Estate,
    pair: tuple[Gateway, Gateway],
    own: set[Kept],
    theirs: set[Kept],
    hours: float,
) -> None:
    first, second = pair
    after = held(estate)
    admitted = set(polls_in(after)) & theirs
    require(
        missing(own, after),
        invented(after, estate.counters.served),
        flapping(estate, hours + 1),
        [f"{len(admitted)} polls of the stranger were admitted"] if admitted else [],
        [f"lost at the stranger: {each}" for each in theirs - kept_by(second.running.spool)],
        untold(first, ("E_UPLINK_TAKEN_OVER", "E_UPLINK_SHARED_ID")) if estate.broker.tells else [],
        untold(second, ("E_UPLINK_KEY",)),
        [] if estate.centre.intake.counters["refused", "E_SIG_UNKNOWN_KEY"] else ["not refused"],
    )


def untold(gateway: Gateway, codes: tuple[str, ...]) -> Iterator[str]:
    if not any(code in line for code in codes for line in gateway.told):
        yield f"{gateway.folder.name} was told nothing of {codes}"


def stranger_pinned(seed: int, folder: Path) -> list[str]:
    """The stranger's key counts as well."""
    return found_by(lambda: with_stranger(seed, folder, pinned=True))


ANOTHER_KEY = Campaign(
    name="same-id-another-key",
    rows=(22,),
    fault="a second agent with the same id and another key runs beside the first for two hours",
    holds="nothing of it is admitted, it keeps what it has and is told that its key is unknown; "
    "the first is told too and all of its leaves get their receipts",
    counted="rounds",
    figure=100,
    play=stranger,
    controls=(Control(defence="only pinned keys count", find=stranger_pinned),),
)
