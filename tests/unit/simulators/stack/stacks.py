"""Stacks to test with."""

from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from simulators.instant import instant_ns
from simulators.process import Process
from simulators.stack.form import StackForm
from simulators.stack.truth import Stack
from simulators.stack.waves import NS_PER_MIN, Minutes

BEGINS = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
BEGIN_NS = instant_ns(BEGINS)
HOUR_NS = 60 * NS_PER_MIN
DAY_NS = 24 * HOUR_NS
DAY = 1440


def stack(
    preset: str = "boiler",
    seed: int = 7,
    planned: tuple[dict[str, Any], ...] = (),
    fuel: Process | None = None,
    carbon: Process | None = None,
    **changes: object,
) -> Stack:
    whole = {"id": preset, "preset": preset, "planned": planned, "changes": changes}
    return Stack(
        id=preset,
        seed=seed,
        spec=msgspec.convert(whole, StackForm).spec(),
        commissioned_ns=BEGIN_NS,
        fuel=fuel,
        carbon=carbon,
    )


def some_minutes(days: float, from_day: float = 0.0) -> Minutes:
    first = BEGIN_NS // NS_PER_MIN + round(from_day * DAY)
    return np.arange(first, first + round(days * DAY), dtype=np.int64)


def local(text: str) -> int:
    return instant_ns(datetime.fromisoformat(f"{text}:00+08:00"))
