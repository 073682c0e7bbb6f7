"""``biasvar sweep``: compose, plan, run, report."""

import os
from pathlib import Path

import click

from biasvar.cli.folders import Folder
from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say_error, say_warning


@click.command(name="sweep")
@click.argument("overrides", nargs=-1)
@click.option("--out", type=Folder(), help="Folder of the study [outputs/NAME].")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--cfg", type=click.Choice(["job"]), help="Print the composed configuration, and do nothing.")
@click.option("--config-dir", type=Folder(exists=True), help="More options.")
@click.option("--config-name", default="config", show_default=True, help="The primary configuration.")
@click.option("--engine", help="Where jobs run: the same as engine=NAME.")
@click.option("-m", "--multirun", is_flag=True, help="Accepted, as Hydra's users expect; every sweep is one.")
@click.pass_obj
def command(stopping, overrides, out, dry_run, cfg, config_dir, config_name, engine, multirun) -> int:
    """Train the models of a study and report on them.

    OVERRIDES are in Hydra's grammar: study=NAME and model=mlp choose options, training.lr=0.1 sets a key, and
    model.width=1,2,4 or range(1,9) or choice(a,b) makes an axis of any key. The same command, given again, goes on
    where it was stopped. `biasvar config` lists every key.
    """
    from biasvar.composition.compose import compose
    from biasvar.composition.composed import as_yaml
    from biasvar.composition.planning import plan_of, unused
    from biasvar.study.checks import warnings_on
    from biasvar.study.memory import require_memory
    from biasvar.study.run import require_devices
    from biasvar.study.worker_task import engine_of

    texts = [*overrides, *([f"engine={engine}"] if engine else [])]
    composed, settings = compose(texts, config_dir, config_name)
    for warning in dict.fromkeys(warning for one in composed for warning in one.warnings):
        say_warning(warning)
    if cfg:
        click.echo(as_yaml(composed), nl=False)
        return COMPLETE
    study_plan = plan_of(composed, settings)
    if engine_of(study_plan.cells)[0].local:
        require_devices(study_plan)
        require_memory(study_plan)
    warnings = [warning for cell in study_plan.cells for warning in warnings_on(cell.study)]
    for warning in dict.fromkeys([*unused(settings, study_plan), *warnings]):
        say_warning(warning)
    folder = out or Path("outputs") / slug(study_plan.name)
    if dry_run:
        from biasvar.cli.estimate import describe

        click.echo(describe(study_plan, folder, workers_of(study_plan)))
        return COMPLETE
    return sweep(folder, study_plan, stopping)


def sweep(folder: Path, study_plan, stopping) -> int:
    """Run a plan, write its report, and say where it is."""
    from biasvar.cli.progress import Bar
    from biasvar.cli.report import report
    from biasvar.study.run import run

    with stopping.asking(), Bar() as bar:

        def finish(outcome) -> bool:
            """Report while no other sweep can come in between; return whether anything is missing."""
            bar.close()
            for reason, members in outcome.reasons.items():
                say_error(f"{members} members failed: {reason}")
            with stopping.raising():
                return report(folder)

        partial = run(folder, study_plan, workers_of(study_plan), bar, stopping.asked, finish)
    return FAILED_CELLS if partial else COMPLETE


def workers_of(study_plan) -> int:
    """Return how many jobs run at a time: as many as were asked for, on this machine at most as it has room for.

    A GPU of this machine is filled by the members of one job.
    """
    from biasvar.study.memory import workers_that_fit
    from biasvar.study.worker_task import engine_of

    engine, _ = engine_of(study_plan.cells)
    asked = study_plan.cells[0].study.workers
    if not engine.local:
        return asked or engine.most_at_once()
    if any(cell.study.device != "cpu" for cell in study_plan.cells):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if asked and asked > cores:
        say_warning(f"workers = {asked} is more than the {cores} cores: {cores} at a time")
    workers = min(asked or cores, cores)
    fit = workers_that_fit(study_plan, engine.shares_data)
    if fit is not None and fit < workers:
        say_warning(f"this machine's memory is enough for {fit} workers: {fit} at a time")
        return fit
    return workers


def slug(name: str) -> str:
    """Return a study's name as a folder name that stays below outputs/; other names get a hash of themselves."""
    import hashlib
    import re

    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip(".")[:80]
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
