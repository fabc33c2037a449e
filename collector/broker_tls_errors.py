"""Why TLS with the broker failed: a stable code for each fault, in two languages."""

from collections.abc import Mapping
from typing import Final

from collector.errors import BrokerUnreachableError
from evidence.tls_fault import TlsFault


class BrokerTlsError(BrokerUnreachableError):
    """TLS with the broker failed, of something that has no code of its own."""

    code = "E_BROKER_TLS"
    en = "TLS with the broker failed: {what}; see its log, and the versions of OpenSSL"
    zh = "与消息服务器的 TLS 连接失败：{what}；请查看其日志及 OpenSSL 版本"


class BrokerTlsExpiredError(BrokerTlsError):
    """The broker's certificate, or its authority's, is over."""

    code = "E_BROKER_TLS_EXPIRED"
    en = (
        "the broker's certificate, or its authority's, has expired ({what}); renew it at the "
        "broker, and see this machine's clock"
    )
    zh = "消息服务器或其颁发机构的证书已过期（{what}）；请在消息服务器上更新证书，并检查本机时钟"


class BrokerTlsNotYetValidError(BrokerTlsError):
    """The broker's certificate begins later than this machine's clock says."""

    code = "E_BROKER_TLS_NOT_YET_VALID"
    en = (
        "the broker's certificate is not valid yet ({what}); set this machine's clock right, or "
        "wait until it begins"
    )
    zh = "消息服务器的证书尚未生效（{what}）；请校准本机时钟，或等待其生效"


class BrokerTlsAuthorityError(BrokerTlsError):
    """The broker's certificate is of an authority that is not trusted here."""

    code = "E_BROKER_TLS_AUTHORITY"
    en = (
        "the broker's certificate is of an authority that is not trusted here ({what}); put its "
        "own into [broker.tls] ca_file, and if it is there, ask who answers at this address"
    )
    zh = (
        "消息服务器证书的颁发机构不受信任（{what}）；"
        "请将其颁发机构证书放入 [broker.tls] ca_file；若已放入，请查明该地址由谁应答"
    )


class BrokerTlsHostError(BrokerTlsError):
    """The broker's certificate is for another host."""

    code = "E_BROKER_TLS_HOST"
    en = (
        "the broker's certificate is for another host ({what}); set [broker] host to a name "
        "that it has, or have it made for this one"
    )
    zh = (
        "消息服务器的证书属于另一主机（{what}）；"
        "请将 [broker] host 设为证书中的名称，或为该主机重新签发证书"
    )


class BrokerTlsRefusedError(BrokerTlsError):
    """The broker does not take our certificate, or wants one."""

    code = "E_BROKER_TLS_REFUSED"
    en = (
        "the broker wants a certificate of ours and takes not what it got ({what}); set "
        "[broker.tls] cert_file and key_file, or renew it; it may be revoked"
    )
    zh = (
        "消息服务器要求客户端证书，但未接受（{what}）；"
        "请设置 [broker.tls] cert_file 与 key_file，或更新证书；证书可能已被吊销"
    )


class BrokerTlsVersionError(BrokerTlsError):
    """The broker and we have no version of TLS in common."""

    code = "E_BROKER_TLS_VERSION"
    en = (
        "the broker and this machine have no version of TLS in common ({what}); let the broker "
        "speak TLS 1.2 or 1.3"
    )
    zh = "消息服务器与本机没有共同的 TLS 版本（{what}）；请让消息服务器启用 TLS 1.2 或 1.3"


class BrokerTlsAbsentError(BrokerTlsError):
    """What answers at the broker's port speaks no TLS."""

    code = "E_BROKER_TLS_NO_TLS"
    en = (
        "what answers there speaks no TLS, or hangs up at once ({what}); set [broker] port to "
        "the broker's port for TLS (mostly 8883), or leave [broker.tls] out where there is none"
    )
    zh = (
        "对方不使用 TLS 或立即断开（{what}）；"
        "请将 [broker] port 设为消息服务器的 TLS 端口（通常为 8883），"
        "若不用 TLS 则去掉 [broker.tls]"
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
    return _KINDS.get(fault, BrokerTlsError)(where, what=what)
