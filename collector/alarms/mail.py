"""Alarms by e-mail."""

import logging
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final

from collector.alarms.config import MailSection
from collector.alarms.course import Event, Notice
from collector.alarms.errors import AlarmDeliveryError
from evidence.clock import NS_PER_S, parse_utc

_logger: Final = logging.getLogger(__name__)
_SAID: Final = {Event.RAISED: "", Event.REPEATED: "still: ", Event.ENDED: "over: "}
_SAID_ZH: Final = {Event.RAISED: "", Event.REPEATED: "仍然存在：", Event.ENDED: "已结束："}


def message_of(notice: Notice, section: MailSection, collector: str) -> EmailMessage:
    """The letter of a notice, in both languages; the same whenever it is sent again."""
    subject = f"[carbonmeter {collector}] {_SAID[notice.event]}{notice.code} {notice.subject}"
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = _line(subject)[:200]
    letter["From"] = section.sender
    letter["To"] = ", ".join(section.recipients)
    letter["Date"] = formatdate(parse_utc(notice.at) // NS_PER_S, usegmt=True)
    letter["Message-ID"] = f"<{notice.id}@{section.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers by machines
    lines = (
        _SAID[notice.event] + _line(notice.en),
        _SAID_ZH[notice.event] + _line(notice.zh),
        "",
        f"since {notice.since}, told {notice.at}, collector {collector}",
    )
    letter.set_content("\n".join(lines) + "\n")
    return letter


def _line(text: str) -> str:
    """One line: a name that an instrument gave must not make a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Mail:
    """A receiver of alarms by e-mail."""

    name = "mail"

    def __init__(self, section: MailSection, password: str | None, collector: str) -> None:
        self._section, self._password, self._collector = section, password, collector

    def deliver(self, notice: Notice, now_ns: int) -> None:  # noqa: ARG002 - as other receivers
        """Sends a notice; returns when the server took it for a recipient at least.

        Raises:
            AlarmDeliveryError: It did not.
        """
        section = self._section
        where = f"{section.host}:{section.port}"
        try:
            letter = message_of(notice, section, self._collector)
            with self._connected() as server:
                refused = server.send_message(letter, section.sender, list(section.recipients))
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            what = " ".join(str(problem).split())[:200] or type(problem).__name__
            raise AlarmDeliveryError(where, what=what) from problem
        if refused:  # sent again, the others would get it again and again
            _logger.error("%s", AlarmDeliveryError(where, what=", ".join(sorted(refused))))

    def _connected(self) -> smtplib.SMTP:
        section, trust = self._section, ssl.create_default_context(cafile=self._section.ca_file)
        if section.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                section.host, section.port, timeout=section.timeout_s, context=trust
            )
        else:
            server = smtplib.SMTP(section.host, section.port, timeout=section.timeout_s)
        try:
            if section.security == "starttls":
                server.starttls(context=trust)  # refused where the server does not offer it
            if section.username is not None:
                server.login(section.username, self._password or "")
        except BaseException:
            with suppress(OSError, smtplib.SMTPException):
                server.close()
            raise
        return server
