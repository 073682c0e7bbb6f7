"""``biasvar completion``: the script with which a shell completes what is typed."""

import click
from click.shell_completion import get_completion_class

from biasvar.cli.messages import COMPLETE

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_BIASVAR_COMPLETE"
JOIN = """
# Bash splits words at = and :, which overrides contain: they are joined here, and what is typed already is taken off.
_biasvar_joined() {
    local line="${COMP_LINE:0:COMP_POINT}" COMP_WORDS COMP_CWORD word prefix
    read -r -a COMP_WORDS <<< "$line"
    [[ "$line" == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    word="${COMP_WORDS[COMP_CWORD]}"
    _biasvar_completion "$@"
    if [[ "$word" == *=* && "$COMP_WORDBREAKS" == *=* ]]; then
        prefix="${word%"${word##*=}"}"
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
    [[ "${COMPREPLY[*]}" == *= ]] && compopt -o nospace 2> /dev/null
    return 0
}
complete -o nosort -F _biasvar_joined biasvar
"""


@click.command(name="completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script with which a shell completes verbs, options, presets, keys and their values.

    For bash: eval "$(biasvar completion bash)" in ~/.bashrc. For zsh the same in ~/.zshrc. For fish:
    biasvar completion fish > ~/.config/fish/completions/biasvar.fish.
    """
    from biasvar.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, "biasvar", VARIABLE).source()
    click.echo(script + (JOIN if shell == "bash" else ""))
    return COMPLETE
