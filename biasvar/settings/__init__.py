"""Settings: frozen dataclasses whose fields carry their meaning and range. Imports the standard library only.

A family member (a data source, a model, a training) is such a dataclass: its fields are its configuration keys, its
methods are its behaviour. ``key`` declares a field, ``build`` makes an instance from a plain mapping and collects every
problem instead of stopping at the first, ``describe`` lists the keys for display.
"""

from biasvar.settings.build import build
from biasvar.settings.keys import describe, identity_of, key, key_names, keys_that_change_numbers, neutral_keys
from biasvar.settings.own import as_mapping, fact, is_fact, open_field, parameters
from biasvar.settings.part import Part, Parts
from biasvar.settings.problems import Problem, SettingsError
from biasvar.settings.spelling import did_you_mean, show

__all__ = [
    "Part",
    "Parts",
    "Problem",
    "SettingsError",
    "as_mapping",
    "build",
    "describe",
    "did_you_mean",
    "fact",
    "identity_of",
    "is_fact",
    "key",
    "key_names",
    "keys_that_change_numbers",
    "neutral_keys",
    "open_field",
    "parameters",
    "show",
]
