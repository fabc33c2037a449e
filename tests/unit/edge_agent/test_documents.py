"""Which of a site's files travel: those that bear on the agent's own instruments."""

from calibration.load import SourceFile, register_of
from edge_agent.documents import Own, calibration_documents
from tests.unit.calibration.documents import CERTIFICATE, CONFIRMATION
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, TEST, ZERO

SERIAL = "2301-8812"
STANDARD = CERTIFICATE.replace("NIM-2026-0417", "REF-7-2025").replace(SERIAL, "REF-7")
STRANGER = STANDARD.replace("REF-7", "REF-9")
EVENT = """\
schema = 1
{what}
at = 2026-04-01T08:00:00Z
recorded_at = 2026-04-01T09:00:00Z
recorded_by = "Li Wei"
"""


def files(**texts: str) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(name=f"{name}.toml", data=text.encode()) for name, text in texts.items()
    )


def own(serial: str, *channels: str) -> Own:
    return Own(site="works", serials=frozenset({serial}), channels=frozenset(channels))


def citing(text: str, certificate: str) -> str:
    """A certificate that was made with one standard."""
    head, *_ = text.partition("[[standards]]")
    _, mark, rest = text.partition("[[results]]")
    used = f'[[standards]]\ninfluence = "std:LAB/R"\ncertificate = "{certificate}"\n'
    return f"{head}{used}{mark}{rest}"


SITE = files(
    repaired=EVENT.format(what=f'event = "repair"\nserial = "{SERIAL}"'),
    elsewhere=EVENT.format(what='event = "repair"\nserial = "B-9"'),
    withdrawn=EVENT.format(what='event = "certificate_withdrawn"\ncertificate = "NIM-2026-0417"'),
    confirmed=CONFIRMATION,
    standard=STANDARD,
    certificate=CERTIFICATE,
    stranger=STRANGER,
)


def test_certificates_come_first_events_last_and_strangers_stay() -> None:
    found = calibration_documents(SITE, register_of(SITE), own(SERIAL))
    assert [(each.kind, each.name) for each in found] == [
        ("certificate", "standard.toml"),
        ("certificate", "certificate.toml"),
        ("confirmation", "confirmed.toml"),
        ("event", "repaired.toml"),
        ("event", "withdrawn.toml"),
    ]
    assert found[3].content == SITE[0].data


def test_certificates_of_the_standards_behind_travel_as_far_up_as_they_are_here() -> None:
    national = STANDARD.replace("REF-7", "NATIONAL-1").replace("NATIONAL-1-2025", "N-2025")
    withdrawn = 'event = "certificate_withdrawn"\ncertificate = "N-2025"'
    site = files(
        confirmed=CONFIRMATION,
        certificate=citing(CERTIFICATE, "REF-7-2025"),
        standard=citing(STANDARD, "N-2025"),
        national=citing(national, "REF-7-2025"),  # a circle ends too
        withdrawn=EVENT.format(what=withdrawn),
        other=STRANGER,
    )
    found = calibration_documents(site, register_of(site), own(SERIAL))
    assert {each.name for each in found} == {
        "confirmed.toml",
        "certificate.toml",
        "standard.toml",
        "national.toml",
        "withdrawn.toml",
    }


SETTING = """\
schema = 1
id = "{id}"
setting = "meter_factor"
subject = "site/meter"
serial = "{serial}"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-02-27T08:00:00Z
decided_by = "Li Wei"
reason = "calibration"
document = "report 1"
after = {{ value = 1.001, unit = "1", standard_uncertainty = 0.0005 }}
"""


def test_settings_of_own_instruments_and_of_the_site_travel_too() -> None:
    area = SETTING.format(id="A", serial="").replace("meter_factor", "velocity_coefficient")
    site = files(
        own=SETTING.format(id="O", serial=SERIAL),
        other=SETTING.format(id="X", serial="B-9"),
        stack=area,
    )
    found = calibration_documents(site, register_of(site), own(SERIAL))
    assert [(each.kind, each.name) for each in found] == [
        ("setting", "own.toml"),
        ("setting", "stack.toml"),
    ]


def test_the_certificate_that_a_setting_of_the_site_rests_on_travels_with_it() -> None:
    area = SETTING.format(id="A", serial="").replace("meter_factor", "velocity_coefficient")
    site = files(
        stack=area.replace("report 1", "NIM-2026-0417"), certificate=CERTIFICATE, other=STRANGER
    )
    found = calibration_documents(site, register_of(site), own("X-1"))
    assert [each.name for each in found] == ["certificate.toml", "stack.toml"]


def test_a_plan_of_the_site_travels_with_its_cylinders_certificates_before_it() -> None:
    site = files(
        plan=PLAN,
        abroad=PLAN.replace("works/", "elsewhere/").replace("L2231", "Q7"),
        cylinder=CYLINDER,
        zero=ZERO,
        other=CYLINDER.replace("L2231", "Q7"),
        withdrawn=EVENT.format(what='event = "certificate_withdrawn"\ncertificate = "GBW-N2"'),
    )
    found = calibration_documents(site, register_of(site), own("X-1"))
    assert [(each.kind, each.name) for each in found] == [
        ("certificate", "cylinder.toml"),
        ("certificate", "zero.toml"),
        ("event", "withdrawn.toml"),
        ("plan", "plan.toml"),
    ]
    assert found[-1].content == site[0].data


def test_a_plan_travels_though_a_certificate_is_not_here() -> None:
    """As a setting does: another agent of the site may log it; `calibration plans` tells of it."""
    site = files(plan=PLAN)
    found = calibration_documents(site, register_of(site), own("X-1"))
    assert [each.name for each in found] == ["plan.toml"]


def test_a_test_travels_where_its_serial_or_its_channel_is_the_agents() -> None:
    site = files(
        by_serial=TEST.replace("works/cems/co2", "works/other/co2"),
        by_channel=TEST.replace("A7731", "Z-9"),
        of_others=TEST.replace("A7731", "Z-9").replace("works/cems/co2", "works/other/co2"),
        report=CERTIFICATE.replace("NIM-2026-0417", "RATA-2026-1"),
    )
    found = calibration_documents(site, register_of(site), own("A7731", "works/cems/co2"))
    assert [(each.kind, each.name) for each in found] == [
        ("certificate", "report.toml"),
        ("test", "by_serial.toml"),
        ("test", "by_channel.toml"),
    ]


def test_an_instrument_that_is_not_here_brings_nothing() -> None:
    assert calibration_documents(SITE, register_of(SITE), own("X-1")) == ()
