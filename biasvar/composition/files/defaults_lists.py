"""The list of defaults of a configuration file, looked at before Hydra reads it."""

import re
from collections.abc import Iterator

import yaml

ENTRY = "- NAME, - GROUP: OPTION, or - override /GROUP: OPTION"
OPTIONS = ("str", "null")  # tags of what an option may be


def wrong_in_defaults(node: yaml.Node) -> tuple[yaml.Node, str, str] | None:
    """Return the first part of a list of defaults that cannot be used, what is wrong with it, and what is needed."""
    if not isinstance(node, yaml.SequenceNode):
        return node, "defaults is no list", f"lines below it: {ENTRY}"
    outside = next(leading_out(node), None)
    if outside:
        return outside, f"{outside.value} points outside the folders of options", "the name of an option, or of a group"
    strange = next((entry for entry in node.value if not is_entry(entry)), None)
    return (strange, "an entry of defaults names no option", ENTRY) if strange else None


def is_entry(node: yaml.Node) -> bool:
    """Say whether an entry names a file, or one group with its option or options."""
    if not isinstance(node, yaml.MappingNode):
        return is_scalar(node, "str")
    if len(node.value) != 1:
        return False
    ((group, option),) = node.value
    options = option.value if isinstance(option, yaml.SequenceNode) else [option]
    return is_scalar(group, "str") and all(is_scalar(one, *OPTIONS) for one in options)


def is_scalar(node: yaml.Node, *tags: str) -> bool:
    """Say whether a node is a single value of one of some kinds."""
    return isinstance(node, yaml.ScalarNode) and node.tag.removeprefix("tag:yaml.org,2002:") in tags


def leading_out(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the names in a list of defaults that climb."""
    if isinstance(node, yaml.ScalarNode) and ".." in re.split(r"[/\\\s@:]", node.value):
        yield node
    elif isinstance(node, yaml.CollectionNode):
        for entry in node.value:
            for one in entry if isinstance(entry, tuple) else (entry,):
                yield from leading_out(one)
