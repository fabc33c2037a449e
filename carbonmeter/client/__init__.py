"""A client of the collector's HTTP interface, for analysts: statements, frames, sums, samples.

from carbonmeter.client import Client
rows = Client("http://127.0.0.1:8080").activity("jinan/line-1/energy", "2026-01-01",
"2027-01-01", by="month")
rows.frame()                # a pandas.DataFrame, units in its attrs
rows.total().uncertainty    # of the sum; never the root of a sum of squares alone
"""

from carbonmeter.client.activity import Activity
from carbonmeter.client.answers import File, Kept
from carbonmeter.client.brightway import Link, linked
from carbonmeter.client.client import Client
from carbonmeter.client.errors import (
    AnswerError,
    ClientError,
    CutError,
    DigestError,
    LinkError,
    PackageError,
    QuestionError,
    RefusedError,
    UnreachableError,
)
from carbonmeter.client.seen import Channel, Entry, MissedReading, Reading
from carbonmeter.client.stream import Statements
from carbonmeter.client.together import covariance, joint_samples, ratio, total
from evidence.errors import UnlikeInfluenceError
from evidence.statement.covariance import Covariance
from evidence.statement.datum import ActivityData
from evidence.statement.declaration.content import Declaration
from evidence.statement.difference import Difference, difference
from evidence.statement.entered.content import ManualAmount, ManualReading
from evidence.statement.ratio import Amounts, Ratio
from evidence.statement.total import Total
from evidence.statement.touched import Touched

__all__ = [
    "Activity",
    "ActivityData",
    "Amounts",
    "AnswerError",
    "Channel",
    "Client",
    "ClientError",
    "Covariance",
    "CutError",
    "Declaration",
    "Difference",
    "DigestError",
    "Entry",
    "File",
    "Kept",
    "Link",
    "LinkError",
    "ManualAmount",
    "ManualReading",
    "MissedReading",
    "PackageError",
    "QuestionError",
    "Ratio",
    "Reading",
    "RefusedError",
    "Statements",
    "Total",
    "Touched",
    "UnlikeInfluenceError",
    "UnreachableError",
    "covariance",
    "difference",
    "joint_samples",
    "linked",
    "ratio",
    "total",
]
