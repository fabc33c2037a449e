"""Whether a site that somebody enters for is one that is known here. Pure."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from collector.activity.entering import site_of
from evidence.statement.entered.book import EnteredBook
from evidence.statement.entered.errors import EntrySiteError

MOST_NAMED = 12


def require_known_sites(
    sites: Iterable[str],
    agents: Iterable[str],
    book: EnteredBook,
    sees: Callable[[str], bool],
) -> None:
    """Returns if an agent stands at all sites, or something was entered for them before.

    Args:
        sites: That somebody enters for.
        agents: Sites at which agents stand.
        book: What was entered before.
        sees: Whether they may know of a site; of others they are not told.

    Raises:
        EntrySiteError: it is not so of one: mistyped, or new.
    """
    known = {*agents, *map(site_of, book.channels())}
    for site in sorted(sites):
        if site not in known:
            own = sorted(filter(sees, known))
            near = get_close_matches(site, own, MOST_NAMED, 0.5)
            told = [*near, *(each for each in own if each not in near)][:MOST_NAMED]
            raise EntrySiteError("channel", site=site, limit=", ".join(told) or "-")
