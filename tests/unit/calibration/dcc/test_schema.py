"""Validation against schemas in a folder: found by version, imports from nowhere else."""

from pathlib import Path

import pytest

from calibration.dcc.document import parse_document
from calibration.dcc.errors import DccError, DccSchemaError
from calibration.dcc.load import read_schemas
from calibration.dcc.schema import check_schema
from calibration.dcc.transfer import import_document
from tests.unit.calibration.dcc.dcc_documents import RANGE, TEMPERATURES, document, schemas
from tests.unit.calibration.dcc.importing import choices, codes

VALID = document(TEMPERATURES, statements=RANGE)
MAIN, DSI = "v3.3.0/dcc.xsd", "dsi/v2.2.1.xsd"


def check(data: bytes, known: dict[str, bytes]) -> None:
    check_schema(parse_document(data, "a.xml"), "a.xml", known)


def refused(data: bytes, known: dict[str, bytes]) -> DccError:
    with pytest.raises(DccError) as wrong:
        check(data, known)
    return wrong.value


def test_a_valid_document_passes() -> None:
    check(VALID, schemas())


def test_a_document_that_breaks_its_schema_is_refused_with_place_and_count() -> None:
    wrong = refused(VALID.replace(b">S-1<", b"> S-1 <"), schemas())
    assert isinstance(wrong, DccSchemaError)
    assert wrong.facts["found"] == 1
    assert "line 22" in str(wrong)
    assert "3.3.0" in wrong.say("zh")


def test_the_schema_is_that_of_the_documents_version() -> None:
    older = VALID.replace(b'schemaVersion="3.3.0"', b'schemaVersion="3.1.2"')
    assert refused(older, schemas()).code == "E_DCC_SCHEMA"
    newer = VALID.replace(b'schemaVersion="3.3.0"', b'schemaVersion="3.3.9"')
    assert refused(newer, schemas()).code == "E_DCC_SCHEMA_FOLDER"


def test_a_schema_whose_import_is_not_in_the_folder_is_refused() -> None:
    known = {name: data for name, data in schemas().items() if name != DSI}
    assert refused(VALID, known).code == "E_DCC_SCHEMA_FOLDER"


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:9/dsi.xsd",
        "file:///etc/hostname",
        "../../../../../../etc/hostname",
        "/etc/hostname",
        "%2e%2e/%2e%2e/secret.xsd",
    ],
)
def test_an_import_from_elsewhere_is_never_followed(location: str) -> None:
    known = schemas()
    known[MAIN] = known[MAIN].replace(b"../dsi/v2.2.1.xsd", location.encode())
    assert refused(VALID, known).code == "E_DCC_SCHEMA_FOLDER"


def test_a_sound_schema_outside_the_folder_is_not_followed(tmp_path: Path) -> None:
    known, outside = schemas(), tmp_path / "units.xsd"
    plain = known[DSI].replace(b"../qudt/v2.2.1.xsd", (tmp_path / "kinds.xsd").as_uri().encode())
    outside.write_bytes(plain)
    (tmp_path / "kinds.xsd").write_bytes(known["qudt/v2.2.1.xsd"])
    known[MAIN] = known[MAIN].replace(b"../dsi/v2.2.1.xsd", outside.as_uri().encode())
    assert refused(VALID, known).code == "E_DCC_SCHEMA_FOLDER"
    check(VALID, {**known, "units.xsd": plain, "kinds.xsd": known["qudt/v2.2.1.xsd"]})


def test_a_web_address_is_looked_up_in_the_folder_by_the_end_of_its_path() -> None:
    known = schemas()
    known[MAIN] = known[MAIN].replace(b"../dsi/v2.2.1.xsd", b"https://ptb.de/dsi/v2.2.1.xsd")
    check(VALID, known)


def test_a_schema_that_is_no_xml_is_refused() -> None:
    assert refused(VALID, {"a.xsd": b"<xs:schema"}).code == "E_DCC_SCHEMA_FOLDER"
    assert refused(VALID, {}).code == "E_DCC_SCHEMA_FOLDER"


def test_hints_to_schemas_within_a_document_are_not_followed(tmp_path: Path) -> None:
    """A schema that forbids all would be loaded by the hint if it were followed."""
    trap = tmp_path / "trap.xsd"
    trap.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:trap">'
        '<xs:element name="a" type="xs:integer"/></xs:schema>',
        "utf-8",
    )
    comment = (
        '<dcc:comment><a xmlns="urn:trap" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:trap {trap.as_uri()}">no integer</a></dcc:comment>'
    )
    check(document(TEMPERATURES, end=comment), schemas())


def test_without_schemas_only_the_structure_is_checked_and_that_is_told() -> None:
    assert "F_DCC_NO_SCHEMA" in codes(import_document(VALID, "a.xml", choices()))
    assert "F_DCC_NO_SCHEMA" not in codes(import_document(VALID, "a.xml", choices(), schemas()))


def test_a_folder_is_read_with_what_lies_in_it_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.xsd").write_bytes(b"a")
    (folder / "b.txt").write_bytes(b"b")
    (tmp_path / "outside.xsd").write_bytes(b"c")
    (folder / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    assert read_schemas(folder) == {"in/a.xsd": b"a"}


@pytest.mark.parametrize("name", ["", "nothing", "empty", "large"])
def test_a_folder_without_schemas_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "a.xsd").write_bytes(b" " * 1_000_001)
    with pytest.raises(DccError, match="E_DCC_FILE"):
        read_schemas(tmp_path / name if name else tmp_path / "large" / "a.xsd")
