"""What is due as a table of text, for a spreadsheet. Pure."""

from collections.abc import Iterable

from collector.web.certificates.due import DueLine
from collector.web.words import say
from evidence.audit.gb17167 import safe


def due_table(lines: Iterable[DueLine], language: str) -> list[list[str]]:
    """Headings, then a row of text for each instrument.

    Args:
        lines: In order.
        language: "en" or "zh", of headings and states.
    """
    heads = (
        say("certificates.site", language),
        say("certificates.serial", language),
        say("certificates.instrument", language),
        say("certificates.channels", language),
        say("certificates.certificate", language),
        say("certificates.laboratory", language),
        say("certificates.performed_on", language),
        say("certificates.confirmation", language),
        say("certificates.due_on", language),
        say("certificates.days_left", language),
        say("certificates.state", language),
    )
    return [list(heads), *(_row(each, language) for each in lines)]


def _row(line: DueLine, language: str) -> list[str]:
    certificate, confirmation = line.certificate, line.confirmation
    cells = (
        line.site,
        line.serial,
        line.instrument,
        ", ".join(line.channels),
        "" if certificate is None else certificate.id,
        "" if certificate is None else certificate.laboratory.name,
        "" if certificate is None else str(certificate.performed_on),
        "" if confirmation is None else confirmation.id,
        str(line.due_on or ""),
    )
    left = "" if line.days_left is None else str(line.days_left)
    return [*map(safe, cells), left, say(f"certificates.state_{line.state.value}", language)]
