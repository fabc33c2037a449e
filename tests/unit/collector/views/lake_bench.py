"""A plant whose ledger moves on day by day, and the lake beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from collector.views.parquet import Lake, open_lake
from collector.views.parquet_list import Listed, Listing, read_manifest
from collector.views.parquet_rebuild import Days, Rebuilt, rebuild
from evidence.log.batch import Stream
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    LINE_2,
    MILL,
    POLLS_A_DAY,
    POWER,
    START_NS,
    TEMPERATURE,
    Plant,
    batch,
    stream,
)

HOUR_NS = 3_600_000_000_000
POLLS_A_LEAF = 24
LEAVES_A_DAY = POLLS_A_DAY // POLLS_A_LEAF
MISSED = 5


@dataclass(slots=True)
class LakeBench:
    """A plant and a lake in one folder."""

    folder: Path
    plant: Plant

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    def again(self, folder: Path) -> "LakeBench":
        """The same in an empty folder; the plant of this one is closed."""
        return LakeBench(folder, self.plant.again(folder))

    def log_files(self) -> None:
        self.receive_at(START_NS + HOUR_NS)
        for kind, name, data in FILES:
            self.plant.log_file(self.plant.gw1, kind, name, data)
        self.plant.log_file(self.plant.gw2, *FILES[-1])

    def receive_at(self, at_ns: int) -> None:
        clock = self.plant.bench.clock
        clock.step_back(max(0, clock.now_ns() - at_ns))
        clock.set_to(at_ns)

    def receive(self, part: int) -> None:
        """A quarter of a day's polls, right after the last of them."""
        first = part * POLLS_A_LEAF
        self.receive_at(START_NS + (part + 1) * 6 * HOUR_NS)
        plant = self.plant
        plant.take(plant.gw1, batch(plant.gw1, self.streams(first)))
        plant.take(plant.gw2, batch(plant.gw2, [stream(MILL, first, POLLS_A_LEAF)]))

    def streams(self, first: int) -> list[Stream]:
        return [
            stream(LINE_1, first, POLLS_A_LEAF, (first + MISSED,)),
            stream(LINE_2, first, POLLS_A_LEAF),
            stream(POWER, first, POLLS_A_LEAF, (first + MISSED,)),
            stream(GAS, first, POLLS_A_LEAF),
            stream(TEMPERATURE, first, POLLS_A_LEAF),
        ]

    def run(self, days: int, first: int = 0) -> None:
        """Days of everything, judged and followed by the lake after each quarter."""
        for part in range(first * LEAVES_A_DAY, (first + days) * LEAVES_A_DAY):
            self.receive(part)
            self.plant.judging.catch_up()
            self.follow()

    @contextmanager
    def opened(self, run_rows: int = 10_000) -> Iterator[Lake]:
        listing = Listing(self.folder)
        try:
            open_lake(self.lake, listing)
            yield Lake(
                folder=self.lake,
                listing=listing,
                ledger=self.plant.ledger,
                store=self.plant.store,
                run_rows=run_rows,
            )
        finally:
            listing.close()

    def follow(self) -> int:
        with self.opened() as lake:
            return lake.catch_up()

    def rebuild(self, days: Days = Days(), run_rows: int = 10_000) -> Rebuilt:  # noqa: B008 - frozen
        with self.opened(run_rows) as lake:
            return rebuild(lake, days)

    def current(self, dataset: str = "readings") -> list[Listed]:
        return [
            each
            for each in read_manifest(self.lake)
            if each.state == "current" and each.dataset == dataset
        ]

    def table(self, dataset: str = "readings") -> pa.Table:
        return pa.concat_tables(
            pq.read_table(self.lake / each.path, partitioning=None).replace_schema_metadata()
            for each in self.current(dataset)
        )

    def digests(self, dataset: str = "readings") -> list[tuple[str, int, str]]:
        return [(each.day, each.segment, each.sha256) for each in self.current(dataset)]


def made(folder: Path, days: int) -> LakeBench:
    """A bench with so many days of the plant received."""
    bench = LakeBench(folder, Plant(folder))
    bench.log_files()
    bench.run(days)
    return bench
