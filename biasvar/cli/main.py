"""``biasvar``: the verbs, and the handling of errors."""

import gc
import importlib
import os
import sys
import threading

import click

from biasvar.cli.messages import (
    BUG,
    DATA_OR_MACHINE,
    IN_USE,
    WRONG_COMMAND,
    let_names_through,
    say_error,
    say_out_of_memory,
    say_problems,
    say_wrong_command,
)
from biasvar.cli.signals import Interrupted, Stopping
from biasvar.cli.streams import make_streams_last
from biasvar.settings import SettingsError, did_you_mean
from biasvar.study.errors import Busy
from biasvar.version import __version__

VERBS = {
    "sweep": "Train the models of a study and report on them.",
    "status": "Show a study's progress: models done, running and left.",
    "report": "Redraw a study's table, figures and page from what is stored.",
    "diagnose": "Say whether noise, bias or variance limits a cell, and what to do about it.",
    "verify": "Check a study's files and numbers, or biasvar's own estimators.",
    "plot": "Draw a study's figures for a paper.",
    "compare": "Compare two studies cell by cell.",
    "export": "Write a study's table or predictions as csv, parquet or LaTeX.",
    "doctor": "Check this machine: versions, threads, memory, disk, locks, data, speed.",
    "completion": "Print a shell's completion script.",
    "config": "List configuration groups, options and keys.",
    "data": "Prepare data sets on disk.",
}


class Verbs(click.Group):
    """Loads a verb's file only when it is used, so that help is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of their use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        if cmd_name not in VERBS:
            return None
        return importlib.import_module(f"biasvar.cli.{cmd_name}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        """Return the verb, or suggest a similar one."""
        if args and args[0] not in VERBS:
            guess = did_you_mean(args[0], VERBS)
            ctx.fail(f"no such verb: {args[0]}. {guess} Verbs: {', '.join(VERBS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without loading them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, no_args_is_help=False, invoke_without_command=True)
@click.version_option(__version__, prog_name="biasvar")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Say why a model errs: noise, bias or variance."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(WRONG_COMMAND)


def leave(code: int) -> None:
    """End this process, even if threads still train for a folder that was given up."""
    others = [one for one in threading.enumerate() if one is not threading.current_thread() and not one.daemon]
    if others:
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def require_a_current_folder() -> None:
    """Raise in a working directory that was removed, where libraries fail with unclear errors."""
    try:
        os.getcwd()
    except FileNotFoundError:
        raise OSError("the current folder was removed: cd to an existing one") from None


def main() -> None:
    """Run the command line; every expected error becomes one clear message with its own exit code."""
    let_names_through()
    results = make_streams_last()
    try:
        require_a_current_folder()
        with Stopping() as stopping:
            code = cli.main(prog_name="biasvar", standalone_mode=False, obj=stopping)
        results.require_taken()
        gc.freeze()  # a last search for garbage would take a third of a second after a redraw
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        say_wrong_command(error)
        sys.exit(WRONG_COMMAND)
    except SettingsError as error:
        say_problems(error.problems)
        sys.exit(WRONG_COMMAND)
    except Interrupted as interrupted:
        # Not by Python's normal exit, during which a second signal could change the exit code.
        os._exit(interrupted.code)
    except OSError as error:
        say_error(str(error))
        leave(DATA_OR_MACHINE)
    except MemoryError as error:
        say_out_of_memory(error)
        leave(DATA_OR_MACHINE)
    except Busy as error:
        say_error(str(error))
        sys.exit(IN_USE)
    except Exception:
        import traceback

        traceback.print_exc()
        sys.exit(BUG)
