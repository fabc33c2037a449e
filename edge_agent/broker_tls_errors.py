"""Why TLS with the broker failed: a stable code for each fault, in two languages."""

from collections.abc import Mapping
from typing import Final

from edge_agent.custody_errors import BrokerUnreachableError
from evidence.tls_fault import TlsFault


class BrokerTlsError(BrokerUnreachableError):
    """TLS with the broker failed, of something that has no code of its own."""

    code = "E_UPLINK_TLS"
    en = "TLS with the broker failed: {found}; see its log, and the versions of OpenSSL"
    zh = "与消息服务器的 TLS 连接失败：{found}；请查看其日志及 OpenSSL 版本"


class BrokerTlsExpiredError(BrokerTlsError):
    """The broker's certificate, or its authority's, is over."""

    code = "E_UPLINK_TLS_EXPIRED"
    en = (
        "the broker's certificate, or its authority's, has expired ({found}); renew it at the "
        "broker, and see this machine's clock"
    )
    zh = "消息服务器或其颁发机构的证书已过期（{found}）；请在消息服务器上更新证书，并检查本机时钟"


class BrokerTlsNotYetValidError(BrokerTlsError):
    """The broker's certificate begins later than this machine's clock says."""

    code = "E_UPLINK_TLS_NOT_YET_VALID"
    en = (
        "the broker's certificate is not valid yet ({found}); set this machine's clock right, "
        "or wait until it begins"
    )
    zh = "消息服务器的证书尚未生效（{found}）；请校准本机时钟，或等待其生效"


class BrokerTlsAuthorityError(BrokerTlsError):
    """The broker's certificate is of an authority that is not trusted here."""

    code = "E_UPLINK_TLS_AUTHORITY"
    en = (
        "the broker's certificate is of an authority that is not trusted here ({found}); put "
        "its own into [uplink] tls_ca, and if it is there, ask who answers at this address"
    )
    zh = (
        "消息服务器证书的颁发机构不受信任（{found}）；"
        "请将其颁发机构证书放入 [uplink] tls_ca；若已放入，请查明该地址由谁应答"
    )


class BrokerTlsHostError(BrokerTlsError):
    """The broker's certificate is for another host."""

    code = "E_UPLINK_TLS_HOST"
    en = (
        "the broker's certificate is for another host ({found}); set [uplink] host to a name "
        "that it has, or have it made for this one"
    )
    zh = (
        "消息服务器的证书属于另一主机（{found}）；"
        "请将 [uplink] host 设为证书中的名称，或为该主机重新签发证书"
    )


class BrokerTlsRefusedError(BrokerTlsError):
    """The broker does not take our certificate, or wants one."""

    code = "E_UPLINK_TLS_REFUSED"
    en = (
        "the broker wants a certificate of ours and takes not what it got ({found}); set "
        "[uplink] tls_cert, or renew it; it may be revoked"
    )
    zh = (
        "消息服务器要求客户端证书，但未接受（{found}）；"
        "请设置 [uplink] tls_cert，或更新证书；证书可能已被吊销"
    )


class BrokerTlsVersionError(BrokerTlsError):
    """The broker and we have no version of TLS in common."""

    code = "E_UPLINK_TLS_VERSION"
    en = (
        "the broker and this machine have no version of TLS in common ({found}); let the broker "
        "speak TLS 1.2 or 1.3"
    )
    zh = "消息服务器与本机没有共同的 TLS 版本（{found}）；请让消息服务器启用 TLS 1.2 或 1.3"


class BrokerTlsAbsentError(BrokerTlsError):
    """What answers at the broker's port speaks no TLS."""

    code = "E_UPLINK_TLS_NO_TLS"
    en = (
        "what answers there speaks no TLS, or hangs up at once ({found}); set [uplink] port "
        "to the broker's port for TLS (mostly 8883), or leave tls_ca empty where there is none"
    )
    zh = (
        "对方不使用 TLS 或立即断开（{found}）；"
        "请将 [uplink] port 设为消息服务器的 TLS 端口（通常为 8883），若不用 TLS 则将 tls_ca 留空"
    )


_KINDS: Final[Mapping[TlsFault, type[BrokerTlsError]]] = {
    TlsFault.EXPIRED: BrokerTlsExpiredError,
    TlsFault.NOT_YET_VALID: BrokerTlsNotYetValidError,
    TlsFault.AUTHORITY: BrokerTlsAuthorityError,
    TlsFault.HOST: BrokerTlsHostError,
    TlsFault.REFUSED: BrokerTlsRefusedError,
    TlsFault.VERSION: BrokerTlsVersionError,
    TlsFault.NO_TLS: BrokerTlsAbsentError,
}


def tls_error(fault: TlsFault, where: str, what: str) -> BrokerTlsError:
    """The error over a fault; `what` is what the TLS library said."""
    return _KINDS.get(fault, BrokerTlsError)(where, found=what)
