"""Whether something is there of which a declaration shall be, and whose it is."""

from collections.abc import Callable, Iterable, Iterator

from collector.activity.acts import Known
from collector.api.unknown import ChannelUnknownError, StatementUnknownError
from collector.lookup import Lookup
from collector.zones import named_zones
from evidence.errors import Words
from evidence.statement.declaration.content import Declaration, is_digest
from evidence.statement.declaration.errors import DeclarationValueError
from evidence.statement.record.declared import speaks_of


def site_of_subject(
    lookup: Lookup,
    known: Known,
    sites: Iterable[str],
    told: Declaration,
    sees: Callable[[str], bool] = lambda _site: True,
) -> str:
    """The site that a declaration concerns.

    Args:
        lookup: channels and statements.
        known: what people entered.
        sites: at which agents stand; something may be declared of one before it has a channel.
        told: what shall be declared.
        sees: whether its author may see a site.

    Raises:
        ChannelUnknownError: no channel is it, or lies below it; or it is not for its author.
        StatementUnknownError: there is no such statement; or it is not for its author.
        DeclarationValueError: its time zone is none.
    """
    site = _site_of_statement(lookup, told.of) if is_digest(told.of) else told.of.partition("/")[0]
    if not site or not sees(site):
        raise StatementUnknownError("digest", digest=told.of) if is_digest(told.of) else _no(told)
    if not is_digest(told.of) and told.of not in set(sites):
        _require_place(lookup, known, told)
    _require_zone(told.time_zone)
    return site


def _site_of_statement(lookup: Lookup, digest: str) -> str:
    """Whose a statement is; empty where there is none."""
    datum = lookup.activity(digest)
    return "" if datum is None else datum.channel.partition("/")[0]


def _require_place(lookup: Lookup, known: Known, told: Declaration) -> None:
    if not any(speaks_of(told.of, channel) for channel in _channels(lookup, known)):
        raise _no(told)


def _channels(lookup: Lookup, known: Known) -> Iterator[str]:
    yield from known.book.channels()
    for row in lookup.channels():
        yield row.channel


def _no(told: Declaration) -> ChannelUnknownError:
    return ChannelUnknownError("of", channel=told.of)


def _require_zone(name: str | None) -> None:
    if name is not None and name not in named_zones():
        what = Words(f"'{name}' is no time zone", f"'{name}' 不是时区")
        limit = Words("an IANA name such as Asia/Shanghai", "IANA 名称，如 Asia/Shanghai")
        raise DeclarationValueError("time_zone", what=what, limit=limit)
