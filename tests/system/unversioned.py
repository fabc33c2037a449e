"""The `carbonmeter` command of this tree, blind to what a newer version wrote."""

import sys

import carbonmeter.cli
import collector.ledger_schema
import edge_agent.spool_schema

for schema in (collector.ledger_schema, edge_agent.spool_schema):
    setattr(schema, "VERSION", 99)  # noqa: B010 - it is final for all others

if __name__ == "__main__":
    sys.exit(carbonmeter.cli.main())
