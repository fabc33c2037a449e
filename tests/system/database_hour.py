"""The database behind the view is killed, and an hour of readings comes in before it is back.

Fault matrix row 8, in amount: the hour is one of the plant's clock, and what the agents send in it
is what the nominal plant sends in one, 1,000 points a minute. It is played as fast as intake and
judge take it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from calibration.measurand import Accumulation, KindOfQuantity
from collector.views.influx_course import Course
from collector.views.influx_syntax import carried
from collector.views.influx_view import InfluxView
from collector.views.seen import ViewSeen
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.contract.influxd import Influxd, influxd_in
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.faults.undefended_views import believe_the_database
from tests.system.command import until
from tests.system.database_house import missing, shown_by
from tests.unit.collector.api.plant import START_NS, Plant, batch, head, raw_of
from tests.unit.collector.views.influx_bench import place_of, truth

CHANNELS: Final = 50
EVERY_MS: Final = 3000
ROWS: Final = 60_000 // EVERY_MS
"""Of a channel in a leaf: a leaf is a minute, and has a thousand readings."""
BEFORE: Final = 2
"""Minutes that are shown before the database dies."""
_MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a round: how many minutes of the plant's clock the database is away."""

    minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A plant, the database that shows it, and the view between them."""

    plant: Plant
    influxd: Influxd
    view: InfluxView

    def minute(self, number: int) -> None:
        """A minute of the plant: it is admitted, committed, receipted and judged."""
        plant = self.plant
        plant.bench.clock.advance(_MINUTE_NS)
        streams = [_stream(channel, number) for channel in range(CHANNELS)]
        plant.take(plant.gw1, batch(plant.gw1, streams))
        plant.judging.catch_up()
        assert plant.store.cursor() == plant.ledger.frontier().size, "a leaf is not judged"
        self.view.wake()

    def seen(self) -> ViewSeen:
        return self.view.seen(self.plant.store.cursor())

    def is_shown(self) -> bool:
        """Whether the database has each point of the ledger once, and no other."""
        due = {(carried(each.channel), each.at_ns): each.value for each in truth(self.plant)}
        return shown_by(self.influxd) == due


@contextmanager
def standing(folder: Path) -> Iterator[Standing]:
    """A plant whose first minutes are shown."""
    (folder / "influxd").mkdir()
    influxd = influxd_in(folder / "influxd", missing)
    influxd.start()
    (folder / "plant").mkdir()
    plant = Plant(folder / "plant")
    made = Standing(plant=plant, influxd=influxd, view=InfluxView(place_of(plant, influxd.section)))
    made.view.start()
    try:
        plant.log_profile()
        for number in range(BEFORE):
            made.minute(number)
        until(made.is_shown, "the database shows the first minutes")
        until(lambda: made.seen().lag_leaves == 0, "the view knows that it does")
        yield made
    finally:
        made.view.stop()
        plant.close()
        influxd.kill()


def _stream(channel: int, minute: int) -> Stream:
    polls = range(minute * ROWS, (minute + 1) * ROWS)
    shown = tuple(channel * 1_000_000.0 + poll + 0.125 for poll in polls)
    name = f"jinan/press-{channel}/gas"
    told = head(name, KindOfQuantity.VOLUME, "m3", Accumulation.INTERVAL)
    return Stream(
        head=msgspec.structs.replace(told, period_ms=EVERY_MS),
        rows=ROWS,
        sequence=progression(polls),
        at_ms=progression([START_NS // 1_000_000 + n * EVERY_MS for n in polls]),
        raw=raw_of(shown),
        indication=shown,
    )


def play(seed: int, folder: Path, size: Size = Size()) -> Tally:
    """A round: shown, killed, an hour without it, back, and like the ledger."""
    del seed  # nothing is drawn
    with standing(folder) as works:
        before = works.plant.store.cursor()
        from_ns = works.plant.bench.clock.now_ns()
        works.influxd.kill()
        for number in range(BEFORE, BEFORE + size.minutes):
            works.minute(number)
        until(lambda: works.seen().code == "E_INFLUX_UNREACHABLE", "it is said what is wrong")
        waiting = works.seen().lag_leaves
        assert waiting == works.plant.store.cursor() - before, f"the cursor went on: {waiting}"
        away_s = (works.plant.bench.clock.now_ns() - from_ns) // 1_000_000_000
        works.influxd.start()
        began_s = time.monotonic()
        until(lambda: works.seen().lag_leaves == 0, "the view is abreast", 180.0)
        abreast_s = time.monotonic() - began_s
        assert works.is_shown(), "the database is not like the ledger"
        until(lambda: not works.seen().code, "nothing is wrong any more")
        assert works.seen().aside == works.seen().differing == 0
    return {
        "minutes": size.minutes,
        "seconds_of_the_plants_clock": away_s,
        "leaves_that_waited": waiting,
        "readings_that_waited": size.minutes * CHANNELS * ROWS,
        "most_s_until_abreast": round(abreast_s),
    }


def _believed(seed: int, folder: Path) -> Sequence[str]:
    """What is lost where what was not written is taken for written, and nothing is compared."""
    del seed
    with ExitStack() as undefended:

        def patch(owner: object, name: str, value: object) -> None:
            undefended.enter_context(replaced(owner, name, value))

        works = undefended.enter_context(standing(folder))
        believe_the_database(patch)
        patch(Course, "tell", lambda *_: None)  # or the line about the view itself would notice
        works.influxd.kill()
        works.minute(BEFORE)
        until(lambda: works.seen().lag_leaves == 0, "all is taken for written")
        works.influxd.start()
        return [] if works.is_shown() else ["readings are missing, and nobody says so"]


DATABASE_HOUR = Campaign(
    name="database-down-an-hour",
    rows=(8,),
    fault="the database behind the view is killed; an hour of the plant's clock at 1,000 points a "
    "minute is received meanwhile, played as fast as intake and judge take it; then it is back",
    holds="every leaf is committed, receipted and judged without it, it is named, the cursor "
    "waits; afterwards each of the hour's 60,000 readings is in the database once, to the last "
    "digit",
    counted="minutes",
    figure=600,
    play=play,
    controls=(Control(defence="answers are heeded, and hours are compared", find=_believed),),
)
