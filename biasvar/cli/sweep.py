"""``biasvar sweep``: compose, plan, run, report."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.folders import Folder
from biasvar.cli.messages import COMPLETE, DATA_OR_MACHINE, FAILED_CELLS, say, say_error, say_warning
from biasvar.cli.progress import Bar
from biasvar.cli.report import say_where

if TYPE_CHECKING:
    from biasvar.cli.signals import Stopping
    from biasvar.study.plan import Plan
    from biasvar.study.scheduler import Outcome, Progress


def completed(text: str) -> list[str]:
    """Return what completes an override, for a shell."""
    from biasvar.composition.completions import completions

    return completions(text)


@click.command(name="sweep")
@click.argument("overrides", nargs=-1, shell_complete=lambda ctx, param, text: completed(text))
@click.option("--out", type=Folder(), help="Folder of the study [outputs/NAME, or NAME-2, ... if that holds another].")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.option("--cfg", type=click.Choice(["job"]), help="Print the composed configuration, and do nothing.")
@click.option("--resolve", is_flag=True, help="With --cfg: print the values of interpolations.")
@click.option("--config-dir", type=Folder(exists=True), help="Folder of your own options, such as study/mine.yaml.")
@click.option("--config-name", default="config", show_default=True, help="The primary configuration.")
@click.option("--plugin", "plugins", multiple=True, metavar="FILE|MODULE", help="Code of your own that keys name.")
@click.option("--engine", help="Where jobs run: the same as engine=NAME.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first model that fails or diverges.")
@click.option("-m", "--multirun", is_flag=True, help="Accepted as in Hydra: every sweep is a multirun.")
@click.pass_obj
def command(
    stopping, overrides, out, dry_run, cfg, resolve, config_dir, config_name, plugins, engine, fail_fast, multirun
) -> int:
    """Train the models of a study and report on them.

    OVERRIDES are in Hydra's grammar: study=NAME and model=mlp choose options, training.lr=0.1 sets a key, and
    model.width=1,2,4 or range(1,9) or choice(a,b) makes an axis of any key; sweep.zip=[[model.width,training.lr]] walks
    axes together. The same command, given again, resumes where it was stopped. `biasvar config` lists every key.
    """
    from biasvar.composition.compose import compose_study
    from biasvar.settings.plugins import plugins_named

    if resolve and not cfg:
        raise click.UsageError("--resolve stands beside --cfg job")
    texts = [*overrides, *([f"engine={engine}"] if engine else [])]
    with redirect_stdout(sys.stderr):  # what code of the user's prints is no result
        composed, study_plan = compose_study(texts, say_warning, config_dir, config_name, plugins_named(plugins))
    if cfg:
        from biasvar.composition.composed import as_yaml

        click.echo(as_yaml(composed, resolve), nl=False)
        return COMPLETE
    if dry_run:
        from biasvar.cli.estimate import describe

        with redirect_stdout(sys.stderr):
            lines = list(describe(study_plan, out, say_warning))
        for line in lines:
            say(line)
        return COMPLETE
    return sweep(study_plan, out, stopping, fail_fast)


def sweep(study_plan: "Plan", out: Path | None, stopping: "Stopping", fail_fast: bool = False) -> int:
    """Run a plan and write its report; say where it is."""
    from biasvar.api import run_study
    from biasvar.cli.estimate import seeds
    from biasvar.cli.pool import pool_in_words

    failure = FAILED_CELLS

    @contextmanager
    def reporting(outcome: "Outcome", progress: "Progress") -> Iterator[None]:
        nonlocal failure
        failure = DATA_OR_MACHINE if outcome.lacked_memory else FAILED_CELLS
        bar.close()
        for reason, members in outcome.reasons.items():
            say_error(f"{members} members failed: {reason}")
        with stopping.raising():
            if outcome.stopped:
                say_warning("stopped at the first failure (--fail-fast): the same command resumes")
            yield

    with stopping.asking(), Bar() as bar, redirect_stdout(sys.stderr):
        study = run_study(study_plan, out, bar, stopping.asked, reporting, bar.compiling, fail_fast)
    click.echo(f"seed: {seeds(study_plan)}", err=True)
    if pool := pool_in_words(study_plan):
        click.echo(f"pool: {pool}", err=True)
    say_where(study)
    used, planned = study.results.models
    return failure if used < planned or study.results.not_closed else COMPLETE
