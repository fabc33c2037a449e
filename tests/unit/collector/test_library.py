"""The certificates an agent has logged: each file once, and what a new one changes."""

import pytest

from calibration.errors import CalibrationError, CertificateError
from evidence.errors import LeafContentError
from evidence.judging.library import Library
from evidence.log.batch import Document, document
from tests.unit.collector.api.plant import (
    FILES,
    START_NS,
    Kind,
    confirmation,
    energy_certificate,
)

EFFECTIVE_NS = 1_767_744_000_000_000_000  # 2026-01-07T08:00 in Shanghai


def leaf(kind: Kind, name: str, data: bytes) -> Document:
    return document(("gw-1", "0" * 32, 0), kind, name, data)


def library(*files: tuple[Kind, str, bytes]) -> Library:
    found = Library()
    for file in files:
        found = found.with_document(leaf(*file))
    return found


def test_certificates_and_confirmations_are_kept_and_other_files_are_not() -> None:
    found = library(*FILES)
    assert [each.id for each in found.register.certificates] == ["E-1", "E-2", "P-1"]
    assert [each.id for each in found.register.confirmations] == ["K-1", "K-2", "K-P"]


def test_a_file_that_is_known_adds_nothing_whatever_it_is_called_now() -> None:
    found = library(*FILES)
    for kind, name, data in FILES:
        assert found.with_document(leaf(kind, f"other-{name}", data)) is found


def test_a_document_that_is_not_what_it_says_is_refused() -> None:
    good = leaf(*FILES[0])
    with pytest.raises(LeafContentError):
        Library().with_document(leaf_with(good, sha256="0" * 64))
    with pytest.raises(LeafContentError):
        Library().with_document(leaf_with(good, content="not base64"))
    with pytest.raises(CertificateError):
        Library().with_document(leaf("confirmation", "k.toml", FILES[0][2]))


def leaf_with(good: Document, **other: str) -> Document:
    fields = {name: getattr(good, name) for name in good.__struct_fields__}
    return Document(**{**fields, **other})


def test_a_confirmation_changes_readings_of_its_meter_from_its_effect_on() -> None:
    before = library(FILES[0])
    after = before.with_document(leaf(*FILES[3]))
    serials = frozenset({"S-1"})
    assert after.changes(before, serials, EFFECTIVE_NS)
    assert after.changes(before, serials, START_NS)
    assert not after.changes(before, serials, EFFECTIVE_NS - 1)
    assert not after.changes(before, frozenset({"S-2"}), START_NS)
    assert not after.changes(before, frozenset(), START_NS)


def test_a_certificate_changes_readings_only_where_it_corrects_one() -> None:
    before = library(*FILES)
    corrected = energy_certificate("E-1", "S-1").replace(b"0.002", b"0.003")
    new = energy_certificate("E-3", "S-1")
    serials = frozenset({"S-1"})
    after = before.with_document(leaf("certificate", "again.toml", corrected))
    assert after.changes(before, serials, START_NS)
    assert not after.changes(before, frozenset({"S-2"}), START_NS)
    after = before.with_document(leaf("certificate", "new.toml", new))
    assert not after.changes(before, serials, START_NS)
    after = after.with_document(
        leaf("confirmation", "k.toml", confirmation("K-3", "E-3", "S-1", "2027-01-06"))
    )
    assert after.changes(before, serials, START_NS)


def test_an_event_changes_readings_of_its_instrument_from_its_instant_on() -> None:
    before = library(*FILES)
    after = before.with_document(leaf("event", "e.toml", event('serial = "S-1"\nevent = "repair"')))
    assert [each.event for each in after.register.events] == ["repair"]
    assert after.changes(before, frozenset({"S-1"}), START_NS)
    assert not after.changes(before, frozenset({"S-1"}), EVENT_NS - 1)
    assert not after.changes(before, frozenset({"S-2"}), START_NS)


def test_a_withdrawn_certificate_changes_all_readings_that_rested_on_it() -> None:
    before = library(*FILES)
    told = event('certificate = "E-1"\nevent = "certificate_withdrawn"')
    after = before.with_document(leaf("event", "w.toml", told))
    assert after.changes(before, frozenset({"S-1"}), EVENT_NS - 10**15)
    assert not after.changes(before, frozenset({"S-2"}), START_NS)


def test_an_event_that_is_none_is_refused() -> None:
    with pytest.raises(CalibrationError):
        Library().with_document(leaf("event", "e.toml", event('event = "repair"')))


SETTING = b"""\
schema = 1
id = "A-1"
setting = "stack_area"
subject = "site/stack-1"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-02-27T08:00:00Z
decided_by = "Li Wei"
reason = "measured anew"
document = "report 1"
after = { value = 19.635, unit = "m2", standard_uncertainty = 0.1 }
"""


def test_a_setting_is_kept_and_changes_no_reading_that_an_agent_calibrated() -> None:
    before = library(*FILES)
    after = before.with_document(leaf("setting", "a.toml", SETTING))
    assert [each.id for each in after.register.settings] == ["A-1"]
    assert not after.changes(before, frozenset({"S-1"}), 2**62)
    with pytest.raises(CalibrationError):
        before.with_document(leaf("setting", "a.toml", SETTING.replace(b"19.635", b"-1.0")))


EVENT_NS = 1_767_780_000_000_000_000  # 2026-01-07T10:00Z


def event(what: str) -> bytes:
    return (
        f"schema = 1\n{what}\nat = 2026-01-07T10:00:00Z\n"
        'recorded_at = 2026-01-09T00:00:00Z\nrecorded_by = "Li Wei"\n'
    ).encode()
