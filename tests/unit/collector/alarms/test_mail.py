"""Alarms by e-mail, against a mail server of another's making."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from carbonmeter.ports import free_port
from collector.alarms.config import MailSection
from collector.alarms.course import Event, Open, notice_of
from collector.alarms.errors import AlarmDeliveryError
from collector.alarms.mail import Mail, message_of
from tests.contract.broker_certificates import GOOD, write

NOW_NS = 1_774_972_800_000_000_000
ALARM = Open(
    code="E_ALARM_DEVICE_DEAD",
    subject="jinan/line-1",
    en="no reading since 2026",
    zh="没有读数",
    first_ns=NOW_NS,
    told_ns=NOW_NS,
)
NOTICE = notice_of(ALARM, Event.RAISED, NOW_NS)


class Post:
    """A mail server that keeps what it took; it refuses one recipient and one password."""

    def __init__(self, folder: Path, *, tls: bool) -> None:
        self.letters: list[tuple[str, list[str], EmailMessage]] = []
        self.logins: list[str] = []
        self.port = free_port()
        how: dict[str, Any] = {}
        if tls:
            write(folder, GOOD)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "broker.pem", folder / "key.pem")
            how = {"tls_context": context, "require_starttls": True, "authenticator": self.login}
        self.controller = Controller(self, "127.0.0.1", self.port, **how)

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append((envelope.mail_from or "", list(envelope.rcpt_tos), letter))
        return "250 OK"


@contextmanager
def post(folder: Path, *, tls: bool = False) -> Iterator[Post]:
    made = Post(folder, tls=tls)
    made.controller.start()
    try:
        yield made
    finally:
        made.controller.stop()


def section(  # the fields of a MailSection
    post: Post,
    folder: Path | None = None,
    **more: Any,  # noqa: ANN401
) -> MailSection:
    how: dict[str, Any] = {"security": "none"}
    if folder is not None:
        how = {"security": "starttls", "ca_file": str(folder / "ca.pem")}
    whole = {"sender": "cm@works.example", "recipients": ("a@works.example",), **how, **more}
    return MailSection(host="127.0.0.1", port=post.port, timeout_s=5.0, **whole)


def test_a_letter_arrives_over_tls_with_an_account(tmp_path: Path) -> None:
    with post(tmp_path, tls=True) as server:
        to = ("a@works.example", "b@works.example")
        sent = section(server, tmp_path, username="cm", recipients=to)
        Mail(sent, "secret", "works").deliver(NOTICE, NOW_NS)
    ((sender, recipients, letter),) = server.letters
    assert (sender, recipients, server.logins) == ("cm@works.example", list(to), ["cm"])
    assert letter["subject"] == "[carbonmeter works] E_ALARM_DEVICE_DEAD jinan/line-1"
    assert letter["message-id"] == f"<{NOTICE.id}@works.example>"
    assert letter["date"] == "Tue, 31 Mar 2026 16:00:00 +0000"
    assert letter["auto-submitted"] == "auto-generated"
    body = letter.get_content()
    assert "no reading since 2026" in body
    assert "没有读数" in body


def test_a_repeat_and_an_end_say_so(tmp_path: Path) -> None:
    with post(tmp_path) as server:
        mail = Mail(section(server), None, "works")
        for event in (Event.REPEATED, Event.ENDED):
            mail.deliver(notice_of(ALARM, event, NOW_NS), NOW_NS)
    subjects = [letter["subject"].partition("] ")[2] for _, _, letter in server.letters]
    assert subjects == [
        "still: E_ALARM_DEVICE_DEAD jinan/line-1",
        "over: E_ALARM_DEVICE_DEAD jinan/line-1",
    ]


def test_a_wrong_password_a_foreign_certificate_and_a_plain_server_are_no_arrival(
    tmp_path: Path,
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, GOOD)
    with post(tmp_path, tls=True) as server:
        with pytest.raises(AlarmDeliveryError, match="535"):
            Mail(section(server, tmp_path, username="cm"), "wrong", "works").deliver(NOTICE, NOW_NS)
        with pytest.raises(AlarmDeliveryError, match=r"(?i)certificate"):
            Mail(section(server, other), None, "works").deliver(NOTICE, NOW_NS)
        with pytest.raises(AlarmDeliveryError, match="530"):
            Mail(section(server), None, "works").deliver(NOTICE, NOW_NS)  # it wants STARTTLS
    with post(tmp_path) as plain, pytest.raises(AlarmDeliveryError, match="STARTTLS"):
        Mail(section(plain, tmp_path), None, "works").deliver(NOTICE, NOW_NS)
    assert server.letters == plain.letters == []


def test_a_recipient_that_is_refused_is_named_and_the_others_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with post(tmp_path) as server:
        to = ("a@works.example", "nobody@works.example")
        Mail(section(server, recipients=to), None, "works").deliver(NOTICE, NOW_NS)
        with pytest.raises(AlarmDeliveryError, match="nobody@works"):
            Mail(section(server, recipients=to[1:]), None, "works").deliver(NOTICE, NOW_NS)
    assert [recipients for _, recipients, _ in server.letters] == [["a@works.example"]]
    assert "nobody@works.example" in caplog.text


def test_nobody_there_is_told_by_a_code(tmp_path: Path) -> None:
    with post(tmp_path) as server:
        pass
    with pytest.raises(AlarmDeliveryError):
        Mail(section(server), None, "works").deliver(NOTICE, NOW_NS)


def test_a_subject_cannot_make_a_header_of_its_own(tmp_path: Path) -> None:
    evil = Open(
        code="E_ALARM_DEVICE_DEAD",
        subject="a\r\nBcc: everybody@works.example\r\n\r\nhello\x00\u2028",
        en="line\n.\nQUIT",
        zh="\u202e",
        first_ns=NOW_NS,
    )
    with post(tmp_path) as server:
        Mail(section(server), None, "works").deliver(notice_of(evil, Event.RAISED, NOW_NS), NOW_NS)
    ((_, recipients, letter),) = server.letters
    assert recipients == ["a@works.example"]
    assert letter["bcc"] is None
    assert "a Bcc: everybody@works.example hello" in letter["subject"]


def test_a_letter_is_the_same_whenever_it_is_sent() -> None:
    sent = MailSection(host="h", sender="cm@works.example", recipients=("a@works.example",))
    first, again = (message_of(NOTICE, sent, "works").as_bytes() for _ in range(2))
    assert first == again
    assert max(map(len, first.split(b"\r\n"))) < 998  # RFC 5322
