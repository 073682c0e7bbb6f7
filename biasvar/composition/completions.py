"""What completes an override on a command line: groups, presets, keys, and the values of those that have few."""

import dataclasses


def completions(incomplete: str) -> list[str]:
    """Return what may stand at the end of an override: group options and presets, keys, and values of choices."""
    name, sign, value = incomplete.partition("=")
    if sign:
        return [f"{name}={one}" for one in values_of(name) if one.startswith(value)]
    return [f"{one}=" for one in keys() if one.startswith(incomplete)]


def values_of(name: str) -> list[str]:
    """Return the options of a group, the presets, or the choices of a key."""
    from biasvar.composition.hydra_groups import conf_dir
    from biasvar.composition.options import options_in
    from biasvar.study.config import GROUPS, SECTIONS, TopLevel

    if name in ("study", *GROUPS):
        return options_in((conf_dir(),), name)
    group, _, last = name.rpartition(".")
    classes = [TopLevel] if not group else [SECTIONS[group]] if group in SECTIONS else GROUPS.get(group, {}).values()
    fields = [one for cls in classes for one in dataclasses.fields(cls) if one.name == (last or group)]
    return list(dict.fromkeys(value for one in fields for value in choices(one)))


def choices(key: "dataclasses.Field") -> list[str]:
    """Return the values that a key can have, if they are few: its choices, or true and false."""
    if key.type in ("bool", bool):
        return ["true", "false"]
    return list(map(str, key.metadata.get("choices") or ()))


def keys() -> list[str]:
    """Return groups, top-level keys and the keys of every option."""
    from biasvar.settings import describe
    from biasvar.study.config import GROUPS, SECTIONS, TopLevel

    found = ["study", *GROUPS, *(key.name for key in describe(TopLevel))]
    found += [f"{name}.{key.name}" for name, cls in SECTIONS.items() for key in describe(cls)]
    found += [
        f"{group}.{key.name}" for group, table in GROUPS.items() for cls in table.values() for key in describe(cls)
    ]
    return list(dict.fromkeys(found))
