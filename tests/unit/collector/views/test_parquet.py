"""The lake: sealed days that anyone reads, equal to what the collector says."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calibration.uncertainty import combine
from calibration.window import FlowWindow, components_of, merge_flow
from collector.views.parquet_list import digest_of, read_manifest
from collector.views.parquet_schema import SCHEMAS
from collector.views.rows import MissRow, ReadingRow, StreamRows, judged_leaves
from evidence.software import SOFTWARE
from tests.unit.collector.api.plant import GAS, LINE_1, POWER, START_NS
from tests.unit.collector.views.lake_bench import HOUR_NS, LakeBench, made

DAYS = 3


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LakeBench]:
    it = made(tmp_path_factory.mktemp("lake"), DAYS)
    yield it
    it.plant.close()


def test_days_are_sealed_once_the_ledger_has_moved_on(bench: LakeBench) -> None:
    days = [(each.day, each.segment) for each in bench.current()]
    assert days == [("2026-03-29", 1), ("2026-03-30", 1), ("2026-03-31", 1)]


def timed(stream: StreamRows) -> list[ReadingRow | MissRow]:
    return [*stream.readings(), *stream.missed]


def test_every_row_of_a_sealed_day_is_in_the_lake_once(bench: LakeBench) -> None:
    last_ns = START_NS + (8 + 2 * 24) * HOUR_NS
    due = [
        (stream.channel, row.at_ns // 1_000_000, row.poll)
        for leaf in judged_leaves(bench.plant.ledger, bench.plant.store, 0)
        for stream in leaf.streams
        for row in timed(stream)
        if row.at_ns < last_ns
    ]
    table = bench.table()
    found = zip(
        table["channel"].to_pylist(),
        table["instant"].cast("int64").to_pylist(),
        table["poll"].to_pylist(),
        strict=True,
    )
    assert sorted(found) == sorted(due)


def test_rows_are_sorted_by_channel_and_instant(bench: LakeBench) -> None:
    for each in bench.current():
        table = pq.read_table(bench.lake / each.path, partitioning=None)
        keys = list(zip(table["channel"].to_pylist(), table["instant"].to_pylist(), strict=True))
        assert keys == sorted(keys)
        assert len(keys) == each.rows


def test_the_schema_is_that_of_the_dataset_and_the_metadata_name_the_ledger(
    bench: LakeBench,
) -> None:
    for line in read_manifest(bench.lake):
        file = pq.ParquetFile(bench.lake / line.path)
        assert file.schema_arrow.equals(SCHEMAS[line.dataset])
        said = {key.decode(): text.decode() for key, text in file.schema_arrow.metadata.items()}
        assert said["carbonmeter.version"] == "1"
        assert said["carbonmeter.software"] == SOFTWARE
        assert said["carbonmeter.segment"] == str(line.segment)
        root = bench.plant.ledger.root_at(int(said["carbonmeter.through_position"]))
        assert root is not None
        assert said["carbonmeter.ledger_root"] == root.hex() == line.ledger_root
        column = file.metadata.row_group(0).column(0)
        assert column.compression == "ZSTD"
        assert column.statistics.has_min_max


def test_a_stranger_can_check_the_digests_of_the_manifest(bench: LakeBench) -> None:
    lines = read_manifest(bench.lake)
    assert lines
    assert all(digest_of(bench.lake / each.path) == each.sha256 for each in lines)


def ask(bench: LakeBench, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name in ("readings", "hours"):
            paths = [str(bench.lake / each.path) for each in bench.current(name)]
            db.from_parquet(paths).create_view(name)
        return db.execute(query).fetchall()


def test_duckdb_forms_the_uncertainty_from_the_components(bench: LakeBench) -> None:
    rows = ask(
        bench,
        """SELECT standard_uncertainty, sqrt(
             coalesce(list_sum(list_transform(components, lambda c: c.contribution ** 2)), 0)
             + coalesce(u_fresh, 0) ** 2 + coalesce(u_resolution, 0) ** 2)
           FROM readings WHERE standard_uncertainty IS NOT NULL""",
    )
    assert len(rows) > 500
    assert all(found == pytest.approx(stated, rel=1e-12) for stated, found in rows)


@pytest.mark.parametrize(
    ("channel", "weight", "hour"),
    [(POWER, 0.25, "instant"), (GAS, 1.0, "instant - INTERVAL 1 MILLISECOND")],
    ids=["rate", "interval"],
)
def test_hourly_sums_of_readings_are_the_windows_of_the_collector(
    bench: LakeBench, channel: str, weight: float, hour: str
) -> None:
    """The amount of an interval belongs to the hour in which the interval lies."""
    rows = ask(
        bench,
        f"""SELECT epoch_ms(date_trunc('hour', {hour})), sum(value) * {weight},
              sum(indication) * {weight}, count(value), count(missed)
            FROM readings WHERE channel = '{channel}' GROUP BY 1 ORDER BY 1""",  # noqa: S608
    )
    windows = {
        window.start_ns // 1_000_000: window
        for window in bench.plant.store.lookup.windows(channel, 0, 2**62)
    }
    assert len(rows) >= 48
    # a day's last interval may be stamped at the midnight that begins the next, not sealed, day
    whole = [row for row in rows if row[0] != (START_NS + 55 * HOUR_NS) // 1_000_000]
    for start_ms, value, uncorrected, present, missed in whole:
        window = windows[int(str(start_ms))]
        assert isinstance(window, FlowWindow)
        assert value == pytest.approx(window.value, rel=1e-12)
        assert uncorrected == pytest.approx(window.uncorrected, rel=1e-12)
        assert (present, missed) == (window.tally.present, sum(window.tally.missed.values()))


def test_hours_in_the_lake_are_those_of_the_store(bench: LakeBench) -> None:
    table = bench.table("hours")
    rows = {(row["channel"], row["hour_start"], row["version"]): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows > 100
    for channel in (LINE_1, POWER, GAS):
        start_ns, end_ns = START_NS, START_NS + 2 * 24 * HOUR_NS
        for window in bench.plant.store.lookup.windows(channel, start_ns, end_ns):
            at = pa.scalar(window.start_ns // 1_000_000, table["hour_start"].type).as_py()
            row = rows[channel, at, 1]
            assert (row["value"], row["uncorrected"]) == (window.value, window.uncorrected)
            assert (row["expected"], row["present"]) == (
                window.tally.expected,
                window.tally.present,
            )
            assert row["states"] == window.tally.states
            assert dict(row["missed"]) == dict(window.tally.missed)


def test_the_uncertainty_of_a_sum_of_hours_follows_in_sql(bench: LakeBench) -> None:
    """Shared influences add with their sign, the others in quadrature: as the collector merges."""
    ((found,),) = ask(
        bench,
        f"""WITH part AS (SELECT unnest(components, recursive := true) FROM hours
              WHERE channel = '{POWER}' AND hour_start::DATE = '2026-03-30'),
            acting AS (SELECT CASE WHEN shared THEN sum(contribution) ** 2
              ELSE sum(contribution ** 2) END AS variance FROM part GROUP BY influence, shared)
            SELECT sqrt(sum(variance)) FROM acting""",  # noqa: S608 - our own names
    )
    start_ns = START_NS + 8 * HOUR_NS
    windows = bench.plant.store.lookup.windows(POWER, start_ns, start_ns + 24 * HOUR_NS)
    assert len(windows) == 24
    flows = [each for each in windows if isinstance(each, FlowWindow)]
    due = combine(components_of(merge_flow(flows)))
    assert found == pytest.approx(due, rel=1e-12)
