"""Polls that gave nothing are told too, where a batch has nothing else."""

from msgspec.structs import replace

from tests.unit.collector.api.plant import LINE_1, Plant, batch, served, stream


def test_a_batch_of_misses_alone_is_told(fresh: Plant) -> None:
    fresh.log_profile()
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_1, 0, 8)]))
    more = stream(LINE_1, 8, 5, missed=range(8, 12))
    lost = replace(more, rows=0, raw=(), indication=())
    fresh.take(fresh.gw1, batch(fresh.gw1, [lost]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    address = (
        f"/api/v1/readings?channel={LINE_1}&start=2026-03-29T18:00:00Z&end=2026-03-29T19:00:00Z"
    )
    found = served(parts).get(address).json()["readings"]
    parts.sources.close()
    assert [(each["kind"], each.get("reason")) for each in found] == [("missed", "timeout")] * 4


def test_a_miss_at_the_edge_of_a_batch_is_told(fresh: Plant) -> None:
    fresh.log_profile()
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(LINE_1, 0, 8, missed=(0, 7))]))
    fresh.judging.catch_up()
    parts = fresh.parts()
    asked = served(parts)
    for start, end in (("16:00", "16:15"), ("17:45", "18:00")):
        span = f"start=2026-03-29T{start}:00Z&end=2026-03-29T{end}:00Z"
        (one,) = asked.get(f"/api/v1/readings?channel={LINE_1}&{span}").json()["readings"]
        assert one["kind"] == "missed"
    parts.sources.close()
