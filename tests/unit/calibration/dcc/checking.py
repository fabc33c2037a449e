"""How tests of signatures ask for an outcome."""

import datetime as dt
import re

import pytest

from calibration.dcc.errors import DccError
from calibration.dcc.signature import Checked, check_signatures
from calibration.dcc.trust import trust_of
from tests.unit.calibration.dcc.dcc_documents import (
    TEMPERATURES,
    document,
)
from tests.unit.calibration.dcc.signing import (
    Identity,
    authority,
    laboratory,
)

CAME = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


PLAIN = document(TEMPERATURES)


def checked(data: bytes, *trusted: Identity, at: dt.datetime = CAME) -> Checked:
    trust = trust_of({f"{k}.pem": each.pem for k, each in enumerate(trusted)}) if trusted else None
    return check_signatures(data, "a.xml", trust, at)


def refused(data: bytes) -> str:
    with pytest.raises(DccError) as wrong:
        checked(data, authority())
    return wrong.value.code


def found(outcome: Checked) -> list[str]:
    return [each.code for each in outcome.findings]


def signatures(data: bytes) -> list[bytes]:
    return re.findall(rb"<ds:Signature .*?</ds:Signature>", data, re.DOTALL)


def laboratory_text() -> bytes:
    return b"\n".join(laboratory().pem.splitlines()[1:-1])
