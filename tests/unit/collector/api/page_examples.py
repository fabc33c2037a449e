"""How the matrix of roles, addresses and sites asks each page, and sends each form."""

from typing import Final
from urllib.parse import urlencode

from evidence.statement.entered.table import COLUMNS
from tests.unit.collector.agent_log import EPOCH
from tests.unit.collector.api.examples import (
    CHANNEL,
    DIGEST,
    ENTERED,
    NEXT_DAY,
    PAPER,
    SPAN,
    Example,
)
from tests.unit.collector.api.plant import LINE_1

_WEIGHED: Final = {
    "kind_of_quantity": "mass",
    "unit": "t",
    "start": "2026-03-30T00:00",
    "end": "2026-03-31T00:00",
    "value": "8",
    "source": "weighed by Li",
}
_ROW: Final = {**_WEIGHED, "entered": "amount", "channel": "{}"}


def _form(**fields: str) -> str:
    """The body of a form; `{}` stays as it is, to be named later."""
    return urlencode(fields, safe="{}")


_AMOUNT: Final = _form(**_ROW, reason="end of the month")
_AGAIN: Final = _form(**{**_ROW, "channel": ENTERED}, reason="weighed again")
_TABLE: Final = _form(
    table=f"{','.join(COLUMNS)}\n{','.join(_ROW.get(each, '') for each in COLUMNS)}\n",
    reason="end of the month",
)
_WHY: Final = _form(reason="quarter closed")
_BOUNDARY: Final = _form(id="line-1", name="Line 1", reason="as drawn")
_SCALE: Final = {"there": ENTERED, "absent": "jinan/~scale-0/steel"}
_LEAF: Final = {"there": f"gw-1/{EPOCH}/9", "absent": f"gw-1/{EPOCH}/9999"}
PAGE_EXAMPLES: Final = {
    ("GET", "/"): Example(),
    ("GET", "/about"): Example(),
    ("GET", "/activity"): Example(query=f"channels={{}}&{SPAN}", **CHANNEL),
    ("POST", "/activity"): Example(query=f"channels={{}}&{SPAN}", form=_BOUNDARY, **CHANNEL),
    ("POST", "/activity/boundaries/{site}/{name}/withdraw"): Example(
        form=_form(reason=""), there="jinan/line-1", absent="jinan/line-0"
    ),
    ("GET", "/activity/download"): Example(query=f"format=csv&channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/activity/enter"): Example(),
    ("POST", "/activity/enter"): Example(form=_AMOUNT, **_SCALE),
    ("POST", "/activity/enter/table"): Example(form=_TABLE, **_SCALE),
    ("POST", "/activity/enter/{entry}"): Example(form=_AGAIN, absent="999"),
    ("POST", "/activity/enter/{entry}/withdraw"): Example(form=_WHY, absent="999"),
    ("GET", "/activity/{digest}"): Example(**DIGEST),
    ("POST", "/activity/{digest}/lock"): Example(form=_WHY, **DIGEST),
    ("POST", "/activity/{digest}/release"): Example(form=_WHY, **DIGEST),
    ("POST", "/activity/{digest}/unlock"): Example(form=_WHY, **DIGEST),
    ("GET", "/audit"): Example(query=SPAN),
    ("GET", "/audit/report"): Example(query=f"channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/audit/bundle"): Example(query=f"channel={{}}&{NEXT_DAY}", **CHANNEL),
    ("GET", "/audit/bundles/{digest}"): Example(**DIGEST),
    ("GET", "/audit/bundles/{digest}/checks"): Example(**DIGEST),
    ("POST", "/audit/bundles/{digest}/checks"): Example(form=_form(policy=""), **DIGEST),
    ("GET", "/audit/bundles/{digest}/bundle.zip"): Example(**DIGEST),
    ("GET", "/audit/changes"): Example(),
    ("GET", "/audit/changes/{position}"): Example(there="0", absent="9"),
    ("GET", "/audit/effects"): Example(query=SPAN),
    ("GET", "/audit/effects/touched"): Example(query="certificate={}", **PAPER),
    ("GET", "/audit/logs"): Example(),
    ("POST", "/audit/logs"): Example(form=_form(note="", witness="")),
    ("GET", "/audit/leaves/{agent}/{epoch}/{sequence}"): Example(**_LEAF),
    ("GET", "/audit/leaves/{agent}/{epoch}/{leaf}/bytes"): Example(**_LEAF),
    ("GET", "/certificates"): Example(),
    ("GET", "/certificates/all/due.csv"): Example(),
    ("GET", "/certificates/all/rests-on"): Example(query="id={}", **PAPER),
    ("GET", "/certificates/new/dcc"): Example(),
    # of no site; they are asked so that they are refused before a document is read
    ("POST", "/certificates/new/dcc"): Example(form=_form(site="{}"), there="x", absent="y"),
    ("GET", "/certificates/new/dcc/{sha256}"): Example(**DIGEST),
    ("POST", "/certificates/new/dcc/{sha256}"): Example(form=_WHY, **DIGEST),
    ("GET", "/certificates/new/dcc/{sha256}/certificate.toml"): Example(**DIGEST),
    ("GET", "/certificates/{certificate}"): Example(**PAPER),
    ("GET", "/certificates/{certificate}/chain"): Example(**PAPER),
    ("GET", "/instruments/{channel:path}"): Example(**CHANNEL),
    ("GET", "/readings/{agent}/{epoch}/{leaf}/{poll}/{channel:path}"): Example(
        there=f"gw-1/{EPOCH}/9/0/{LINE_1}", absent=f"gw-1/{EPOCH}/9/9999/{LINE_1}"
    ),
}
LISTING: Final = {
    ("GET", "/activity"),
    ("POST", "/activity"),
    ("POST", "/certificates/new/dcc"),
}
"""Beside what is asked for they offer all that their reader may see: alike in status only."""
BROUGHT: Final = {("POST", "/certificates/new/dcc"), ("POST", "/certificates/new/dcc/{sha256}")}
"""What waits is there for nobody but whoever brought it."""
PLANT_WIDE: Final = {
    ("GET", "/people"): "",
    ("POST", "/people/tokens"): _form(name="t-9", user="nobody", days="x"),
    ("POST", "/people/tokens/withdraw"): _form(name="t-0", reason="lost"),
    ("POST", "/people/users"): _form(name="", reason=""),
    ("POST", "/people/users/change"): _form(name="nobody", reason="left"),
}
"""Of no site: who may administer all sites is answered, and nobody else."""
