"""Errors of the agent that only OPC UA knows: security, users, sessions, what a server refuses."""

from edge_agent.errors import DeviceAnswerError, UnreachableError


class OpcUaMissingError(UnreachableError):
    """The library that carries OPC UA is not installed."""

    code = "E_OPCUA_MISSING"
    en = "the part for OPC UA is not installed; pip install 'carbonmeter[opcua]'"
    zh = "未安装 OPC UA 组件；请执行 pip install 'carbonmeter[opcua]'"
    skips_line = True


class OpcUaFileError(UnreachableError):
    """A certificate, a key, a password or a trust folder cannot be used."""

    code = "E_OPCUA_FILE"
    en = "'{file}' cannot be used: {what}; give a readable file of the right kind"
    zh = "无法使用 '{file}'：{what}；请提供可读且类型正确的文件"
    skips_line = True


class OpcUaPasswordInClearError(UnreachableError):
    """A password would travel in clear; it was not sent."""

    code = "E_OPCUA_PASSWORD"
    en = "a password is not sent without encryption; set security to Basic256Sha256"
    zh = "不会在未加密时发送密码；请将安全策略设为 Basic256Sha256"
    skips_line = True


class OpcUaSecurityOfferError(UnreachableError):
    """The server has no endpoint with the security that is asked for."""

    code = "E_OPCUA_OFFER"
    en = "no endpoint with {wanted}, the server offers: {offered}; enable it on the server"
    zh = "没有 {wanted} 端点，服务器提供：{offered}；请在服务器上启用"
    skips_line = True


class OpcUaUntrustedError(UnreachableError):
    """The server shows a certificate that is not trusted; nothing was sent to it."""

    code = "E_OPCUA_UNTRUSTED"
    en = (
        "the server's certificate is not trusted ({what}), SHA-256 {found}; "
        "if it is the right server, put its certificate at {trust}"
    )
    zh = "服务器证书不受信任（{what}），SHA-256 {found}；若服务器无误，请将其证书放入 {trust}"
    skips_line = True


class OpcUaSecurityRefusedError(UnreachableError):
    """The server refuses our certificate or the channel."""

    code = "E_OPCUA_SECURITY"
    en = (
        "the server refuses the secure channel ({status}); "
        "enable this security there, and trust the agent's certificate"
    )
    zh = "服务器拒绝安全通道（{status}）；请在服务器上启用该安全策略并信任本代理的证书"
    skips_line = True


class OpcUaUserRefusedError(UnreachableError):
    """The server refuses the user."""

    code = "E_OPCUA_USER"
    en = "the server refuses the user ({status}); check name, password or certificate"
    zh = "服务器拒绝该用户（{status}）；请检查用户名、密码或证书"
    skips_line = True


class OpcUaSessionLimitError(UnreachableError):
    """The server has no session, connection or subscription left."""

    code = "E_OPCUA_SESSIONS"
    en = "the server has no session left ({status}); close other clients or raise its limit"
    zh = "服务器会话已满（{status}）；请关闭其他客户端或提高上限"
    skips_line = True


class OpcUaSessionLostError(UnreachableError):
    """The server no longer knows our session; the next request opens a new one."""

    code = "E_OPCUA_SESSION_LOST"
    en = "the server has ended the session ({status}); the next request opens a new one"
    zh = "服务器已结束会话（{status}）；下一次请求将重新建立"


class OpcUaBusyError(UnreachableError):
    """The server has no resources now, or is starting or stopping."""

    code = "E_OPCUA_BUSY"
    en = "the server cannot answer now ({status}); ask it less often, or for less"
    zh = "服务器暂时无法应答（{status}）；请降低请求频率或数量"
    miss_reason = "exception"
    in_step = True


class OpcUaRefusedError(DeviceAnswerError):
    """The server refuses the request as a whole."""

    code = "E_OPCUA_REFUSED"
    en = "the server refuses the request: {status} ({received}); compare it with its manual"
    zh = "服务器拒绝请求：{status}（{received}）；请对照其手册"
    miss_reason = "exception"
    in_step = True


class OpcUaAnswerError(DeviceAnswerError):
    """What came back is not OPC UA, or answers something else."""

    code = "E_OPCUA_ANSWER"
    en = "the answer is not usable: {what} ({received}); is this an OPC UA server?"
    zh = "应答不可用：{what}（{received}）；对方是否为 OPC UA 服务器？"
