"""What a check of this machine finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """What was found, by name, and what is wrong with it: each fault says what to do."""

    facts: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
