"""Compiling is told of where it begins, and only there."""

import pytest
from numba.core import event

from biasvar.training.kernel import mlp, routines
from biasvar.training.kernel.compilation import KEPT, Beginning, prepare
from biasvar.training.kernel.target import compiler_features


@pytest.mark.parametrize(("function", "times"), [(mlp.fit, 1), (mlp.predict, 1), (routines.drop, 0)])
def test_only_what_is_kept_is_told_of(function, times):
    begun = []
    told = event.install_listener("numba:compile", Beginning(lambda: begun.append(1), KEPT))
    with told, event.trigger_event("numba:compile", data={"dispatcher": function}):
        assert len(begun) == times
    assert len(begun) == times


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_loaded_is_not_compiled_again(dtype):
    prepare(dtype, lambda: None)
    before = len(mlp.fit.signatures)
    prepare(dtype, lambda: pytest.fail("compiled twice"))
    assert len(mlp.fit.signatures) == before


def test_the_generic_processor_has_no_features_unless_they_are_named(monkeypatch):
    monkeypatch.delenv("NUMBA_CPU_FEATURES", raising=False)
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert compiler_features() == "", "as numba has it"
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "+avx2")
    assert compiler_features() == "+avx2"
