"""How Hydra reads the user's configuration files: each is checked first, wherever it occurs in the defaults."""

from pathlib import Path
from typing import Any

import yaml
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigLoadError, ConfigResult
from omegaconf import OmegaConf

from biasvar.composition.files.config_files import header_of, problem_in, text_of, yaml_problem
from biasvar.composition.files.plain_scalars import PlainScalars
from biasvar.settings import SettingsError


class CheckedFiles(FileConfigSource):
    """Files below a folder; a byte order mark and line ends of other systems are accepted."""

    @staticmethod
    def scheme() -> str:
        """Return the prefix before :// in a search path."""
        return "checked"

    def load_config(self, config_path: str) -> ConfigResult:
        """Return a file's content.

        Raises
        ------
        SettingsError
            With the unusable file, and the line if the problem has one.
        """
        path = Path(self.path, self._normalize_file_name(config_path))
        if not path.exists():
            raise ConfigLoadError(f"Config not found : {path}")
        problem = problem_in(path)
        if problem:
            raise SettingsError([problem])
        text = text_of(path)
        try:
            config = OmegaConf.create(yaml.load(text, Loader=PlainScalars))
            header = self._get_header_dict(header_of(text))
        except (yaml.YAMLError, ValueError) as error:  # for a number with more digits than Python reads, or a header
            raise SettingsError([yaml_problem(error, path)]) from error
        return ConfigResult(
            provider=self.provider,
            path=f"{self.scheme()}://{self.path}",
            config=config,
            header=header,
        )


def search(loader: Any, config_dir: Path) -> None:
    """Let Hydra's loader search a folder after its own, through :class:`CheckedFiles`.

    The override ``hydra.searchpath`` would take effect only after the primary configuration is loaded, which may be in
    the folder.
    """
    Plugins.instance()  # registers Hydra's own sources, on first use
    SourcesRegistry.instance().register(CheckedFiles)
    last = SearchPathQuery(provider="schema")  # Hydra requires that
    loader.config_search_path.prepend("biasvar", f"{CheckedFiles.scheme()}://{config_dir.resolve()}", last)
    loader.repository.initialize_sources(loader.config_search_path)
