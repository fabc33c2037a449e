"""Statements as linked exchanges, ready for a Brightway database. Pure.

Which activity or flow a channel is an exchange with is the analyst's knowledge, given as links.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from carbonmeter.client.errors import LinkError
from evidence.statement.datum import ActivityData
from evidence.statement.exports.brightway import Shape, exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a channel's amount is an exchange with.

    Attributes:
        input: Database and code of the activity or flow.
        type: Of the exchange.
    """

    input: tuple[str, str]
    type: Literal["technosphere", "biosphere", "production", "substitution"]


def linked(
    rows: Sequence[ActivityData], links: Mapping[str, Link], shape: Shape = "normal"
) -> list[dict[str, Any]]:
    """The exchanges of these rows, in their order, with their links.

    Raises:
        LinkError: a channel has no link.
        ExportDistributionError, ExportNumberError: as `exports.brightway.exchange`.
    """
    return [_linked(each, links, shape) for each in rows]


def _linked(datum: ActivityData, links: Mapping[str, Link], shape: Shape) -> dict[str, Any]:
    link = links.get(datum.channel)
    if link is None:
        known = ", ".join(sorted(links)) or "-"
        raise LinkError("links", channel=datum.channel, limit=known)
    made: dict[str, Any] = msgspec.to_builtins(exchange(datum, shape))
    return made | {"input": link.input, "type": link.type}
