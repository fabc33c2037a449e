"""D-SI quantities in all spellings: values, uncertainties, covariances, words."""

import pytest

from calibration.dcc.content import Quantity, Rendering, Uncertainty
from calibration.dcc.errors import DccError
from tests.unit.calibration.dcc.dcc_documents import (
    KELVIN,
    document,
    expanded,
    table,
    transcribed,
    values,
)

OLD = """<si:expandedUncXMLList><si:uncertaintyXMLList>0.061</si:uncertaintyXMLList>
<si:coverageFactorXMLList>2</si:coverageFactorXMLList>
<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
<si:distributionXMLList>normal</si:distributionXMLList></si:expandedUncXMLList>"""
INTERVAL = """<si:measurementUncertaintyUnivariateXMLList><si:coverageIntervalMUXMLList>
<si:valueStandardMUXMLList>0.1 0.2</si:valueStandardMUXMLList>
<si:intervalMinXMLList>-1 0</si:intervalMinXMLList>
<si:intervalMaxXMLList>1 3</si:intervalMaxXMLList>
<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
</si:coverageIntervalMUXMLList></si:measurementUncertaintyUnivariateXMLList>"""
OLD_INTERVAL = """<si:coverageIntervalXMLList>
<si:standardUncXMLList>0.1 0.2</si:standardUncXMLList>
<si:intervalMinXMLList>-1 0</si:intervalMinXMLList>
<si:intervalMaxXMLList>1 3</si:intervalMaxXMLList>
<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
</si:coverageIntervalXMLList>"""
STANDARD = """<si:measurementUncertaintyUnivariateXMLList><si:standardMUXMLList>
<si:valueStandardMUXMLList>0.1</si:valueStandardMUXMLList>
</si:standardMUXMLList></si:measurementUncertaintyUnivariateXMLList>"""


def quantities(*held: str) -> tuple[Quantity, ...]:
    inner = "".join(f"<dcc:quantity>{each}</dcc:quantity>" for each in held)
    content = transcribed(document(table(inner)))
    return content.measurements[0].results[0].data.tables[0].quantities


def only(held: str) -> Rendering:
    (found,) = quantities(held)
    (rendering,) = found.renderings
    return rendering


def stated(held: str) -> Uncertainty:
    found = only(held).uncertainty
    assert found is not None
    return found


def refused(held: str) -> str:
    with pytest.raises(DccError) as wrong:
        quantities(held)
    return wrong.value.code


def one(uncertainty: str, name: str = "real") -> str:
    return (
        f"<si:{name}><si:label>v</si:label><si:value>1.5E-3</si:value>"
        f"<si:unit>{KELVIN}</si:unit>{uncertainty}</si:{name}>"
    )


def covariance(*columns: str, unit: str = r"\kelvin\tothe{2}", name: str = "ellipsoidal") -> str:
    inner = "".join(
        f"<si:columnXMLList><si:covarianceXMLList><si:valueXMLList>{each}</si:valueXMLList>"
        f"<si:unitXMLList>{unit}</si:unitXMLList></si:covarianceXMLList></si:columnXMLList>"
        for each in columns
    )
    return (
        f"<si:measurementUncertaintyMultivariateXMLList><si:{name}RegionMUXMLList>"
        f"<si:covarianceMatrixXMLList>{inner}</si:covarianceMatrixXMLList>"
        "<si:coverageFactorXMLList>2.45</si:coverageFactorXMLList>"
        "<si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>"
        f"</si:{name}RegionMUXMLList></si:measurementUncertaintyMultivariateXMLList>"
    )


def test_the_old_and_the_new_spelling_say_the_same() -> None:
    old = stated(values("1 2 3", KELVIN, OLD))
    new = stated(values("1 2 3", KELVIN, expanded("0.061")))
    assert (old.kind, old.values, old.coverage_factors) == ("expanded", (0.061,), (2.0,))
    assert (new.kind, new.values, new.coverage_factors) == ("expanded", (0.061,), (2.0,))
    assert old.coverage_probabilities == new.coverage_probabilities == (0.95,)
    assert (old.distributions, new.distributions) == (("normal",), ())


@pytest.mark.parametrize("text", [INTERVAL, OLD_INTERVAL])
def test_a_coverage_interval_keeps_its_ends(text: str) -> None:
    found = stated(values("1 2", KELVIN, text))
    assert (found.kind, found.values) == ("interval", (0.1, 0.2))
    assert (found.lower, found.upper) == ((-1.0, 0.0), (1.0, 3.0))
    assert found.coverage_factors == ()


def test_a_standard_uncertainty_has_no_factor() -> None:
    found = stated(values("1 2", KELVIN, STANDARD))
    assert (found.kind, found.values, found.coverage_factors) == ("standard", (0.1,), ())


OLD_REAL = """<si:expandedUnc><si:uncertainty>0.1</si:uncertainty>
<si:coverageFactor>2</si:coverageFactor><si:coverageProbability>0.95</si:coverageProbability>
</si:expandedUnc>"""
NEW_REAL = """<si:measurementUncertaintyUnivariate><si:expandedMU>
<si:valueExpandedMU>0.1</si:valueExpandedMU><si:coverageFactor>2</si:coverageFactor>
<si:coverageProbability>0.95</si:coverageProbability>
</si:expandedMU></si:measurementUncertaintyUnivariate>"""
STANDARD_REAL = """<si:measurementUncertaintyUnivariate><si:standardMU>
<si:valueStandardMU>0.1</si:valueStandardMU>
</si:standardMU></si:measurementUncertaintyUnivariate>"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [(OLD_REAL, "expanded"), (NEW_REAL, "expanded"), (STANDARD_REAL, "standard")],
)
def test_a_real_is_read_in_each_spelling(text: str, kind: str) -> None:
    found = only(one(text))
    assert (found.form, found.values, found.units) == ("real", (0.0015,), (KELVIN,))
    assert found.uncertainty is not None
    assert (found.uncertainty.kind, found.uncertainty.values) == (kind, (0.1,))
    assert found.labels == ("v",)


@pytest.mark.parametrize("name", ["uncertainty", "valueStandardMU"])
def test_the_uncertainty_of_a_constant_is_a_standard_one(name: str) -> None:
    found = only(one(f"<si:{name}>2e-5</si:{name}>", "constant"))
    assert found.form == "constant"
    assert found.uncertainty == Uncertainty(kind="standard", values=(2e-5,))


def test_a_list_of_reals_has_a_common_unit_or_one_each() -> None:
    first = f"<si:real><si:value>1</si:value>{OLD_REAL}</si:real>"
    inner = first + first.replace(">1<", ">2<").replace("0.1", "0.2")
    common = f"<si:listUnit>{KELVIN}</si:listUnit>"
    old = only(f"<si:list>{common}{inner}</si:list>")
    new = only(f"<si:list><si:realList>{common}{inner}</si:realList></si:list>")
    assert old == new
    assert (old.values, old.units) == ((1.0, 2.0), (KELVIN, KELVIN))
    assert old.uncertainty is not None
    assert old.uncertainty.values == (0.1, 0.2)
    assert refused(f"<si:list>{inner}</si:list>") == "E_DCC_MISSING"


def test_a_list_of_reals_may_state_one_uncertainty_for_all() -> None:
    text = (
        "<si:list><si:listUnivariateUnc><si:expandedUnc><si:uncertainty>0.3</si:uncertainty>"
        "<si:coverageFactor>2</si:coverageFactor></si:expandedUnc></si:listUnivariateUnc>"
        f"<si:real><si:value>1</si:value><si:unit>{KELVIN}</si:unit></si:real>"
        f"<si:real><si:value>2</si:value><si:unit>{KELVIN}</si:unit></si:real></si:list>"
    )
    assert stated(text).values == (0.3,)


def test_some_reals_with_an_uncertainty_and_some_without_are_refused() -> None:
    text = (
        f"<si:list><si:real><si:value>1</si:value><si:unit>{KELVIN}</si:unit><si:expandedUnc>"
        "<si:uncertainty>0.3</si:uncertainty><si:coverageFactor>2</si:coverageFactor>"
        f"</si:expandedUnc></si:real><si:real><si:value>2</si:value><si:unit>{KELVIN}</si:unit>"
        "</si:real></si:list>"
    )
    assert refused(text) == "E_DCC_LIST_LENGTH"


def test_a_hybrid_keeps_all_its_renderings() -> None:
    (found,) = quantities(
        f"<si:hybrid>{values('1', KELVIN)}{values('-272.15', '|foo')}</si:hybrid>"
    )
    assert found.form == "hybrid"
    assert [each.units for each in found.renderings] == [(KELVIN,), ("|foo",)]


def test_words_and_complex_numbers_are_kept_as_said() -> None:
    words, chars, complex_ = quantities(
        '<dcc:noQuantity><dcc:content lang="en">10 g</dcc:content></dcc:noQuantity>',
        "<dcc:charsXMLList>a b</dcc:charsXMLList>",
        "<si:complex><si:valueReal>1</si:valueReal><si:valueImag>2</si:valueImag>"
        r"<si:unit>\one</si:unit></si:complex>",
    )
    assert (words.form, words.texts[0].text) == ("noQuantity", "10 g")
    assert chars.texts[0].text == "a b"
    assert complex_.raw == (("valueReal", "1"), ("valueImag", "2"), ("unit", r"\one"))


def test_a_covariance_is_read_row_by_row_with_its_units() -> None:
    region = only(values("1 2", KELVIN, covariance("4e-4 1e-4", "1e-4 9e-4"))).region
    assert region is not None
    assert region.covariance == ((4e-4, 1e-4), (1e-4, 9e-4))
    assert region.units[0] == (r"\kelvin\tothe{2}",) * 2
    assert (region.shape, region.coverage_factor) == ("ellipsoidal", 2.45)
    rectangular = only(values("1", KELVIN, covariance("4", name="rectangular"))).region
    assert rectangular is not None
    assert rectangular.shape == "rectangular"


def test_a_matrix_is_written_by_columns_and_may_be_rounded_unevenly() -> None:
    region = only(values("1 2", KELVIN, covariance("1 0.5", "0.50000000001 1"))).region
    assert region is not None
    assert region.covariance == ((1.0, 0.50000000001), (0.5, 1.0))


def test_a_covariance_before_d_si_2_2_is_read_too() -> None:
    cell = f"<si:covariance><si:value>4</si:value><si:unit>{KELVIN}</si:unit></si:covariance>"
    text = (
        "<si:ellipsoidalRegionXMLList><si:covarianceMatrix><si:column>"
        f"{cell}</si:column></si:covarianceMatrix><si:coverageFactor>2</si:coverageFactor>"
        "<si:coverageProbability>0.95</si:coverageProbability></si:ellipsoidalRegionXMLList>"
    )
    region = only(values("1", KELVIN, text)).region
    assert region is not None
    assert region.covariance == ((4.0,),)


@pytest.mark.parametrize(
    "columns",
    [("1 0",), ("1 0", "0 1", "0 0"), ("1 0", "0"), ("1", "1")],
)
def test_a_covariance_of_another_size_is_refused(columns: tuple[str, ...]) -> None:
    assert refused(values("1 2", KELVIN, covariance(*columns))) == "E_DCC_LIST_LENGTH"


def test_a_covariance_that_is_not_symmetric_is_refused() -> None:
    assert refused(values("1 2", KELVIN, covariance("1 0.5", "0.4 1"))) == "E_DCC_NUMBER"


@pytest.mark.parametrize(
    "uncertainty", [expanded("0.1 0.2"), expanded("0.1", "2 2"), expanded("0.1 0.1 0.1 0.1")]
)
def test_lists_of_unequal_length_are_refused(uncertainty: str) -> None:
    assert refused(values("1 2 3", KELVIN, uncertainty)) == "E_DCC_LIST_LENGTH"
    assert refused(values("1 2 3", r"\kelvin \kelvin")) == "E_DCC_LIST_LENGTH"


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "INF",
        "-inf",
        "1e308",
        "1e999",
        "1_0",
        "0x10",
        "１",
        "1,5",
        "1" * 5000,
        "1e",
        ".",
        "-",
    ],
)
def test_a_number_that_cannot_be_used_is_refused(number: str) -> None:
    assert refused(values(f"1 {number}", KELVIN)) == "E_DCC_NUMBER"
    assert refused(one("").replace("1.5E-3", number)) == "E_DCC_NUMBER"


@pytest.mark.parametrize("number", ["1", "+1.", ".5", "-0.0", "1e-5", "1E+100", "007"])
def test_numbers_as_d_si_writes_them_are_read(number: str) -> None:
    assert only(values(number, KELVIN)).values == (float(number),)


@pytest.mark.parametrize(
    "uncertainty",
    [
        expanded("-0.1"),
        expanded("0.1", "0"),
        expanded("0.1", "-2"),
        expanded("NaN"),
        expanded("0.1").replace(">0.95<", ">95<"),
        expanded("0.1").replace(">0.95<", ">-0.1<"),
    ],
)
def test_an_uncertainty_that_is_none_is_refused(uncertainty: str) -> None:
    assert refused(values("1", KELVIN, uncertainty)) == "E_DCC_NUMBER"


def test_significant_digits_are_integers() -> None:
    digit = "<si:significantDigitXMLList>{}</si:significantDigitXMLList>"
    assert only(values("1", KELVIN, digit.format("-2"))).significant_digits == (-2,)
    assert refused(values("1", KELVIN, digit.format("9" * 5000))) == "E_DCC_NUMBER"


def test_a_relative_uncertainty_is_kept() -> None:
    (found,) = quantities(
        f"{values('1', KELVIN)}<dcc:relativeUncertainty><dcc:relativeUncertaintySingle>"
        r"<si:value>0.01</si:value><si:unit>\one</si:unit></dcc:relativeUncertaintySingle>"
        "</dcc:relativeUncertainty>"
    )
    assert found.relative_uncertainty is not None
    assert found.relative_uncertainty.values == (0.01,)
