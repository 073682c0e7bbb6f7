"""Whole processes: how soon the command line answers, and what a sweep of tiny fits costs beside the fits."""

import subprocess
import sys
import tempfile
from statistics import median

from benchmarks.contenders import Contender, Work, take_turns
from benchmarks.product import train_all
from benchmarks.workload import shown

HEADER = ("whole process", "seconds", "its fits alone, seconds", "ratio")
BIASVAR = (sys.executable, "-c", "from biasvar.cli.main import main; main()")
TINY = (
    "data=linear",
    "data.dimension=50",
    "data.n_train=100",
    "data.n_eval=1000",
    "resampling=fresh",
    "model=linear",
    "model.features=5,10,15,20,25,30,35,40,45,50",
    "training=exact",
    "training.weight_decay=0.0001,0.0003,0.001,0.003,0.01,0.03,0.1,0.3,1,3",
    "replicates=100",
    "limits.max_models=10000",
)


def help_row(repeats: int) -> list[str]:
    """Return the row of ``biasvar --help``."""
    turns = take_turns([Contender("help", answer, ("--help",))], repeats)
    return ["`biasvar --help`", shown(median(turn.seconds for turn in turns["help"])), "-", "-"]


def tiny_fits_row(study: tuple[str, ...], repeats: int) -> list[str]:
    """Return the row of a study of many exact fits, given as overrides: its whole process against its members alone."""
    contenders = [Contender("fits", fits, study), Contender("sweep", sweep, study)]
    turns = take_turns(contenders, repeats)
    fits_alone, process = (median(turn.seconds for turn in turns[name]) for name in ("fits", "sweep"))
    models = int(turns["fits"][0].units)
    return [f"sweep of {models:,} tiny exact fits", shown(process), shown(fits_alone), shown(process / fits_alone)]


def answer(*arguments: str) -> Work:
    """Return the work of one command."""

    def work() -> float:
        done = subprocess.run([*BIASVAR, *arguments], check=False, capture_output=True, text=True)
        if done.returncode:
            raise ChildProcessError(done.stderr)
        return 1.0

    return work


def fits(*study: str) -> Work:
    """Return the work of training the members of the study, in a process that has imported everything."""
    from biasvar.composition.compose import compose
    from biasvar.composition.planning import plan_of
    from biasvar.study.plan import pack

    study_plan = plan_of(*compose(list(study), None, "config"))
    jobs = pack(study_plan.members.values())
    train_all(pack(jobs[0].members[:1]))
    return lambda: len(train_all(jobs))


def sweep(*study: str) -> Work:
    """Return the work of the study's whole command: composition, training, files, report and figures."""

    def work() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return answer("sweep", *study, "--out", f"{folder}/study")()

    return work
