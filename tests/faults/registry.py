"""All campaigns, by the module and name of their constants; imported when they are played."""

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from tests.faults.campaign import Campaign

PLACES: Final[tuple[str, ...]] = (
    "tests.system.agent_kills:KILLED_AGENT",
    "tests.system.salvage_kills:KILLED_SALVAGE",
    "tests.system.collector_kills:KILLED_COLLECTOR",
    "tests.system.collector_kills:CRASHED_COLLECTOR",
    "tests.system.power_cut_spool:POWER_CUT_SPOOL",
    "tests.system.power_cut_ledger:POWER_CUT_LEDGER",
    "tests.system.power_cut_journal:POWER_CUT_JOURNAL",
    "tests.system.io_error_spool:IO_ERROR_SPOOL",
    "tests.system.io_error_ledger:IO_ERROR_LEDGER",
    "tests.system.broker_kills:KILLED_BROKER",
    "tests.system.broker_limits:BROKER_LIMITS",
    "tests.system.lying_broker:LYING_BROKER",
    "tests.system.lying_broker:LYING_BROKER_UNHURRIED",
    "tests.system.database_faults:DATABASE_FAULTS",
    "tests.system.database_hour:DATABASE_HOUR",
    "tests.system.database_pace:DATABASE_PACE",
    "tests.system.wiped_database:WIPED_DATABASE",
    "tests.system.parting:PARTING",
    "tests.system.backlog:BACKLOG",
    "tests.system.bad_line:BAD_LINE",
    "tests.system.standstill:STANDSTILL",
    "tests.system.standstill:STANDSTILL_10_MINUTES",
    "tests.system.disk_full:DISK_FULL",
    "tests.system.collector_disk_full:COLLECTOR_DISK_FULL",
    "tests.system.clock_steps:CLOCK_STEPS",
    "tests.system.clock_process:CLOCK_PROCESS",
    "tests.system.clock_holdover:CLOCK_HOLDOVER",
    "tests.system.corruption:CORRUPTION",
    "tests.system.edited_ledger:EDITED_LEDGER",
    "tests.system.altered_bundle:FLIPPED",
    "tests.system.altered_bundle:RESEALED",
    "tests.system.altered_bundle:MUTATED",
    "tests.system.restore:SPOOL",
    "tests.system.restore_ledger:LEDGER",
    "tests.system.clone:CLONE",
    "tests.system.stranger:ANOTHER_KEY",
    "tests.system.rotation:ROTATION",
    "tests.system.revocation:REVOCATION",
    "tests.system.meter_faults:MISBEHAVING_METERS",
    "tests.system.register_faults:MISBEHAVING_REGISTERS",
    "tests.system.restated:RESTATED",
    "tests.system.upgrade:UPGRADE",
    "tests.system.flooded:FLOOD",
    "tests.system.fuzzed_api:FUZZED",
    "tests.simulation.campaign:SIMULATION",
    "tests.system.soak:SOAK_BY_SECONDS",
    "tests.system.soak:SOAK_FULL_WIDTH",
)


def campaigns(names: Iterable[str] = ()) -> dict[str, Campaign]:
    """Place -> campaign, of these names; of all where none is given.

    Raises:
        LookupError: a name is no campaign's.
    """
    found = {place: campaign_at(place) for place in PLACES}
    wanted = set(names)
    unknown = wanted - {each.name for each in found.values()}
    if unknown:
        raise LookupError(", ".join(sorted(unknown)))
    return {place: each for place, each in found.items() if not wanted or each.name in wanted}


def campaign_at(place: str) -> Campaign:
    """The campaign at `module:NAME`."""
    module, name = place.split(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, Campaign)
    return found
