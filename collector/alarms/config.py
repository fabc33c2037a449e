"""[alarms] of collector.toml: when something is told, and to whom."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$", max_length=254)]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=2_592_000)]


class WebhookSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address that takes alarms as signed JSON (Standard Webhooks, `v1`).

    Attributes:
        url: Such as https://ops.example/hooks/carbonmeter.
        secret_file: A 0600 file with the line `whsec_...`; made by `collector alarms --secret`.
        ca_file: Certificates to trust for https; the system's if left out.
        timeout_s: For each answer, 1 to 60.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s#@]+$", max_length=1024)]
    secret_file: Text
    ca_file: Text | None = None
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=60)] = 10.0


class MailSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail server, and who is written to.

    Attributes:
        host, port: Where it listens.
        security: `starttls` or `tls`; `none` only for a server on this machine or network.
        username, password_file: An account, if it asks for one; the file is 0600.
        sender: Whose address stands in From.
        recipients: Who is written to, 1 to 50.
        ca_file: Certificates to trust; the system's if left out.
        timeout_s: For each answer, 1 to 60.
    """

    host: Text
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password_file: Text | None = None
    sender: Address
    recipients: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=50)]
    ca_file: Text | None = None
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=60)] = 10.0


class AlarmSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alarms. They are looked for, logged and listed also without a receiver.

    Attributes:
        hold_s: How long something must be wrong, or right again, before it is told.
        repeat_h: After how long it is told again, 1 to 744.
        certificate_due_days: From how many days before its last one a confirmation is due.
        agent_silent_s: How long an agent may say nothing.
        device_dead_s: How long a device may give no reading, and at least five of its periods.
        disk_free_MiB: What shall be free on the disk of the state folder.
        webhook, mail: Who is told.
    """

    hold_s: Seconds = 60.0
    repeat_h: Annotated[float, msgspec.Meta(ge=1, le=744)] = 24.0
    certificate_due_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 30
    agent_silent_s: Seconds = 900.0
    device_dead_s: Seconds = 900.0
    disk_free_MiB: Annotated[int, msgspec.Meta(ge=64, le=10_000_000)] = 1024
    webhook: WebhookSection | None = None
    mail: MailSection | None = None


def alarms_beside(folder: Path, section: AlarmSection) -> AlarmSection:
    """The section with its files' paths absolute, starting from `folder`."""
    webhook, mail = section.webhook, section.mail
    if webhook is not None:
        webhook = msgspec.structs.replace(
            webhook,
            secret_file=str(folder / webhook.secret_file),
            ca_file=_below(folder, webhook.ca_file),
        )
    if mail is not None:
        mail = msgspec.structs.replace(
            mail,
            password_file=_below(folder, mail.password_file),
            ca_file=_below(folder, mail.ca_file),
        )
    return msgspec.structs.replace(section, webhook=webhook, mail=mail)


def _below(folder: Path, path: str | None) -> str | None:
    return None if path is None else str(folder / path)
