"""What a collector loads is not looked through for cycles, while it is loaded and afterwards."""

import gc

import pytest

from collector.heap import loading


def test_nothing_is_looked_through_while_it_is_loaded_and_nothing_of_it_afterwards() -> None:
    with loading():
        assert not gc.isenabled()
        loaded = [object, [object]]
    assert gc.isenabled()
    assert not any(each is loaded for each in gc.get_objects())


def test_cycles_are_looked_for_again_if_it_cannot_be_loaded() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
