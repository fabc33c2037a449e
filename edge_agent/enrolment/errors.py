"""Errors of enrolling at a collector: what was refused, what was not believed, what failed."""

from edge_agent.errors import AgentError


class EnrolError(AgentError):
    """The agent is not enrolled, or its certificate not renewed; nothing was changed here."""

    code = "E_ENROL"


class EnrolUnreachableError(EnrolError):
    """The collector could not be asked, or did not answer as one."""

    code = "E_ENROL_UNREACHABLE"
    en = "the collector cannot be asked: {found}; check the address, network and proxy"
    zh = "无法访问采集器：{found}；请检查地址、网络和代理设置"


class EnrolRefusedError(EnrolError):
    """The collector said no, and why."""

    code = "E_ENROL_REFUSED"
    en = "the collector refused: {found}"
    zh = "采集器拒绝：{found}"


class EnrolAnswerError(EnrolError):
    """An answer that the code, or what is pinned here, does not vouch for."""

    code = "E_ENROL_ANSWER"
    en = "the answer was not believed: {found}; somebody else may have answered: ask for a new code"
    zh = "应答不可信：{found}；应答者可能另有其人：请索取新的注册码"


class EnrolSiteError(EnrolError):
    """The collector has this agent on another site."""

    code = "E_ENROL_SITE"
    en = "the collector has this agent on site '{found}', agent.site is '{limit}'; correct one"
    zh = "采集器登记的厂区为 '{found}'，而 agent.site 为 '{limit}'；请更正其一"


class EnrolFileError(EnrolError):
    """A file of the enrolment cannot be read or written."""

    code = "E_ENROL_FILE"
    en = "the file cannot be used: {found}; check the state directory's rights"
    zh = "文件不可用：{found}；请检查状态目录的权限"


class NotEnrolledError(EnrolError):
    """There is nothing to renew."""

    code = "E_ENROL_NONE"
    en = "this agent was not enrolled with a code; run `agent enrol URL CODE`"
    zh = "本代理未通过注册码注册；请执行 `agent enrol URL CODE`"
