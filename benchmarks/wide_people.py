"""Who may look at the wide factory, and what people did in it: users, invoices, boundaries."""

import datetime as dt
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from benchmarks.year import channel_name
from calibration.measurand import KindOfQuantity
from collector.access import Person
from collector.activity.entering import enter
from collector.api.security import Author
from collector.boundaries.saving import save
from collector.journal import Journal, open_journal
from collector.people.administration import Doer, administration
from collector.people.users import User
from collector.rights import Role
from evidence.clock import Clock
from evidence.statement.boundary.content import Boundary, BoundaryTerm
from evidence.statement.entered.content import ManualAmount

USERS, CHANGES, METERS, MONTHS = 200, 5_000, 20, 12
LINES, OF_A_LINE = 40, 10
COLLECTOR: Final = "bench"
ADMINISTRATOR: Final = "user-000"
_ROLES: Final = (Role.ADMINISTRATOR, Role.ENGINEER, Role.ANALYST, Role.AUDITOR)
_DOER: Final = Doer(who=ADMINISTRATOR, role=Role.ADMINISTRATOR)


def fill_journal(folder: Path, clock: Clock) -> None:
    """Users, thousands of changes of them, and a year's invoices of twenty meters."""
    with open_journal(folder, COLLECTOR, clock) as journal:
        _administer(journal, folder)
        contents = [_invoice(meter, month) for meter in range(METERS) for month in range(MONTHS)]
        enter(journal, _author(), contents, clock, "invoices of the year")


def save_boundaries(folder: Path, clock: Clock) -> None:
    """A boundary of each line, of ten registers; those of the first have a year behind them."""
    with open_journal(folder, COLLECTOR, clock) as journal:
        for line in range(LINES):
            save(journal, _author(), _boundary(line), "as drawn", None)


def boundary_name(line: int) -> str:
    """The boundary of a product line."""
    return f"jinan/line-{line:02}"


def line_name(line: int) -> str:
    """A product line, as an address calls it."""
    return f"jinan/Line {line:02}"


def _boundary(line: int) -> Boundary:
    first = 2 * OF_A_LINE * line + 1
    registers = range(first, first + 2 * OF_A_LINE, 2)
    return Boundary(
        id=boundary_name(line),
        name=f"Line {line:02}, gate to gate",
        name_zh=f"{line:02} 线（门到门）",
        line=line_name(line).partition("/")[2],
        terms=tuple(BoundaryTerm(channel=channel_name(each)) for each in registers),
    )


def _author() -> Author:
    return Author(person=Person(name=ADMINISTRATOR, role=Role.ADMINISTRATOR, sites=()))


def entered_name(meter: int) -> str:
    """A meter whose invoices are entered."""
    return f"jinan/~gas-{meter:02}/volume"


def _administer(journal: Journal, folder: Path) -> None:
    done = administration(journal, folder)
    users = [
        User(name=f"user-{number:03}", role=_ROLES[number % len(_ROLES)], created_ns=0)
        for number in range(USERS)
    ]
    for each in users:
        done.add(each, _DOER, "new here")
    for number in range(CHANGES):
        place = 1 + number % (USERS - 1)
        users[place] = replace(users[place], disabled=not users[place].disabled)
        done.change(users[place], _DOER, "shift plan")


def _invoice(meter: int, month: int) -> ManualAmount:
    zone = dt.timezone(dt.timedelta(hours=8))
    start = dt.datetime(2026, 1 + month, 1, tzinfo=zone)
    end = dt.datetime(2026 + (month + 1) // 12, 1 + (month + 1) % 12, 1, tzinfo=zone)
    return ManualAmount(
        channel=entered_name(meter),
        kind_of_quantity=KindOfQuantity.VOLUME,
        unit="m3",
        value=1000.0 + 10 * meter + month,
        source=f"invoice {meter:02}-{month + 1:02}",
        serial=f"G-{meter:02}",
        mpe_relative=0.01,
        start=start.isoformat(),
        end=end.isoformat(),
    )
