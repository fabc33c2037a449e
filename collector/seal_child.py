"""Reads one original in a process with the limits of `dcc_child`: `python -m collector.seal_child`.

A page that verifies a bundle answers many people; a document of strangers must not stop it.
"""

import sys

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.dcc.trust import trust_of
from collector.dcc_child import limit
from evidence.bundle.sealed import read_seal


class SealAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate that cites the document, and whom to trust, PEM; empty: nobody was named."""

    certificate: CalibrationCertificate
    trusted: str


def main() -> None:
    """Answers on stdout; stdin is a line of JSON (what is asked), then the document."""
    limit()
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=SealAsked)
    data = sys.stdin.buffer.read()
    trust = trust_of({"trusted": asked.trusted.encode()}) if asked.trusted else None
    sys.stdout.buffer.write(msgspec.json.encode(read_seal(data, asked.certificate, trust)))


if __name__ == "__main__":
    main()
