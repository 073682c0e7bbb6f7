"""``biasvar``: verbs, and what becomes of errors."""

import importlib
import sys

import click

from biasvar import __version__
from biasvar.cli.messages import BUG, DATA_OR_MACHINE, IN_USE, INTERRUPTED, WRONG_COMMAND, say_error, say_problems
from biasvar.settings import SettingsError, did_you_mean
from biasvar.study.errors import Busy

VERBS = {
    "sweep": "Train the models of a study and report on them.",
    "report": "Redraw a study's table, figures and page from what is stored.",
    "verify": "Check a study's files and numbers, or biasvar's own estimators.",
    "config": "List configuration groups, options and keys.",
    "data": "Prepare data sets on disk.",
}


class Verbs(click.Group):
    """Loads a verb's file only when it is used, so that help needs no library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of their use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        if cmd_name not in VERBS:
            return None
        return importlib.import_module(f"biasvar.cli.{cmd_name}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        """Find the verb, or say which one may have been meant."""
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


def main() -> None:
    """Run the command line; every expected error is one clear message and an exit code of its own."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_COMMAND)
    except SettingsError as error:
        say_problems(error.problems)
        sys.exit(WRONG_COMMAND)
    except (KeyboardInterrupt, click.Abort):
        say_error("interrupted: what is finished is kept, and the same command goes on from there")
        sys.exit(INTERRUPTED)
    except OSError as error:
        say_error(str(error))
        sys.exit(DATA_OR_MACHINE)
    except Busy as error:
        say_error(str(error))
        sys.exit(IN_USE)
    except Exception:
        import traceback

        traceback.print_exc()
        sys.exit(BUG)
