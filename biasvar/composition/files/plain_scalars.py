"""Plain scalars of configuration files, with the same meaning as on the command line.

YAML 1.1 reads 010 as 8, 1:30 as 90, 0x10 as 16 and no as false. On the command line they are strings, and here too.
"""

import re
from typing import Any

import yaml
from omegaconf._utils import get_yaml_loader

INTEGER = r"(?:0|[1-9](?:_?[0-9])*)"
POINT = rf"(?:{INTEGER}\.|{INTEGER}?\.[0-9](?:_?[0-9])*)"
# The numbers and reserved words of Hydra's grammar; a key without a value is null in YAML.
MEANINGS = {
    "tag:yaml.org,2002:int": rf"[-+]?{INTEGER}",
    "tag:yaml.org,2002:float": rf"[-+]?(?:{POINT}|(?:{INTEGER}|{POINT})[eE][-+]?[0-9](?:_?[0-9])*|(?i:inf|nan))",
    "tag:yaml.org,2002:bool": "(?i:true|false)",
    "tag:yaml.org,2002:null": "(?i:null)|~|",
}
STRUCTURE = ("tag:yaml.org,2002:merge", "tag:yaml.org,2002:value")


class PlainScalars(get_yaml_loader()):  # type: ignore[misc]
    """A safe loader that reads numbers, booleans and strings as overrides do."""


def meanings() -> dict[Any, Any]:
    """Return YAML's resolver table for plain scalars, by first letter; None stands for every letter."""
    kept = {
        letter: [(tag, pattern) for tag, pattern in found if tag in STRUCTURE]
        for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    ours = [(tag, re.compile(rf"(?:{pattern})\Z")) for tag, pattern in MEANINGS.items()]
    return kept | {None: ours}


PlainScalars.yaml_implicit_resolvers = meanings()
