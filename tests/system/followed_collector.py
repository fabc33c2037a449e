"""A collector on the time that another process makes.

python -m tests.system.followed_collector TIME_FILE run --config CONFIG
"""

import sys
from pathlib import Path

from collector.config import load_config
from collector.service import serve
from tests.faults.following import FollowedClock, TimeFile

if __name__ == "__main__":
    serve(load_config(Path(sys.argv[-1])), FollowedClock(TimeFile(Path(sys.argv[1]))))
