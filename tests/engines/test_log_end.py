"""What is reported of a lost worker's log."""

from biasvar.engines.log_end import log_end


def test_a_crash_shows_its_stack_and_not_the_list_of_compiled_modules(tmp_path):
    log = tmp_path / "worker.log"
    modules = ", ".join(f"package.module_{k}" for k in range(400))
    log.write_text(f'Fatal Python error: Segmentation fault\n\n  File "fit.py", line 3 in fit\n\n'
                   f"Extension modules: {modules} (total: 400)\n")  # fmt: skip
    assert log_end(log) == 'Fatal Python error: Segmentation fault\n\n  File "fit.py", line 3 in fit'


def test_a_long_log_is_cut_from_its_start_and_a_missing_one_is_empty(tmp_path):
    log = tmp_path / "worker.log"
    assert log_end(log) == ""
    log.write_text("first\n" + "x" * 5000 + "\nlast\n")
    assert log_end(log).endswith("last") and len(log_end(log)) <= 4000 and "first" not in log_end(log)
