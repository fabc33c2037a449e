"""Who may look at the wide factory, and what people did in it: users, changes, invoices."""

import datetime as dt
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from calibration.measurand import KindOfQuantity
from collector.access import Person
from collector.activity.entering import enter
from collector.api.security import Author
from collector.journal import Journal, open_journal
from collector.people.administration import Doer, administration
from collector.people.users import User
from collector.rights import Role
from evidence.clock import Clock
from evidence.statement.entered.content import ManualAmount

USERS, CHANGES, METERS, MONTHS = 200, 5_000, 20, 12
COLLECTOR: Final = "bench"
ADMINISTRATOR: Final = "user-000"
_ROLES: Final = (Role.ADMINISTRATOR, Role.ENGINEER, Role.ANALYST, Role.AUDITOR)
_DOER: Final = Doer(who=ADMINISTRATOR, role=Role.ADMINISTRATOR)


def fill_journal(folder: Path, clock: Clock) -> None:
    """Users, thousands of changes of them, and a year's invoices of twenty meters."""
    with open_journal(folder, COLLECTOR, clock) as journal:
        _administer(journal, folder)
        person = Person(name=ADMINISTRATOR, role=Role.ADMINISTRATOR, sites=())
        contents = [_invoice(meter, month) for meter in range(METERS) for month in range(MONTHS)]
        enter(journal, Author(person=person), contents, clock, "invoices of the year")


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
