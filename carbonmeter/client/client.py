"""A collector, asked for what an analyst needs."""

from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from typing import IO, Final

import msgspec

from carbonmeter.client.activity import Activity, activity_of
from carbonmeter.client.answers import (
    ACTIVITY,
    File,
    Kept,
    checked,
    checked_record,
    kept,
    read,
)
from carbonmeter.client.errors import DigestError
from carbonmeter.client.question import When, text_of
from carbonmeter.client.seen import Channel, MissedReading, Reading, ReadingPage
from carbonmeter.client.stream import Statements
from carbonmeter.client.summing import Summing
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Difference
from evidence.statement.record.form_behind import ActivityRecord
from evidence.statement.touched import Touched

_PAGE: Final = 1_000
_PLANNED_PAGE: Final = "100"
"""Statements under a plan that one answer compares."""


class Client(Summing):
    """Questions to one collector; holds no connection open and may be used by several threads.

    Args:
        url: Such as http://127.0.0.1:8080.
        token: Of a reader; not needed on the collector's own machine while none was issued.
        options: Of `connection.Connection`: timeout_s, tries, language, wait.

    Raises:
        QuestionError: the address or the token cannot be one.
    """

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

        However many there are, they come as one answer, of which the end is known.

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
        found = self.stream(channel, start, end, by, tz, as_of=as_of, under_plan=under_plan)
        return activity_of(found, tz)

    def activity_within(
        self,
        boundary: str,
        start: When,
        end: When,
        by: str = "total",
        tz: str = "Asia/Shanghai",
        *,
        as_of: When | None = None,
        under_plan: bool = False,
    ) -> Activity:
        """Activity data of the channels of a saved boundary, each by itself, without its factor.

        `total` of the answer has the factors, of the version that counts for all of the range.

        Args:
            boundary: its id, `<site>/<name>`.
            start: as `activity`, which all else is too.
            end: see there.
            by: see there.
            tz: see there.
            as_of: see there.
            under_plan: see there.

        Raises:
            ClientError: as `activity`.
        """
        of = {"boundary": boundary}
        found = self._statements(of, start, end, by, tz, as_of=as_of, under_plan=under_plan)
        return activity_of(found, tz)

    def stream(
        self,
        channel: str | None,
        start: When,
        end: When,
        by: str = "total",
        tz: str = "Asia/Shanghai",
        *,
        as_of: When | None = None,
        under_plan: bool = False,
    ) -> Statements:
        """The same statements one after the other as they come, for more than memory holds.

        What was taken of them is not known to be all before the last one came.

        Raises:
            QuestionError: a time has no zone.
        """
        of = {} if channel is None else {"channel": channel}
        return self._statements(of, start, end, by, tz, as_of=as_of, under_plan=under_plan)

    def _statements(
        self,
        of: dict[str, str],
        start: When,
        end: When,
        by: str,
        tz: str,
        *,
        as_of: When | None,
        under_plan: bool,
    ) -> Statements:
        first, last = text_of(start, "start"), text_of(end, "end")
        asked = {"by": by, "tz": tz, "start": first, "end": last, **of}
        asked |= {} if as_of is None else {"as_of": text_of(as_of, "as_of")}
        asked |= {"under_plan": "true"} if under_plan else {}
        return Statements(self._connection, asked)

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
        return self._touched(query)

    def touched_by_plan(self, channel: str, since: When | None = None) -> Touched:
        """What plans and test records of a channel change in what was stated under its plan.

        Args:
            channel: of the plan.
            since: what was stated before it counts; None: since the last of them came.

        Raises:
            ClientError: as `activity`.
        """
        query = {"plan": channel, "limit": _PLANNED_PAGE}
        query |= {} if since is None else {"since": text_of(since, "since")}
        return self._touched(query)

    def _touched(self, query: dict[str, str]) -> Touched:
        pages = [read(each, Touched) for each in self._pages(f"{ACTIVITY}/touched", query)]
        return msgspec.structs.replace(
            pages[0],
            statements=tuple(row for each in pages for row in each.statements),
            unchanged=sum(each.unchanged for each in pages),
            untold=sum(each.untold for each in pages),
        )

    def channels(self) -> tuple[Channel, ...]:
        """The channels that readings came from.

        Raises:
            ClientError: as `activity`.
        """
        pages = self._pages("/api/v1/channels", {})
        return tuple(row for page in pages for row in read(page, list[Channel]))

    def readings(self, channel: str, start: When, end: When) -> Iterator[Reading | MissedReading]:
        """Readings of a channel and polls that gave none, page after page as they are used.

        Raises:
            ClientError: as `activity`.
        """
        query: dict[str, str | int] = {"channel": channel, "limit": _PAGE}
        query |= {"start": text_of(start, "start"), "end": text_of(end, "end")}
        for page in self._pages("/api/v1/readings", query):
            yield from read(page, ReadingPage).readings

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
            form: csv, components-csv, json, json-lines, parquet, brightway, brightway-lognormal or
                pact.
            channel: as `activity`, which `start`, `end`, `by` and `tz` are too.
            start: see there.
            end: see there.
            by: see there.
            tz: see there.
            own: what the form takes: samples, seed, data_schema; or under_plan="true"; or boundary,
                the id of a saved one, whose factors the rows do not have.

        Raises:
            ClientError: as `activity`.
        """
        file = BytesIO()
        known = self.save(file, form, channel, start, end, by, tz, **own)
        return File(**asdict(known), data=file.getvalue())

    def save(
        self,
        into: IO[bytes],
        form: str,
        channel: str | None,
        start: When,
        end: When,
        by: str = "total",
        tz: str = "Asia/Shanghai",
        **own: str | int,
    ) -> Kept:
        """The same, written into an open file as it comes, for more than memory holds.

        Where it raises, what was written is not the whole file.

        Raises:
            ClientError: as `activity`.
        """
        query: dict[str, str | int] = {"format": form, "by": by, "tz": tz, **own}
        query |= {"start": text_of(start, "start"), "end": text_of(end, "end")}
        query |= {} if channel is None else {"channel": channel}
        with self._connection.coming(f"{ACTIVITY}/export", query) as coming:
            return kept(coming, into)
