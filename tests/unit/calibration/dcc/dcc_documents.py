"""Documents that tests read: PTB's samples, and small ones made of parts."""

import datetime as dt
from pathlib import Path
from typing import Final

from calibration.dcc.document import parse_document
from calibration.dcc.load import read_schemas, read_trusted
from calibration.dcc.read import read_certificate
from calibration.dcc.transcript import TranscribedCertificate

VECTORS: Final = Path(__file__).parents[3] / "vectors" / "dcc"
PLAIN: Final = "pydcc__dcc_gp_temperature_typical_v12.xml"
SIGNED: Final = "pydcc__dcc_gp_temperature_typical_v12_v3.2.0_signed.xml"
MANIPULATED: Final = "pydcc__dcc_gp_temperature_typical_v12_v3.2.0_signed_manipulated.xml"
INVALID: Final = "lutaml_dcclib__invalid_schema.xml"
WEIGHTS: Final = "lutaml__example.xml"
CAME: Final = dt.datetime(2023, 4, 1, tzinfo=dt.UTC)

NAMESPACES: Final = 'xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si"'


def sample(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


def schemas() -> dict[str, bytes]:
    return read_schemas(VECTORS / "xsd")


def authorities() -> dict[str, bytes]:
    return read_trusted(VECTORS / "certs")


def transcribed(data: bytes) -> TranscribedCertificate:
    return read_certificate(parse_document(data, "a.xml"), "a.xml")


ITEM: Final = """
      <dcc:item>
        <dcc:name><dcc:content>sensor</dcc:content></dcc:name>
        <dcc:manufacturer><dcc:name><dcc:content>Maker</dcc:content></dcc:name></dcc:manufacturer>
        <dcc:model>T1</dcc:model>
        <dcc:identifications><dcc:identification>
          <dcc:issuer>manufacturer</dcc:issuer><dcc:value>S-1</dcc:value>
        </dcc:identification></dcc:identifications>
      </dcc:item>"""


def document(
    results: str,
    *,
    version: str = "3.3.0",
    identifier: str = "CAL-1",
    items: str = ITEM,
    statements: str = "",
    core: str = "",
    measurement: str = "",
    dates: tuple[str, str] = ("2026-02-01", "2026-02-03"),
    end: str = "",
) -> bytes:
    """A DCC of one measurement whose result has this data, valid against its schema."""
    stated = f"<dcc:statements>{statements}</dcc:statements>" if statements else ""
    begin_on, end_on = dates
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<dcc:digitalCalibrationCertificate {NAMESPACES} schemaVersion="{version}">
  <dcc:administrativeData>
    <dcc:dccSoftware><dcc:software>
      <dcc:name><dcc:content>editor</dcc:content></dcc:name><dcc:release>v1</dcc:release>
    </dcc:software></dcc:dccSoftware>
    <dcc:coreData>
      <dcc:countryCodeISO3166_1>CN</dcc:countryCodeISO3166_1>
      <dcc:usedLangCodeISO639_1>en</dcc:usedLangCodeISO639_1>
      <dcc:mandatoryLangCodeISO639_1>en</dcc:mandatoryLangCodeISO639_1>
      <dcc:uniqueIdentifier>{identifier}</dcc:uniqueIdentifier>
      <dcc:beginPerformanceDate>{begin_on}</dcc:beginPerformanceDate>
      <dcc:endPerformanceDate>{end_on}</dcc:endPerformanceDate>
      <dcc:performanceLocation>laboratory</dcc:performanceLocation>{core}
    </dcc:coreData>
    <dcc:items>{items}
    </dcc:items>
    <dcc:calibrationLaboratory><dcc:contact>
      <dcc:name><dcc:content>Laboratory</dcc:content></dcc:name>
      <dcc:location><dcc:city>Beijing</dcc:city></dcc:location>
    </dcc:contact></dcc:calibrationLaboratory>
    <dcc:respPersons><dcc:respPerson><dcc:person>
      <dcc:name><dcc:content>Li Wei</dcc:content></dcc:name>
    </dcc:person></dcc:respPerson></dcc:respPersons>
    <dcc:customer>
      <dcc:name><dcc:content>Works</dcc:content></dcc:name>
      <dcc:location><dcc:city>Wuhan</dcc:city></dcc:location>
    </dcc:customer>{stated}
  </dcc:administrativeData>
  <dcc:measurementResults>
    <dcc:measurementResult>
      <dcc:name><dcc:content>results</dcc:content></dcc:name>{measurement}
      <dcc:results><dcc:result>
        <dcc:name><dcc:content>result</dcc:content></dcc:name>
        <dcc:data>{results}</dcc:data>
      </dcc:result></dcc:results>
    </dcc:measurementResult>
  </dcc:measurementResults>{end}
</dcc:digitalCalibrationCertificate>
"""
    return text.encode()


EXPANDED: Final = """<si:measurementUncertaintyUnivariateXMLList><si:expandedMUXMLList>
  <si:valueExpandedMUXMLList>{U}</si:valueExpandedMUXMLList>
  <si:coverageFactorXMLList>{k}</si:coverageFactorXMLList>
  <si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
</si:expandedMUXMLList></si:measurementUncertaintyUnivariateXMLList>"""


def expanded(U: str, k: str = "2") -> str:
    return EXPANDED.format(U=U, k=k)


def values(numbers: str, unit: str, uncertainty: str = "") -> str:
    """An si:realListXMLList."""
    return (
        f"<si:realListXMLList><si:valueXMLList>{numbers}</si:valueXMLList>"
        f"<si:unitXMLList>{unit}</si:unitXMLList>{uncertainty}</si:realListXMLList>"
    )


def quantity(ref_type: str, held: str, more: str = "") -> str:
    return f'<dcc:quantity refType="{ref_type}">{held}{more}</dcc:quantity>'


def column(ref_type: str, numbers: str, unit: str, uncertainty: str = "") -> str:
    return quantity(ref_type, values(numbers, unit, uncertainty))


def table(*columns: str, more: str = "") -> str:
    return f"<dcc:list>{''.join(columns)}{more}</dcc:list>"


KELVIN: Final = r"\kelvin"
MEASURED: Final = column("basic_measuredValue", "10.0 20.0 30.0", r"\degreecelsius")
ERROR: Final = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, expanded("0.04"))
TEMPERATURES: Final = table(MEASURED, ERROR)
RANGE: Final = r"""<dcc:statement refType="basic_validityRange"><dcc:data>
  <dcc:quantity refType="basic_validityRangeMin"><si:real>
    <si:value>0</si:value><si:unit>\degreecelsius</si:unit></si:real></dcc:quantity>
  <dcc:quantity refType="basic_validityRangeMax"><si:real>
    <si:value>323.15</si:value><si:unit>\kelvin</si:unit></si:real></dcc:quantity>
</dcc:data></dcc:statement>"""


CELSIUS = r"\degreecelsius"


def condition(status: str, name: str = "air") -> str:
    return (
        "<dcc:influenceConditions><dcc:influenceCondition>"
        f"<dcc:name><dcc:content>{name}</dcc:content></dcc:name><dcc:status>{status}</dcc:status>"
        "<dcc:data><dcc:quantity><dcc:name><dcc:content>t</dcc:content></dcc:name>"
        rf"<si:real><si:value>23</si:value><si:unit>{CELSIUS}</si:unit></si:real></dcc:quantity>"
        "</dcc:data></dcc:influenceCondition></dcc:influenceConditions>"
    )


def covariance(*rows: str, unit: str = r"\kelvin\tothe{2}") -> str:
    inner = "".join(
        f"<si:columnXMLList><si:covarianceXMLList><si:valueXMLList>{row}</si:valueXMLList>"
        f"<si:unitXMLList>{unit}</si:unitXMLList></si:covarianceXMLList></si:columnXMLList>"
        for row in rows
    )
    return (
        "<si:measurementUncertaintyMultivariateXMLList><si:ellipsoidalRegionMUXMLList>"
        f"<si:covarianceMatrixXMLList>{inner}</si:covarianceMatrixXMLList>"
        "<si:coverageFactorXMLList>2.8</si:coverageFactorXMLList>"
        "<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>"
        "</si:ellipsoidalRegionMUXMLList></si:measurementUncertaintyMultivariateXMLList>"
    )


ROWS = ("4e-4 2e-4 1e-4", "2e-4 9e-4 3e-4", "1e-4 3e-4 1.6e-3")


def equipment(ref_type: str = "", certificate: str = "", number: str = "R-7") -> str:
    return (
        f"<dcc:measuringEquipments><dcc:measuringEquipment{ref_type}>"
        f"<dcc:name><dcc:content>Pt 25</dcc:content></dcc:name>{certificate}"
        "<dcc:identifications><dcc:identification><dcc:issuer>calibrationLaboratory</dcc:issuer>"
        f"<dcc:value>{number}</dcc:value></dcc:identification></dcc:identifications>"
        "</dcc:measuringEquipment></dcc:measuringEquipments>"
    )


STANDARD = ' refType="basic_normalUsed"'
