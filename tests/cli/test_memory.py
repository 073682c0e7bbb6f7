"""Running out of memory is the machine's: exit 4 with what was needed, whichever process it was, and no traceback."""

from contextlib import nullcontext

import pytest

from biasvar.cli import main as main_module
from biasvar.cli import sweep
from biasvar.cli.estimate import describe
from biasvar.cli.messages import DATA_OR_MACHINE
from biasvar.cli.signals import Stopping
from biasvar.composition.compose import plan_study
from biasvar.study import pilot, worker_task
from biasvar.training.train import train

STUDY = ["model.features=4,5", "data.n_train=10", "data.n_eval=20", "replicates=2", "engine=serial", "--out=study"]


@pytest.fixture
def too_small(monkeypatch, tmp_path):
    """A memory that is too small for models of 5 features."""
    monkeypatch.chdir(tmp_path)

    def train_what_fits(members, *rest):
        if any(member.model.features == 5 for member in members):
            raise MemoryError("Unable to allocate 29.8 GiB")
        return train(members, *rest)

    monkeypatch.setattr(worker_task, "train", train_what_fits)
    monkeypatch.setattr(pilot, "train", train_what_fits)


@pytest.mark.ci
@pytest.mark.slow
def test_models_that_memory_is_too_small_for_cost_no_other_and_are_exit_4(too_small, tmp_path, capsys):
    assert sweep.command.main(STUDY, standalone_mode=False, obj=Stopping()) == DATA_OR_MACHINE
    said = capsys.readouterr()
    assert "2 members failed: MemoryError: Unable to allocate 29.8 GiB; a worker needs about" in said.err
    assert "partial: 2/4 models are in the report" in said.err
    assert said.out.strip() == "study/report.html" and "Traceback" not in said.err


def test_a_dry_run_says_what_is_needed_before_its_pilot_runs(too_small, tmp_path):
    lines, said = describe(plan_study(STUDY[:-1], print), tmp_path / "study", print), []
    with pytest.raises(MemoryError, match=r"Unable to allocate 29.8 GiB; a worker needs about .* for one model"):
        said.extend(lines)
    assert [line.split()[0] for line in said[-2:]] == ["disk", "memory"]


@pytest.mark.parametrize(
    ("error", "says"),
    [(MemoryError("Unable to allocate 9.3 GiB for an array"), "out of memory: Unable to allocate 9.3 GiB for an array"),
     (MemoryError(), "out of memory: more memory was requested than there is")],
)  # fmt: skip
def test_any_verb_that_runs_out_of_memory_is_exit_4_in_one_line(monkeypatch, capsys, error, says):
    def fails(**_):
        raise error

    monkeypatch.setattr(main_module.cli, "main", fails)
    monkeypatch.setattr(main_module, "make_streams_last", lambda: None)
    monkeypatch.setattr(main_module, "Stopping", nullcontext)  # tests keep their signals
    with pytest.raises(SystemExit) as ended:
        main_module.main()
    assert ended.value.code == DATA_OR_MACHINE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {says}; ") and "Traceback" not in line
