"""A collection of studies that one page walks through: ``study=FOLDER/NAME``, each a topic."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One study of a collection.

    ``source`` says where its topic stands. ``picture`` is the figure that shows the point: a stem, or how its stem
    begins. Without one it is the first figure.
    """

    name: str
    title: str
    source: str
    picture: str = ""


@dataclass(frozen=True)
class Collection:
    """The studies of one folder of presets, in order, with what the page says before them."""

    folder: str
    title: str
    introduction: str
    topics: tuple[Topic, ...]

    def topics_of(self, names: Sequence[str]) -> list[Topic]:
        """Return the topics of studies in the collection's order; a study that is no topic comes last, by its name."""
        known = [topic for topic in self.topics if topic.name in names]
        others = sorted(set(names) - {topic.name for topic in known})
        return known + [Topic(name, name.replace("_", " ").capitalize(), "") for name in others]
