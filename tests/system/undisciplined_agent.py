"""The agent's command on a machine whose kernel says nothing of its clock.

Where the clock is a fake that the kernel knows nothing of, its word would be about another.
"""

import sys

from carbonmeter.cli import main
from edge_agent import timekeeper
from tests.faults.replaced import replaced


def _nothing(_: object) -> None:
    return None


if __name__ == "__main__":
    with replaced(timekeeper, "discipline_of", _nothing):
        sys.exit(main())
