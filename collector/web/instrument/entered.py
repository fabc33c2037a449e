"""The page of a channel that no instrument shows: what people entered of it, and who did."""

from collections.abc import Mapping
from typing import Any, Final

from collector.activity.acts import Known
from collector.api.security import Reader
from collector.api.unknown import ChannelUnknownError
from collector.web.activity.entries import entries_shown, may_enter
from evidence.log.how_read import quantity_words
from evidence.statement.entered.book import latest
from evidence.statement.entered.content import Content

_WELL: Final = (
    "resolution",
    "standard_uncertainty",
    "mpe_relative",
    "relative_standard_uncertainty",
)
"""How an entry says its uncertainty."""


def entered_facts(
    known: Known, reader: Reader, channel: str, query: Mapping[str, str], language: str
) -> Mapping[str, Any]:
    """What the template shows.

    Args:
        known: What the journal says.
        reader: Who asks.
        channel: Its name.
        query: Which page of the entries.
        language: "en" or "zh".

    Raises:
        ChannelUnknownError: nothing that they may see was ever entered of it.
    """
    if not reader.sees_channel(channel) or not known.book.of(channel):
        raise ChannelUnknownError("channel", channel=channel)
    content = last_content(known, channel)
    kind = "" if content is None else content.kind_of_quantity.value
    return {
        "title": "instrument.title",
        "channel": channel,
        "content": content,
        "known": {} if content is None else well_known(content),
        "quantity": quantity_words(kind, language) if kind else "",
        "shown": entries_shown(known.book, reader, {**query, "channel": channel}),
        "may_enter": may_enter(reader),
    }


def last_content(known: Known, channel: str) -> Content | None:
    """What stands and reaches farthest; None where all was withdrawn."""
    last = latest(known.book.standing(channel))
    return None if last is None else last.content


def well_known(content: Content) -> dict[str, float]:
    """How well it is known, by the names under which it was entered; empty where nobody said."""
    found = {name: getattr(content, name, None) for name in _WELL}
    return {name: value for name, value in found.items() if value is not None}
