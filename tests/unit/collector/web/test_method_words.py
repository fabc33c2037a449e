"""Method codes of hours are told in words, in both languages."""

import pytest

from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.monitoring.method_words import method_words
from evidence.statement.monitoring.through import MEASURED, OF_INPUTS
from tests.unit.collector.web.chinese import CHINESE


@pytest.mark.parametrize("rules", PACKS)
def test_each_code_of_each_rule_pack_has_words_in_both_languages(rules: str) -> None:
    for code in (*rule_pack(rules).pack.codes, MEASURED, OF_INPUTS):
        assert not CHINESE.search(method_words((rules,), code, "en") or "无"), code
        assert CHINESE.search(method_words((rules,), code, "zh")), code


def test_the_first_rules_that_have_a_code_tell_it_and_no_file_is_followed() -> None:
    assert method_words(("x/../part75", "mrr", "part75"), "07", "en") == "initial procedure"
    assert method_words(("mrr",), "07", "en") == ""
