"""[influx] of collector.toml: where the view of the ledger in InfluxDB is written."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class InfluxSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The InfluxDB that shows the ledger's readings; left out, there is none.

    Attributes:
        url: Such as http://127.0.0.1:8086.
        api: Version of the server's interface; `auto` asks the server.
        database: Where it is written to (1.x, 3.x), and asked by InfluxQL.
        bucket, org: Where it is written to (2.x); the bucket is `database` if left out.
        username, password_file: An account (1.x); the file is 0600, its first line counts.
        token_file: A 0600 file whose first line is the token (2.x, 3.x).
        ca_file: Certificates to trust for https; the system's if left out.
        timeout_s: For each answer, 1 to 300.
        reconcile_s: How often it is compared with the ledger, 10 to 86,400.
        keep_days: What the database keeps; older readings are not written. All if left out.
        series_per_agent: Beyond so many series of an agent none is begun: of each channel one for
            each epoch, instrument and unit.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s?#@]+$", max_length=1024)]
    api: Literal["auto", "1", "2", "3"] = "auto"
    database: Text = "carbonmeter"
    bucket: Text | None = None
    org: Text | None = None
    username: Text | None = None
    password_file: Text | None = None
    token_file: Text | None = None
    ca_file: Text | None = None
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=300)] = 30.0
    reconcile_s: Annotated[float, msgspec.Meta(ge=10, le=86_400)] = 3600.0
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=36_500)] | None = None
    series_per_agent: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 20_000

    @property
    def target(self) -> str:
        """What is written to; another one is written from the beginning."""
        return f"{self.url.rstrip('/')} {self.database} {self.bucket or ''} {self.org or ''}"


def beside(folder: Path, section: InfluxSection | None) -> InfluxSection | None:
    """The section with its files' paths absolute, starting from `folder`."""
    if section is None:
        return None
    names = ("password_file", "token_file", "ca_file")
    stated = {name: getattr(section, name) for name in names}
    return msgspec.structs.replace(
        section,
        **{name: None if path is None else str(folder / path) for name, path in stated.items()},
    )
