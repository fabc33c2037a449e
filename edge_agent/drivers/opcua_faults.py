"""What went wrong with an OPC UA server, as the agent's own errors. Pure.

Source of the codes: OPC 10000-4, 7.39.2, and `device_profiles.opcua.status_names`.
"""

from device_profiles.opcua.status import name
from device_profiles.wire_errors import WireError
from edge_agent.drivers.opcua_errors import (
    OpcUaAnswerError,
    OpcUaBusyError,
    OpcUaRefusedError,
    OpcUaSecurityRefusedError,
    OpcUaSessionLimitError,
    OpcUaSessionLostError,
    OpcUaUserRefusedError,
)
from edge_agent.errors import (
    AgentError,
    AnswerTimeoutError,
    ConnectionClosedError,
    UnreachableError,
)
from evidence.errors import Words

TOO_MUCH = frozenset(
    {
        "BadTooManyOperations",
        "BadResponseTooLarge",
        "BadRequestTooLarge",
        "BadEncodingLimitsExceeded",
    }
)
"""Refusals that a shorter request may not meet."""

_USER = frozenset(
    {
        "BadUserAccessDenied",
        "BadIdentityTokenInvalid",
        "BadIdentityTokenRejected",
        "BadUserSignatureInvalid",
    }
)
_SECURITY = frozenset(
    {
        "BadSecurityChecksFailed",
        "BadSecurityModeRejected",
        "BadSecurityPolicyRejected",
        "BadApplicationSignatureInvalid",
        "BadNonceInvalid",
        "BadNoValidCertificates",
    }
)
_LIMITS = frozenset(
    {
        "BadTooManySessions",
        "BadMaxConnectionsReached",
        "BadTooManySubscriptions",
        "BadTooManyMonitoredItems",
    }
)
_LOST = frozenset(
    {
        "BadSessionIdInvalid",
        "BadSessionClosed",
        "BadSessionNotActivated",
        "BadSecureChannelIdInvalid",
        "BadSecureChannelClosed",
        "BadSecureChannelTokenUnknown",
        "BadSubscriptionIdInvalid",
        "BadNoSubscription",
    }
)
_BUSY = frozenset(
    {
        "BadOutOfMemory",
        "BadResourceUnavailable",
        "BadShutdown",
        "BadServerHalted",
        "BadTooManyOperations",
        "BadTooManyPublishRequests",
        "BadInternalError",
    }
)
_FAMILIES: tuple[tuple[frozenset[str], type[UnreachableError]], ...] = (
    (_USER, OpcUaUserRefusedError),
    (_SECURITY, OpcUaSecurityRefusedError),
    (_LIMITS, OpcUaSessionLimitError),
    (_LOST, OpcUaSessionLostError),
    (_BUSY, OpcUaBusyError),
)


def refusal(status: int, where: str) -> AgentError:
    """The error that a StatusCode of a whole service is.

    Args:
        status: As the server gave it.
        where: The server or device.
    """
    code = name(status)
    if code.startswith("BadCertificate"):
        return OpcUaSecurityRefusedError(where, status=code)
    for codes, kind in _FAMILIES:
        if code in codes:
            return kind(where, status=code)
    return OpcUaRefusedError(where, answer=status.to_bytes(4, "little"), status=code)


def fault(wrong: BaseException, where: str, timeout_s: float) -> AgentError:
    """The agent's error for whatever a request ended with; foreign exceptions go no further.

    Args:
        wrong: What was raised, by the codec, the library or the network.
        where: The server or device.
        timeout_s: Time that the request had.
    """
    if isinstance(wrong, AgentError):
        return wrong
    if isinstance(wrong, WireError):
        what = Words(wrong.text("en"), wrong.text("zh"))
        return OpcUaAnswerError(where, answer=wrong.raw, what=what)
    if isinstance(wrong, TimeoutError):
        return AnswerTimeoutError(where, timeout_s=timeout_s)
    status = getattr(wrong, "code", None)
    if isinstance(status, int):
        return refusal(status & 0xFFFF_FFFF, where)
    if isinstance(wrong, OSError):
        return ConnectionClosedError(where)
    words = f"{type(wrong).__name__}: {wrong}"[:200]
    return OpcUaAnswerError(where, answer=b"", what=Words(words, words))
