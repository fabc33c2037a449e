"""Errors of enrolment: the other side is wrong, or a file of the broker cannot be used."""

from collector.errors import AdmissionError, CollectorError


class EnrolmentError(AdmissionError):
    """A request for enrolment cannot be granted as it is."""

    code = "E_ENROL"


class EnrolmentCodeUnknownError(EnrolmentError):
    """No open code signed the request. Which of the causes it is, a stranger is not told."""

    code = "E_ENROL_CODE"
    en = (
        "no open code of agent '{agent}' signed this: it is not known, was used, or is over; "
        "ask for another one with `collector enrol {agent}`"
    )
    zh = "代理 '{agent}' 没有可用的注册码（未知、已用或过期）；请重新执行 `collector enrol`"


class EnrolmentKeyError(EnrolmentError):
    """The key cannot become, or is not, a key of this agent."""

    code = "E_ENROL_KEY"
    en = "the key '{key}' {what}; let the agent make its own with `agent init`"
    zh = "密钥 '{key}' {what}；请在该代理上用 `agent init` 生成其自己的密钥"


class EnrolmentCsrError(EnrolmentError):
    """The request for a certificate is none that can be granted."""

    code = "E_ENROL_CSR"
    en = "no certificate for this request: {what}; it must be {limit}"
    zh = "无法据此签发证书：{what}；必须为 {limit}"


class EnrolmentAgentError(EnrolmentError):
    """What a person asked for does not fit the agents that are known."""

    code = "E_ENROL_AGENT"
    en = "{what}; `collector agents` lists what is known"
    zh = "{what}；`collector agents` 列出已知的代理与密钥"


class EnrolmentHistoryError(CollectorError):
    """The journal holds an act of enrolment that cannot be read."""

    code = "E_ENROL_HISTORY"
    en = "entry {index} of the journal cannot be read: {what}; install the version that wrote it"
    zh = "操作日志第 {index} 条无法读取：{what}；请安装写入它的版本"


class BrokerFilesError(CollectorError):
    """The broker's configuration or the authority's files cannot be used."""

    code = "E_BROKER_FILES"
    en = "{what}; make them with `collector broker DIR`, as the user that the collector runs as"
    zh = "{what}；请以采集器的运行用户执行 `collector broker DIR` 生成"


class EnrolmentUnavailableError(CollectorError):
    """Nobody can be enrolled here."""

    code = "E_ENROL_UNAVAILABLE"
    en = "this collector enrols nobody over HTTP; pin keys with `collector pin`"
    zh = "该采集器不通过 HTTP 注册代理；请用 `collector pin` 登记密钥"
