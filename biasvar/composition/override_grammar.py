"""Parse overrides with Hydra's grammar and our own functions.

Hydra's visitor skips tokens inside assertions, which ``PYTHONOPTIMIZE`` removes; those methods are reimplemented here.
"""

import inspect
from typing import Any

from antlr4 import CommonTokenStream, InputStream
from hydra._internal.grammar.functions import Functions
from hydra.core.override_parser.overrides_visitor import HydraErrorListener, HydraOverrideVisitor
from hydra.core.override_parser.types import Override, QuotedString
from hydra.errors import HydraException
from hydra.grammar.gen.OverrideLexer import OverrideLexer
from hydra.grammar.gen.OverrideParser import OverrideParser

from biasvar.composition.override_functions import FUNCTIONS, single


class FunctionError(HydraException):
    """An unknown function of the grammar, or a wrong call of one."""


def parse_override(text: str) -> Override:
    """Return a parsed override.

    Raises
    ------
    HydraException
        If it is not an override; FunctionError if a function is wrong.
    """
    lexer = OverrideLexer(InputStream(text))
    parser = OverrideParser(CommonTokenStream(lexer))
    for one in (lexer, parser):
        one.removeErrorListeners()
        one.addErrorListener(HydraErrorListener())
    override: Override = Visitor(Functions()).visit(parser.override())
    return override


class Visitor(HydraOverrideVisitor):
    """Visits Hydra's parse tree."""

    def visitListContainer(self, ctx: OverrideParser.ListContainerContext) -> list[Any]:
        """Return a list whose entries are single values."""
        return [called(single, entry) for entry in super().visitListContainer(ctx)]

    def visitDictKeyValuePair(self, ctx: OverrideParser.DictKeyValuePairContext) -> tuple[Any, Any]:
        """Return a key and its single value."""
        key, _, value = ctx.getChildren()
        return self.visitDictKey(key), called(single, self.visitElement(value))

    def visitFunction(self, ctx: OverrideParser.FunctionContext) -> Any:
        """Return the value of a function call."""
        name, _, *arguments, _ = ctx.getChildren()
        if name.getText() not in FUNCTIONS:
            raise FunctionError(f"there is no function {name.getText()}; there are {', '.join(FUNCTIONS)}")
        values: list[Any] = []
        named: dict[str, Any] = {}
        key = ""
        for part in arguments:
            if isinstance(part, OverrideParser.ArgNameContext):
                key = part.getChild(0).getText()
            elif isinstance(part, OverrideParser.ElementContext):
                if named and not key:
                    raise FunctionError(f"in {ctx.getText()} a positional argument follows a named one")
                value = plain(self.visitElement(part))
                named |= {key: value} if key else {}
                values += [] if key else [value]
                key = ""
        return called(FUNCTIONS[name.getText()], *values, **named)


def called(function: Any, *values: Any, **named: Any) -> Any:
    """Return the value of a function call; errors become one sentence.

    Raises
    ------
    FunctionError
        If the call is invalid.
    """
    try:
        inspect.signature(function).bind(*values, **named)
        return function(*values, **named)
    except (TypeError, ValueError, OverflowError) as error:
        raise FunctionError(str(error)) from error


def plain(value: Any) -> Any:
    """Return a parsed value without Hydra's quote markers."""
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return value
