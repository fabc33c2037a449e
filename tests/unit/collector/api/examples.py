"""How the matrix of roles, addresses and sites asks each address of the interface."""

from dataclasses import dataclass
from typing import Final

from tests.unit.collector.agent_log import EPOCH
from tests.unit.collector.api.plant import LINE_1

OWN, OTHER = "jinan", "weifang"
SPAN: Final = "start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"
NEXT_DAY: Final = "start=2026-03-30T16:00:00Z&end=2026-03-31T16:00:00Z"
ENTERED: Final = "jinan/~scale/steel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How an address is asked: for something that is there, and for something that is not.

    Attributes:
        query: Of the address; `{}` stands for what is asked for.
        there: Something of the site; empty where nothing is named, or only known once it was made.
        absent: Something of the site that is not there.
        form: What a page sends, with `{}` alike.
    """

    query: str = ""
    there: str = ""
    absent: str = ""
    form: str = ""


CHANNEL: Final = {"there": LINE_1, "absent": "jinan/line-0/energy"}
BOUNDARY: Final = {"there": "jinan/line-1", "absent": "jinan/line-0"}
PAPER: Final = {"there": "E-1", "absent": "E-0"}
DIGEST: Final = {"absent": "0" * 64}
API_EXAMPLES: Final = {
    ("GET", "/metrics"): Example(),
    ("GET", "/api/v1/activity-data"): Example(query=f"channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/api/v1/activity-data/combined"): Example(query=f"channels={{}}&{SPAN}", **CHANNEL),
    ("GET", "/api/v1/activity-data/corroboration"): Example(
        query=f"measured={{}}&calculated={{}}&{SPAN}", **CHANNEL
    ),
    ("GET", "/api/v1/activity-data/export"): Example(
        query=f"format=csv&channel={{}}&{SPAN}", **CHANNEL
    ),
    ("GET", "/api/v1/activity-data/export/pact-schema"): Example(),
    ("GET", "/api/v1/activity-data/{digest}"): Example(**DIGEST),
    ("GET", "/api/v1/activity-data/ratio"): Example(
        query=f"numerator={{}}&denominator={{}}&{SPAN}", **CHANNEL
    ),
    ("GET", "/api/v1/activity-data/touched"): Example(query="certificate={}", **PAPER),
    ("GET", "/api/v1/activity-data/locked"): Example(),
    ("GET", "/api/v1/activity-data/{digest}/difference"): Example(**DIGEST),
    ("GET", "/api/v1/activity-data/{digest}/record"): Example(**DIGEST),
    ("POST", "/api/v1/activity-data/{digest}/lock"): Example(**DIGEST),
    ("POST", "/api/v1/activity-data/{digest}/release"): Example(**DIGEST),
    ("POST", "/api/v1/activity-data/{digest}/unlock"): Example(**DIGEST),
    ("GET", "/api/v1/entries"): Example(),
    ("POST", "/api/v1/entries"): Example(there=ENTERED, absent="jinan/~scale-0/steel"),
    ("POST", "/api/v1/entries/{entry}/correction"): Example(absent="999"),
    ("GET", "/api/v1/boundaries"): Example(),
    ("POST", "/api/v1/boundaries"): Example(**CHANNEL),
    ("GET", "/api/v1/boundaries/{site}/{name}"): Example(**BOUNDARY),
    ("POST", "/api/v1/boundaries/{site}/{name}/withdrawal"): Example(**BOUNDARY),
    ("GET", "/api/v1/declarations"): Example(),
    ("POST", "/api/v1/declarations"): Example(**CHANNEL),
    ("POST", "/api/v1/declarations/withdrawal"): Example(**CHANNEL),
    ("GET", "/api/v1/agents"): Example(),
    ("GET", "/api/v1/alarms"): Example(),
    ("GET", "/api/v1/certificates"): Example(),
    ("GET", "/api/v1/channels"): Example(),
    ("GET", "/api/v1/monitored-data"): Example(query=f"channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/api/v1/readings"): Example(query=f"channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/api/v1/register/instruments"): Example(),
    ("GET", "/api/v1/register/instruments.csv"): Example(),
    ("GET", "/api/v1/register/instruments.xlsx"): Example(),
    ("GET", "/api/v1/audit"): Example(query=f"channel={{}}&{SPAN}", **CHANNEL),
    ("GET", "/api/v1/documents/{sha256}"): Example(**DIGEST),
    ("GET", "/api/v1/heads"): Example(
        query=f"agent={{}}&epoch={EPOCH}", there="gw-1", absent="gw-0"
    ),
    ("GET", "/api/v1/journal"): Example(),
    ("GET", "/api/v1/journal/head"): Example(),
    ("GET", "/api/v1/journal/{position}"): Example(there="0", absent="9"),
    ("GET", "/api/v1/ledger/consistency"): Example(query="old=3&new=9"),
    ("GET", "/api/v1/originals"): Example(),
    ("GET", "/api/v1/originals/{sha256}"): Example(**DIGEST),
    ("POST", "/api/v1/originals"): Example(
        query="site={}&name=a.pdf&reason=scan", there=OWN, absent="nowhere"
    ),
    # of no site; it is asked so that it is refused before a document is read
    ("POST", "/api/v1/certificates/dcc"): Example(query="kind={}", there="x", absent="y"),
    ("GET", "/api/v1/quarantine"): Example(),
    ("POST", "/api/v1/quarantine/releases"): Example(there="gw-1", absent="gw-0"),
    ("GET", "/api/v1/register/chain"): Example(query="certificate={}", **PAPER),
    ("GET", "/api/v1/register/rests-on"): Example(query="id={}", **PAPER),
}
