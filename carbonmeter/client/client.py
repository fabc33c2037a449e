"""A collector, asked for what an analyst needs."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from carbonmeter.client.activity import Activity
from carbonmeter.client.answers import (
    ACTIVITY,
    File,
    checked,
    checked_record,
    count,
    file_of,
    read,
    statements,
)
from carbonmeter.client.connection import Answer, Connection
from carbonmeter.client.errors import DigestError
from carbonmeter.client.question import When, parts_by_hour, text_of
from carbonmeter.client.seen import Channel, Entry, MissedReading, Reading, ReadingPage
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Difference
from evidence.statement.entered.content import Content
from evidence.statement.ratio import Ratio
from evidence.statement.record.form_behind import ActivityRecord
from evidence.statement.touched import Touched

_ENTRIES: Final = "/api/v1/entries"
_WITHOUT: Final = "Carbonmeter-Periods-Without-Data"
_PAGE: Final = 1_000


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[int, ...]


class _Decided(msgspec.Struct, frozen=True, kw_only=True):
    entry: int


class Client:
    """Questions to one collector; holds no connection open and may be used by several threads.

    Args:
        url: Such as http://127.0.0.1:8080.
        token: Of a reader; not needed on the collector's own machine while none was issued.
        options: Of `connection.Connection`: timeout_s, tries, language, wait.

    Raises:
        QuestionError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str | None = None, **options: Any) -> None:  # noqa: ANN401
        self._connection = Connection(url=url, token=token, **options)

    def activity(
        self,
        channel: str | None,
        start: When,
        end: When,
        by: str = "total",
        tz: str = "Asia/Shanghai",
        *,
        as_of: When | None = None,
        under_plan: bool = False,
    ) -> Activity:
        """Activity data of a channel, or of all that have data, in periods of a range.

        Hours are asked for in parts, so any range of them up to ten years will do.

        Args:
            channel: its name; None for all.
            start: first instant, or a day, which begins at 00:00 in `tz`.
            end: last one, excluded.
            by: hour, day, month, quarter, year or total.
            tz: IANA name of the zone whose days, months and years count.
            as_of: told by what had been received and entered at that instant; None for now.
            under_plan: whether statements of channels with a monitoring plan say what the period
                comes to under it; 40 such periods in one answer.

        Raises:
            ClientError: the collector refused, cannot be reached, or its answer is not sound.
        """
        first, last = text_of(start, "start"), text_of(end, "end")
        asked = {"by": by, "tz": tz, "start": first, "end": last}
        asked |= {} if as_of is None else {"as_of": text_of(as_of, "as_of")}
        asked |= {"under_plan": "true"} if under_plan else {}
        if channel is not None:
            asked["channel"] = channel
        answers = [self._connection.get(ACTIVITY, each) for each in self._portions(asked)]
        return Activity(
            rows=tuple(row for answer in answers for row in statements(answer)),
            time_zone=tz,
            periods_without_data=sum(count(each.headers.get(_WITHOUT)) for each in answers),
        )

    def _portions(self, asked: dict[str, str]) -> Iterator[dict[str, str]]:
        """The question, or for hours, of which there are many, its parts by channel and time."""
        if asked["by"] != "hour":
            yield asked
            return
        names = [asked["channel"]] if "channel" in asked else self._with_hours()
        for name in names:
            for start, end in parts_by_hour(asked["start"], asked["end"], asked["tz"]):
                yield {**asked, "channel": name, "start": start, "end": end}

    def _with_hours(self) -> list[str]:
        return [each.channel for each in self.channels() if each.hours_from is not None]

    def statement(self, digest: str) -> ActivityData:
        """One statement by its digest, also if it has been superseded since.

        Raises:
            ClientError: as `activity`.
        """
        answer = self._connection.get(f"{ACTIVITY}/{digest}", {})
        found = checked(read(answer, msgspec.Raw))
        if found.digest != digest:
            raise DigestError(ACTIVITY, what="statement", found=found.digest, expected=digest)
        return found

    def record(self, digest: str) -> ActivityRecord:
        """All that is known of a statement: the verified activity data record, 15 groups.

        Raises:
            ClientError: as `activity`.
        """
        answer = self._connection.get(f"{ACTIVITY}/{digest}/record", {})
        found = checked_record(answer)
        if found.digests.statement_sha256 != digest:
            of = found.digests.statement_sha256
            raise DigestError(ACTIVITY, what="record", found=of, expected=digest)
        return found

    def ratio(
        self,
        numerator: Sequence[str],
        denominator: Sequence[str],
        start: When,
        end: When,
        factors: Sequence[float] | None = None,
        **own: str,
    ) -> Ratio:
        """One sum of channels over another of one period, such as energy for each tonne.

        Args:
            numerator: channels.
            denominator: channels of the product.
            start: as `activity`, which `end` is too.
            end: see there.
            factors: of the numerator, such as 1 and -1; else all 1.
            own: tz, as_of, allow_double_count.

        Raises:
            ClientError: as `activity`.
        """
        query = {"numerator": ",".join(numerator), "denominator": ",".join(denominator), **own}
        query |= {"start": text_of(start, "start"), "end": text_of(end, "end")}
        query |= {} if factors is None else {"factors": ",".join(map(repr, factors))}
        return read(self._connection.get(f"{ACTIVITY}/ratio", query), Ratio)

    def difference(self, digest: str) -> Difference:
        """A statement held against what follows for its channel and period now.

        Raises:
            ClientError: as `activity`.
        """
        return read(self._connection.get(f"{ACTIVITY}/{digest}/difference", {}), Difference)

    def touched(self, certificate: str, since: When | None = None) -> Touched:
        """What a late, corrected, withdrawn or doubted certificate changes in what was stated.

        Args:
            certificate: its id.
            since: what was stated before it counts; None: since its last paper came.

        Raises:
            ClientError: as `activity`.
        """
        query = {"certificate": certificate}
        query |= {} if since is None else {"since": text_of(since, "since")}
        return read(self._connection.get(f"{ACTIVITY}/touched", query), Touched)

    def touched_by_plan(self, channel: str, since: When | None = None) -> Touched:
        """What plans and test records of a channel change in what was stated under its plan.

        Args:
            channel: of the plan.
            since: what was stated before it counts; None: since the last of them came.

        Raises:
            ClientError: as `activity`.
        """
        query = {"plan": channel}
        query |= {} if since is None else {"since": text_of(since, "since")}
        return read(self._connection.get(f"{ACTIVITY}/touched", query), Touched)

    def entries(self, channel: str | None = None, *, standing: bool = False) -> tuple[Entry, ...]:
        """What people entered of a channel, or of all.

        Raises:
            ClientError: as `activity`.
        """
        query = {} if channel is None else {"channel": channel}
        query |= {"standing": "true"} if standing else {}
        return read(self._connection.get(_ENTRIES, query), tuple[Entry, ...])

    def enter(self, contents: Sequence[Content], reason: str = "") -> tuple[int, ...]:
        """The numbers under which readings and amounts were entered; all of them or none.

        Raises:
            ClientError: as `activity`.
        """
        body = {"entries": list(contents), "reason": reason}
        return self._written(_ENTRIES, body).entries

    def correct(self, entry: int, content: Content | None, reason: str) -> int:
        """The number of what stands in the place of an entry; None withdraws it.

        Raises:
            ClientError: as `activity`.
        """
        body = {"content": content, "reason": reason}
        return self._written(f"{_ENTRIES}/{entry}/correction", body).entries[0]

    def decide(self, what: Literal["release", "lock", "unlock"], digest: str, reason: str) -> int:
        """The number of the entry by which a statement was released, locked or unlocked.

        Raises:
            ClientError: as `activity`.
        """
        answer = self._post(f"{ACTIVITY}/{digest}/{what}", {"reason": reason})
        return read(answer, _Decided).entry

    def _written(self, path: str, body: object) -> "_Written":
        return read(self._post(path, body), _Written)

    def _post(self, path: str, body: object) -> Answer:
        return self._connection.post(path, msgspec.json.encode(body), "application/json")

    def channels(self) -> tuple[Channel, ...]:
        """The channels that readings came from.

        Raises:
            ClientError: as `activity`.
        """
        return read(self._connection.get("/api/v1/channels", {}), tuple[Channel, ...])

    def readings(self, channel: str, start: When, end: When) -> Iterator[Reading | MissedReading]:
        """Readings of a channel and polls that gave none, page after page as they are used.

        Raises:
            ClientError: as `activity`.
        """
        query: dict[str, str | int] = {"channel": channel, "limit": _PAGE}
        query |= {"start": text_of(start, "start"), "end": text_of(end, "end")}
        while True:
            page = read(self._connection.get("/api/v1/readings", query), ReadingPage)
            yield from page.readings
            if page.next is None:
                return
            query["cursor"] = page.next

    def export(
        self,
        form: str,
        channel: str | None,
        start: When,
        end: When,
        by: str = "total",
        tz: str = "Asia/Shanghai",
        **own: str | int,
    ) -> File:
        """Activity data as a file.

        Args:
            form: csv, components-csv, parquet, brightway, brightway-lognormal or pact.
            channel: as `activity`, which `start`, `end`, `by` and `tz` are too.
            start: see there.
            end: see there.
            by: see there.
            tz: see there.
            own: what the form takes: samples, seed, data_schema; or under_plan="true".

        Raises:
            ClientError: as `activity`.
        """
        query: dict[str, str | int] = {"format": form, "by": by, "tz": tz, **own}
        query |= {"start": text_of(start, "start"), "end": text_of(end, "end")}
        query |= {} if channel is None else {"channel": channel}
        return file_of(self._connection.get(f"{ACTIVITY}/export", query))
