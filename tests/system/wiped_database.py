"""The database behind the view is killed, and everything it stored is gone; then `rebuild`.

Fault matrix row 9. The ledger is made by the real intake and judge, the database is a real one,
and the view is written anew by the command that a person uses.
"""

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from calibration.measurand import Accumulation, KindOfQuantity
from collector.cli import collector
from collector.config import load_config
from collector.opening import DERIVED, open_store
from collector.views.influx_lines import Point, points
from collector.views.influx_reconciling import Reconciling
from collector.views.influx_state import InfluxState
from collector.views.influx_syntax import carried
from collector.views.rows import judged_leaves
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.contract.influxd import Influxd, influxd_in
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.database_house import Shown, count_in, missing, shown_by
from tests.system.works import printed
from tests.unit.collector.api.plant import PERIOD_MS, START_NS, Plant, batch, head, raw_of

MOST_S: Final = 300.0
"""Of a core: on a machine that has nothing else to do, that is the time on the wall."""
CHANNELS: Final = 10
ROWS: Final = 100
"""Of a channel in a leaf: a leaf has a thousand readings."""
_LEAF_NS: Final = ROWS * PERIOD_MS * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how many leaves there are, each of 1,000 readings."""

    leaves: int = 1000


@contextmanager
def standing(folder: Path, size: Size) -> Iterator[tuple[Plant, Influxd, Path]]:
    """A judged ledger, an empty database, and the collector's configuration."""
    (folder / "influxd").mkdir()
    influxd = influxd_in(folder / "influxd", missing)
    influxd.start()
    config = folder / "collector.toml"
    printed(lambda: collector(["init", "--config", str(config)]))
    section = f'\n[influx]\nurl = "{influxd.section.url}"\n'
    config.write_text(config.read_text() + section)
    plant = Plant(load_config(config).state_dir)
    try:
        _fill(plant, size)
        yield plant, influxd, config
    finally:
        influxd.kill()
        plant.close()


def _fill(plant: Plant, size: Size) -> None:
    """Leaves of ten channels, all committed and judged."""
    plant.log_profile()
    plant.bench.clock.advance(size.leaves * _LEAF_NS)
    for number in range(size.leaves):
        streams = [_stream(channel, number) for channel in range(CHANNELS)]
        plant.take(plant.gw1, batch(plant.gw1, streams))
    plant.judging.catch_up()
    plant.store.close()
    path = plant.folder / "derived.db"
    path.rename(plant.folder / DERIVED)
    plant.store = open_store(plant.folder)


def _stream(channel: int, leaf: int) -> Stream:
    name = f"jinan/boiler-{channel}/gas"
    polls = range(leaf * ROWS, (leaf + 1) * ROWS)
    shown = tuple(_shown(channel, poll) for poll in polls)
    return Stream(
        head=head(name, KindOfQuantity.VOLUME, "m3", Accumulation.INTERVAL),
        rows=ROWS,
        sequence=progression(polls),
        at_ms=progression([START_NS // 1_000_000 + n * PERIOD_MS for n in polls]),
        raw=raw_of(shown),
        indication=shown,
    )


def _shown(channel: int, poll: int) -> float:
    """Says which channel and which poll it is."""
    return channel * 1_000_000.0 + poll + 0.125


def rebuilt(config: Path) -> tuple[float, float]:
    """Seconds of this process, and on the wall, that the command needs; all must be well."""
    said, began_s, cpu_s = io.StringIO(), time.monotonic(), time.process_time()
    with redirect_stderr(said):
        code = collector(["rebuild", "influx", "--config", str(config)])
    assert code == 0, said.getvalue()[-500:]
    return time.process_time() - cpu_s, time.monotonic() - began_s


def differing(plant: Plant, influxd: Influxd) -> Iterator[str]:
    """How a database is not like the ledger, leaf by leaf; and what it has besides."""
    total = 0
    for number, due in enumerate(_due(plant)):
        if not due:
            continue  # a document
        start_ns = min(at_ns for _, at_ns in due)
        shown = shown_by(influxd, start_ns, start_ns + _LEAF_NS)
        total += len(shown)
        if shown != due:
            yield f"leaf {number}: {len(due)} readings, {len(shown)} are shown"
    everything = count_in(influxd)
    if everything != total:
        yield f"{everything} readings are shown, {total} are due"


def _due(plant: Plant) -> Iterator[Shown]:
    for leaf in judged_leaves(plant.ledger, plant.store, 0):
        yield {
            (carried(each.channel), each.at_ns): each.value
            for each in points(leaf)
            if isinstance(each, Point)
        }


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: written, wiped, written anew."""
    del seed  # nothing is drawn
    with standing(folder, size) as (plant, influxd, config):
        rebuilt(config)
        influxd.wipe()
        influxd.start()
        assert next(differing(plant, influxd), ""), "it was not wiped"
        cpu_s, wall_s = rebuilt(config)
        wrong = list(differing(plant, influxd))
    assert not wrong, "\n".join(wrong[:10])
    assert cpu_s <= MOST_S, f"rebuilt in {cpu_s:.0f} s of a core, {wall_s:.0f} s on the wall"
    points = size.leaves * CHANNELS * ROWS
    return {"points": points, "most_s_of_a_core": round(cpu_s), "most_s": round(wall_s)}


def _begun(state: InfluxState, target: str) -> None:
    """Begins with a target; what is remembered of it is kept."""
    state._file.rows("INSERT OR IGNORE INTO cursor VALUES (1,?,0,x'')", (target,))


def _remembered(seed: int, folder: Path) -> Sequence[str]:
    """What is missing where the view believes that it was written, and compares nothing."""
    del seed
    with (
        standing(folder, Size(leaves=3)) as (plant, influxd, config),
        replaced(InfluxState, "forget", _begun),
        replaced(Reconciling, "compare_next", lambda *_: None),
    ):
        rebuilt(config)
        influxd.wipe()
        influxd.start()
        rebuilt(config)
        return list(differing(plant, influxd))


WIPED_DATABASE = Campaign(
    name="database-wiped",
    rows=(9,),
    fault="the database behind the view is killed and all that it stored is deleted; then "
    "`collector rebuild influx`",
    holds="a million readings are in it again, each once, to the last digit, within 5 minutes of a "
    "core",
    counted="points",
    figure=1_000_000,
    play=play,
    controls=(Control(defence="the cursor begins anew, and hours are compared", find=_remembered),),
)
