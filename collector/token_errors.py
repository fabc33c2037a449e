"""What is wrong with an API token: stable codes, in English and Chinese."""

from collector.errors import CollectorError


class TokenError(CollectorError):
    """An API token does not permit what was asked. The token itself is never quoted."""

    code = "E_TOKEN"


class UnknownTokenError(TokenError):
    """The token is none of those issued here."""

    code = "E_TOKEN_UNKNOWN"
    en = "the token is missing or not known; issue one with `collector token new`"
    zh = "令牌缺失或未知；请用 `collector token new` 签发"


class ExpiredTokenError(TokenError):
    """The token was valid and is not any more."""

    code = "E_TOKEN_EXPIRED"
    en = "the token '{name}' expired at {limit}; issue a new one"
    zh = "令牌 '{name}' 已于 {limit} 过期；请签发新令牌"


class TokenScopeError(TokenError):
    """The role or sites of a token, or of a person, do not reach as far as what was asked."""

    code = "E_TOKEN_SCOPE"
    en = "{found}; this needs {limit}: ask an administrator"
    zh = "{found}；此操作需要{limit}：请联系管理员"


class DisabledUserError(TokenError):
    """The user behind a token, or a name and password, may not come in any more."""

    code = "E_USER_DISABLED"
    en = "the user '{name}' is disabled or gone; ask an administrator"
    zh = "用户 '{name}' 已停用或不存在；请联系管理员"


class PasswordError(TokenError):
    """Name and password do not belong together; which of them is wrong is not told."""

    code = "E_PASSWORD"
    en = (
        "name and password do not belong together; try again, or ask an administrator for a new "
        "password, which they set on /people or by `collector user change`"
    )
    zh = (
        "用户名与密码不匹配；请重试，或请管理员在 /people 页面或用 `collector user change` 重设密码"
    )


class TokenIssueError(TokenError):
    """A token or user cannot be made or changed as asked."""

    code = "E_TOKEN_ISSUE"
    en = "'{name}' is {found}; it must be {limit}"
    zh = "'{name}' 的值为 {found}；必须满足 {limit}"


class TokenFileError(TokenError):
    """The file of tokens or users cannot be used."""

    code = "E_TOKEN_FILE"
    en = "the file of tokens or users cannot be used: {what}"
    zh = "令牌或用户文件不可用：{what}"


class SignInWaitError(TokenError):
    """Too many passwords were wrong."""

    code = "E_SIGN_IN_WAIT"
    en = "{limit} passwords were wrong; try again after {minutes} min"
    zh = "密码已错误 {limit} 次；请在 {minutes} 分钟后重试"
