"""Whatever is asked, the answer is not a 5xx."""

import random
from typing import Final

from tests.unit.collector.api.plant import GAS, LINE_1, MILL, POWER, Asked

PATHS: Final = (
    "/api/v1/activity-data",
    "/api/v1/activity-data/export",
    "/api/v1/activity-data/combined",
    "/api/v1/activity-data/corroboration",
    "/api/v1/activity-data/" + "0" * 64,
    "/api/v1/readings",
    "/api/v1/channels",
    "/api/v1/agents",
    "/api/v1/certificates",
    "/api/v1/documents/" + "f" * 64,
    "/api/v1/quarantine",
    "/metrics",
    "/readyz",
    "/openapi.json",
)
VALUES: Final = (
    LINE_1,
    MILL,
    POWER,
    f"{LINE_1},{MILL}",
    f"{LINE_1},{GAS},",
    "2026-03-30",
    "2026-04-02",
    "2026-03-30T01:00:00Z",
    "2026-04-02T16:00:00%2B08:00",
    "1970-01-01T00:00:00Z",
    "2199-12-31T23:59:59.999999999Z",
    "2026-04-01T00:00:00.000000001Z",
    "9999-12-31T23:59:59-23:59",
    "hour",
    "day",
    "quarter",
    "total",
    "Asia/Shanghai",
    "America/St_Johns",
    "Pacific/Apia",
    "Antarctica/Troll",
    "1",
    "0",
    "-1",
    "1000",
    "99999999999999999999999",
    "1,-1",
    "1e308,1e308",
    "nan",
    "W10",
    "%00",
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "'; DROP TABLE window; --",
    "%s%s%n{0.__class__}",
    "null",
    "[]",
    "",
    "en",
    "zh",
    "csv",
    "components-csv",
    "brightway-lognormal",
    "pact",
    "parquet",
    "https://example.org/schema.json",
    "a" * 300,
)
NAMES: Final = (
    "channel",
    "channels",
    "factors",
    "start",
    "end",
    "by",
    "tz",
    "limit",
    "cursor",
    "lang",
    "serial",
    "due_soon_days",
    "format",
    "samples",
    "seed",
    "data_schema",
)
EXPORTED: Final = ("format", "channel", "start", "end", "by", "samples", "seed", "data_schema")
USUAL: Final = {
    "format": "brightway",
    "samples": "20",
    "channel": LINE_1,
    "channels": f"{LINE_1},{POWER}",
    "measured": LINE_1,
    "calculated": POWER,
    "start": "2026-03-29T16:00:00Z",
    "end": "2026-04-03T16:00:00Z",
}
ASKED_OF: Final = {
    "/api/v1/activity-data/export": EXPORTED,
    "/api/v1/activity-data": ("channel", "start", "end", "by", "tz", "lang"),
    "/api/v1/activity-data/combined": ("channels", "factors", "start", "end", "tz"),
    "/api/v1/activity-data/corroboration": ("measured", "calculated", "start", "end", "tz"),
    "/api/v1/readings": ("channel", "start", "end", "limit", "cursor"),
    "/api/v1/certificates": ("serial", "due_soon_days"),
    "/api/v1/quarantine": ("limit",),
}


def question(rng: random.Random) -> str:
    """A question in which most is as it should be, and something is not."""
    path = rng.choice(PATHS)
    names = ASKED_OF.get(path, ())
    query = {name: USUAL[name] for name in names if name in USUAL}
    for _ in range(rng.randrange(3)):
        chosen = rng.choice(names) if names and rng.random() < 0.8 else rng.choice(NAMES)
        query[chosen] = rng.choice(VALUES)
    if query and rng.random() < 0.1:
        del query[rng.choice(list(query))]
    return path + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_six_hundred_random_questions_never_break_the_server(asked: Asked) -> None:
    rng = random.Random(20260331)
    paths = [question(rng) for _ in range(600)]
    answers = [answer for at in range(0, 600, 50) for answer in asked.many(paths[at : at + 50])]
    broken = [
        (path, each.text)
        for path, each in zip(paths, answers, strict=True)
        if each.status_code >= 500 and each.status_code != 501
    ]
    assert broken == []
    codes = {each.status_code for each in answers}
    assert {200, 404, 422} <= codes
    for each in answers:
        if each.status_code >= 400:
            assert each.headers["content-type"] == "application/problem+json"
