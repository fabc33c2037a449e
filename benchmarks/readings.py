"""A batch of 1,000 readings as an agent would close it, and the same as rows of JSON."""

import random
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.works import POINTS, Site, write_site
from calibration.indication import Quality
from edge_agent.batcher import BatchHead
from edge_agent.cycle import PolledDevice
from edge_agent.installation import Installation, load_installation
from edge_agent.poll import Poll, Reading
from edge_agent.strands import strands_of
from edge_agent.streams import streams_of
from evidence.log.batch import Batch, ClockState, Stream, contributions, values
from evidence.log.column import progressed

START_MS, PERIOD_MS, READINGS = 1_790_000_000_000, 1000, 1000
HEAD = BatchHead(
    software="carbonmeter/1",
    clock=ClockState(standard_uncertainty_s=0.05),
    closed_ms=START_MS + 10_000,
    seed=b"s" * 32,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """50 devices of 20 points, calibrated with three influences, whose loads wander."""

    installation: Installation

    def polls(self, times: int, seed: int = 1) -> list[Poll]:
        """`times` polls of each device, device by device within each second."""
        chance = random.Random(seed)  # noqa: S311 - a load, no secret
        load = [chance.uniform(15, 85) for _ in range(POINTS * len(self.installation.devices))]
        return [
            self._poll(n, place, device, load, chance)
            for n in range(times)
            for place, device in enumerate(self.installation.devices.values())
        ]

    def _poll(
        self, n: int, place: int, device: PolledDevice, load: list[float], chance: random.Random
    ) -> Poll:
        at_ms = START_MS + n * PERIOD_MS + 3 * place + chance.randrange(3)
        readings = tuple(
            _reading(channel, at_ms, load, place * POINTS + channel, chance)
            for channel in range(POINTS)
        )
        return Poll(
            device=device.name,
            setup=device.digest,
            sequence=n,
            at_ms=START_MS + n * PERIOD_MS,
            readings=readings,
        )

    def batch(self, readings_a_channel: int) -> Batch:
        """1,000 readings, as near as whole channels go."""
        strands = strands_of(self.polls(readings_a_channel))
        chosen = strands[: READINGS // readings_a_channel]
        return Batch(
            agent="bench",
            epoch="ab" * 16,
            sequence=1,
            software=HEAD.software,
            clock=HEAD.clock,
            opened_ms=START_MS,
            closed_ms=HEAD.closed_ms,
            streams=streams_of(chosen, self.installation.calibrations),
        )


def _reading(
    channel: int, at_ms: int, load: list[float], place: int, chance: random.Random
) -> Reading:
    load[place] = min(max(load[place] + chance.gauss(0, 0.1), 1.0), 99.0)
    hundredths = round(load[place] * 100)
    return Reading(
        channel=channel,
        at_ms=at_ms,
        raw=struct.pack(">i", hundredths),
        number=hundredths / 100,
        quality=Quality.GOOD,
    )


def plant() -> Plant:
    """A plant whose meters show hundredths of a kW in an int32."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site"
        write_site(
            path, 1883, Site(devices=50, period_s=1, ports=(502,), form="int32", drift=False)
        )
        return Plant(installation=load_installation(path / "agent.toml"))


def rows_of(batch: Batch) -> list[dict[str, object]]:
    """Each reading as a row that says its channel and time: what others send."""
    return [row for stream in batch.streams for row in _rows(stream)]


def _rows(stream: Stream) -> Iterator[dict[str, object]]:
    columns = [contributions(stream, part) for part in stream.contributions]
    times = progressed(stream.at_ms, stream.rows)
    for n, at_ms, raw, x, y in zip(count(), times, stream.raw, stream.indication, values(stream)):
        components = [round(column[n], 6) for column in columns]
        yield {"ch": stream.head.channel, "t": at_ms, "raw": raw, "x": x, "y": y, "u": components}
