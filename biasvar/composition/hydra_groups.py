"""Hydra composes the groups of ``conf/``: which files it merged, and which it left out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, wraps
from pathlib import Path
from typing import Any, cast

from biasvar.composition.files.config_source import search
from biasvar.composition.hydra_errors import composition_problem
from biasvar.composition.process_state import borrowed
from biasvar.composition.provenance import ConfigFile, values_not_given
from biasvar.settings import Problem, SettingsError


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: in the wheel, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    return package / "conf" if (package / "conf").is_dir() else package.parent / "conf"


def once_if_shipped(read: Callable) -> Callable:
    """Let a function of folders compose once what the shipped files alone say: they stay as a process finds them."""
    kept = cache(read)

    @wraps(read)
    def reading(folders: tuple[Path, ...], *asked: Any) -> Any:
        return deepcopy((kept if folders == (conf_dir(),) else read)(folders, *asked))

    return reading


@contextmanager
def hydra_in(folders: Sequence[Path], groups: Mapping[str, str]) -> Iterator[Any]:
    """Initialize Hydra for a while to read files of these folders, the shipped one first, and give its loader.

    Raises
    ------
    SettingsError
        If the options of ``groups`` cannot be composed.
    """
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        with borrowed(), initialize_config_dir(str(folders[0]), version_base="1.3", job_name="biasvar"):
            loader: Any = GlobalHydra.instance().hydra.config_loader  # type: ignore[union-attr]  # it is initialized
            for folder in folders[1:]:
                search(loader, folder)
            yield loader
    except SettingsError:
        raise
    except (HydraException, OmegaConfBaseException, RecursionError, ValueError) as error:
        raise SettingsError([composition_problem(error, folders, groups)]) from error


@once_if_shipped
def read_option(folders: tuple[Path, ...], group: str, option: str) -> dict[str, Any]:
    """Return the settings of a group's option, as its own file and the defaults of that have them."""
    from hydra import compose as hydra_compose
    from omegaconf import OmegaConf

    with hydra_in(folders, {group: option}):
        # As one of the defaults, since a primary config with this name would have its keys at the top.
        alone = hydra_compose(overrides=[f"+{group}={option}"])
        return cast(dict[str, Any], OmegaConf.to_container(alone[group], resolve=False))


@once_if_shipped
def compose_groups(
    folders: tuple[Path, ...], options: tuple[tuple[str, str], ...], config_name: str, has_study: bool = True
) -> tuple[dict[str, Any], tuple[ConfigFile, ...]]:
    """Let Hydra compose the primary config with the options of groups; interpolations are left unresolved.

    Unless it ``has_study``, the study that the primary config chooses is left out.
    """
    from hydra import compose as hydra_compose
    from hydra.types import RunMode
    from omegaconf import OmegaConf

    overrides = [*(f"{group}={option}" for group, option in options), *([] if has_study else ["~study"])]
    with hydra_in(folders, dict(options)) as loader:
        raw = cast(dict[str, Any], OmegaConf.to_container(hydra_compose(config_name, overrides=overrides)))
        merged = loader.compute_defaults_list(config_name, overrides, RunMode.RUN).defaults
        return raw, files_of(merged, folders, config_name)


def files_of(merged: Sequence[Any], folders: Sequence[Path], config_name: str) -> tuple[ConfigFile, ...]:
    """Return the files of Hydra's list of defaults, in the order in which they were merged."""
    files = []
    for default in merged:
        name = f"{(default.config_path or config_name).removesuffix('.yaml')}.yaml"
        for folder in folders:
            if (folder / name).is_file():
                shown = f"conf/{name}" if folder == folders[0] else str(folder / name)
                files.append(ConfigFile(folder / name, shown, default.package or ""))
                break
    return tuple(files)


def hidden(files: Sequence[ConfigFile], config_dir: Path | None) -> list[str]:
    """Return the warnings for user files with the name of a shipped one."""
    shipped = [file.path.relative_to(conf_dir()) for file in files if file.path.is_relative_to(conf_dir())]
    own = [config_dir / name for name in shipped if config_dir is not None and (config_dir / name).exists()]
    return [f"{path} is not read: biasvar has a file of that name, which comes first" for path in own]


def require_given(files: Sequence[ConfigFile], given: Collection[str]) -> None:
    """Raise for keys that files only give as ``???``, unless they are given otherwise."""
    asked = {key: place for key, place in values_not_given(files).items() if key not in given}
    if asked:
        needs = "a value on the command line"
        raise SettingsError(
            Problem(key, f"{key} = ??? has no value", needs, f"add {key}=VALUE", origin)
            for key, origin in asked.items()
        )
