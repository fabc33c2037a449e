"""Which fault a TLS connection failed of, out of what the TLS library says. Pure.

Verification is told by OpenSSL's numbers (x509_vfy.h), a peer's alerts by the names that it gives
the alerts of RFC 8446, 6.2.
"""

import ssl
from enum import StrEnum
from typing import Final


class TlsFault(StrEnum):
    """What is wrong between a client and the server whose certificate it verifies."""

    EXPIRED = "expired"
    """The server's certificate, or one of its authorities', is over."""
    NOT_YET_VALID = "not_yet_valid"
    """It begins later than this machine's clock says."""
    AUTHORITY = "authority"
    """It is of an authority that is not trusted here."""
    HOST = "host"
    """It is for another host."""
    REFUSED = "refused"
    """The server takes our certificate not, or wants one and got none."""
    VERSION = "version"
    """The two have no version, or no cipher, in common."""
    NO_TLS = "no_tls"
    """What answers does not speak TLS, or hung up at its first words."""
    OTHER = "other"
    """Something else; what the library said is all that is known."""


_VERIFIED: Final = {
    2: TlsFault.AUTHORITY,  # unable to get issuer certificate
    7: TlsFault.AUTHORITY,  # certificate signature failure: another key under the same name
    9: TlsFault.NOT_YET_VALID,
    10: TlsFault.EXPIRED,
    18: TlsFault.AUTHORITY,  # self-signed certificate
    19: TlsFault.AUTHORITY,  # self-signed certificate in certificate chain
    20: TlsFault.AUTHORITY,  # unable to get local issuer certificate
    21: TlsFault.AUTHORITY,  # unable to verify the first certificate
    62: TlsFault.HOST,  # hostname mismatch
    64: TlsFault.HOST,  # IP address mismatch
}
_VERSION: Final = (
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "NO_SHARED_CIPHER",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY",
)
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST")
_WAITS: Final = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_HUNG_UP: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, BrokenPipeError)
_REFUSED: Final = (
    "CERTIFICATE_REQUIRED",
    "ALERT_HANDSHAKE_FAILURE",  # TLS 1.2: no certificate was shown
    "ALERT_BAD_CERTIFICATE",
    "ALERT_CERTIFICATE_",  # revoked, expired, unknown
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_UNKNOWN_CA",
    "ALERT_ACCESS_DENIED",
    "ALERT_DECRYPT_ERROR",
)


def tls_fault(problem: BaseException | None, *, shaking: bool = False) -> TlsFault | None:
    """The fault behind an exception; None if it is not of TLS.

    Args:
        problem: As the TLS library or the socket raised it.
        shaking: Whether it came before the handshake was over. A connection that is hung up
            then, although it was made, is one with somebody who speaks no TLS.
    """
    if isinstance(problem, _HUNG_UP):
        return TlsFault.NO_TLS if shaking else None
    if isinstance(problem, ssl.SSLCertVerificationError):
        return _VERIFIED.get(getattr(problem, "verify_code", 0), TlsFault.OTHER)
    if isinstance(problem, _WAITS) or not isinstance(problem, ssl.SSLError):
        return None
    return _of_reason(getattr(problem, "reason", None) or "")


def _of_reason(reason: str) -> TlsFault:
    if reason in _NO_TLS:
        return TlsFault.NO_TLS
    if reason in _VERSION:
        return TlsFault.VERSION
    if any(each in reason for each in _REFUSED):
        return TlsFault.REFUSED
    return TlsFault.OTHER


def tls_words(problem: BaseException) -> str:
    """What is said of an exception, on one line, without where in the library it was."""
    verified: str | None = getattr(problem, "verify_message", None)
    reason: str | None = getattr(problem, "reason", None)
    if isinstance(problem, ssl.SSLError) and (verified or reason):
        return verified or str(reason).lower().replace("_", " ")
    return " ".join(str(problem).split())[:200] or type(problem).__name__
