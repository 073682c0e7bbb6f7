"""The table of a family, such as data sources: a member is loaded when it is first looked up."""

from collections import UserDict
from pkgutil import resolve_name
from typing import Any


class Family(UserDict[str, Any]):
    """The members of a family by kind: ``{"mlp": "biasvar.models.mlp:Mlp"}``, or the classes themselves.

    A study uses few of them, and every command waits for what is loaded.
    """

    def __getitem__(self, kind: str) -> Any:
        member = super().__getitem__(kind)
        if isinstance(member, str):
            self[kind] = member = resolve_name(member)
        return member
