"""What is wrong with an API token: stable codes, in English and Chinese."""

from collector.errors import CollectorError


class TokenError(CollectorError):
    """An API token does not permit what was asked. The token itself is never quoted."""

    code = "E_TOKEN"


class UnknownTokenError(TokenError):
    """The token is none of those issued here."""

    code = "E_TOKEN_UNKNOWN"
    en = "the token is missing or not known; issue one with `collector token`"
    zh = "令牌缺失或未知；请用 `collector token` 签发"


class ExpiredTokenError(TokenError):
    """The token was valid and is not any more."""

    code = "E_TOKEN_EXPIRED"
    en = "the token '{name}' expired at {limit}; issue a new one"
    zh = "令牌 '{name}' 已于 {limit} 过期；请签发新令牌"


class TokenScopeError(TokenError):
    """The token's role or sites do not reach as far as what was asked."""

    code = "E_TOKEN_SCOPE"
    en = "the token '{name}' is for {found}; {limit} is needed: ask for one that extends to it"
    zh = "令牌 '{name}' 的范围为 {found}；需要 {limit}：请申请范围足够的令牌"


class TokenIssueError(TokenError):
    """A token cannot be issued or withdrawn as asked."""

    code = "E_TOKEN_ISSUE"
    en = "'{name}' is {found}; it must be {limit}"
    zh = "'{name}' 的值为 {found}；必须满足 {limit}"


class TokenFileError(TokenError):
    """The file of tokens cannot be used."""

    code = "E_TOKEN_FILE"
    en = "the file of tokens cannot be used: {what}"
    zh = "令牌文件不可用：{what}"
