"""Check 27 on the page of a statement's evidence: the original is in it, and is looked at."""

import io
import re
from pathlib import Path

import pytest

from collector.api.app import create_app
from collector.originals import Originals
from collector.people.users import User
from collector.rights import Role
from collector.web.pages import add_pages
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import parse_policy
from evidence.bundle.verify import verify
from tests.unit.calibration.dcc.signing import Identity, authority, identity
from tests.unit.collector.api.plant import LINE_1, Asked, Plant
from tests.unit.collector.web.conftest import Browser, kept
from tests.unit.evidence.bundle.sealing import cite, signed_dcc

ROW = r'<td role="cell" class="number">27</td><td role="cell"><span class="mark (\w+)".*?</tr>'


def policy(who: Identity) -> str:
    return f"schema = 1\nlaboratories = ['''{who.pem.decode()}''']\n"


def test_the_page_looks_at_the_original_as_whoever_takes_the_bundle_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = signed_dcc()
    cite(monkeypatch, original)
    plant = Plant(tmp_path)
    plant.fill()
    Originals(tmp_path).keep(original)
    parts = plant.parts()
    parts.users.add(
        User(name="auditor", role=Role.AUDITOR, password=kept(Role.AUDITOR), created_ns=0)
    )
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("auditor")
    led = browser.get(f"/audit/bundle?channel={LINE_1}&start=2026-03-30&end=2026-03-31")
    address = led.headers["location"]
    data = browser.get(f"{address}/bundle.zip").content
    other = identity("Other", is_authority=True)
    for who, mark, result in ((authority(), "good", Result.OK), (other, "bad", Result.FAILED)):
        page = browser.fill_in(f"{address}/checks", {"policy": policy(who)}).text
        shown = re.search(ROW, page, re.DOTALL)
        assert shown is not None
        assert shown[1] == mark
        assert "CN=Laboratory" in shown[0]
        elsewhere = verify(io.BytesIO(data), parse_policy(policy(who).encode(), "policy"))
        assert elsewhere.outcomes[Check.SEALS - 1].result is result
    parts.sources.close()
    plant.close()
