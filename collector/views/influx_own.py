"""How the view stands, told in the database beside the readings. Pure."""

from typing import Final

from collector.views.influx_syntax import line, series
from collector.views.seen import ViewSeen

OWN_MEASUREMENT: Final = "view"
OWN_TAGS: Final = ("collector",)
OWN_FIELDS: Final = ("lag_leaves", "written", "aside", "differing")


def own_line(collector: str, seen: ViewSeen, at_ns: int) -> bytes:
    """A line that says how the view of a collector stood at an instant, UTC ns.

    Raises:
        LineError: the collector's name cannot be carried.
    """
    key = series(OWN_MEASUREMENT, {"collector": collector}, collector)
    return line(key, {name: int(getattr(seen, name)) for name in OWN_FIELDS}, at_ns, collector)
