"""Which channels are offered to be chosen: those that were searched for, by instrument."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from collector.api.telling import Telling
from collector.lookup import ChannelRow
from collector.web.activity.asked import Chosen
from collector.web.factory.channels import Paged, paged

ON_A_PAGE: Final = 12
"""Instruments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A channel that can be chosen.

    Attributes:
        channels: The parameter of the address with it, too.
        is_chosen: Whether it is within the boundary already.
    """

    channel: str
    unit: str
    channels: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument, or a meter that people read, with its channels that have amounts.

    Attributes:
        channels: The parameter of the address with all of them.
    """

    name: str
    offered: tuple[Offered, ...]
    channels: str


def offered(
    telling: Telling, rows: Mapping[str, ChannelRow], chosen: Chosen
) -> Paged[Instrument]:
    """A page of the instruments whose channels have all the words in their names."""
    found = [row for name, row in rows.items() if all(w in name.casefold() for w in chosen.words)]
    groups = [list(group) for _, group in groupby(found, key=lambda row: _device(row.channel))]
    shown = paged(groups, chosen.page, ON_A_PAGE)
    return Paged(
        rows=[_instrument(telling.with_data(_by_name(group)), group, chosen) for group in shown.rows],
        count=shown.count,
        page=shown.page,
        pages=shown.pages,
    )


def _by_name(rows: Iterable[ChannelRow]) -> Mapping[str, ChannelRow]:
    return {row.channel: row for row in rows}


def _instrument(
    rows: Sequence[ChannelRow], group: Sequence[ChannelRow], chosen: Chosen
) -> Instrument:
    names = [row.channel for row in rows]
    return Instrument(
        name=_device(group[0].channel),
        offered=tuple(
            Offered(
                channel=row.channel,
                unit=row.head.measurand.unit,
                channels=chosen.has([row.channel]),
                is_chosen=row.channel in chosen.channels,
            )
            for row in rows
        ),
        channels=chosen.has(names),
    )


def _device(channel: str) -> str:
    return channel.rpartition("/")[0]
