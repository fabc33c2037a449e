"""Programs of the machine that tests ask for."""

import shutil
from collections.abc import Callable

from tests.contract.mosquitto import SEARCHED


def require_mosquitto(require: Callable[[str, str], object]) -> None:
    """Ends the test where mosquitto is not installed."""
    if shutil.which("mosquitto", path=SEARCHED) is None:
        require("mosquitto", "it is not installed")
