"""The `carbonmeter` command of this tree, blind to what a newer version wrote."""

import sys

import carbonmeter.cli
import edge_agent.spool_schema
from collector.schema import Schema

setattr(edge_agent.spool_schema, "VERSION", 99)  # noqa: B010 - it is final for all others
setattr(Schema, "known", lambda schema, _database: schema.version)  # noqa: B010 - as is this

if __name__ == "__main__":
    sys.exit(carbonmeter.cli.main())
