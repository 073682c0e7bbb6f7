"""Run every study of the chapter and write one page that walks through it.

    python scripts/chapter.py [--only NAME ...] [--out FOLDER] [--keep FOLDER]

Writes ``outputs/chapter/report.html`` and a folder for each study beside it; what is trained already is not trained
again. ``--keep`` (docs/chapter) copies the page and the tables that its verdicts rest on. The exit code is 0 whatever
the verdicts.
"""

import argparse
import json
import shutil
import time
from pathlib import Path

import biasvar
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, options_in
from biasvar.report.chapter.page import TABLES, Section, write_chapter
from biasvar.report.chapter.topics import Topic, topics_of

SECONDS = "seconds.json"


class Printed:
    """A progress that prints warnings, and remembers whether anything is trained."""

    trained = False

    def start(self, total: int, done: int) -> None:
        """Begin."""
        self.trained = total > done

    def advance(self, members: int) -> None:
        """Do nothing."""

    def warn(self, message: str) -> None:
        """Print a warning."""
        print(f"  {message}", flush=True)


def main() -> None:
    """Run the studies in the chapter's order, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--out", type=Path, default=Path("outputs/chapter"), metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    names = [name.removeprefix("chapter/") for name in inside("chapter", options_in((conf_dir(),), "study"))]
    if missing := set(asked.only or ()) - set(names):
        parser.error(f"no study of the chapter is called {', '.join(sorted(missing))}; there are {', '.join(names)}")
    sections = [section_of(topic, asked.out) for topic in topics_of(asked.only or names)]
    if asked.keep:
        keep(sections, asked.keep)
    print(write_chapter(sections, asked.out))


def section_of(topic: Topic, folder: Path) -> Section:
    """Run one study and return its section."""
    print(topic.name, flush=True)
    override = f"study=chapter/{topic.name}"
    progress, begun = Printed(), time.perf_counter()
    study = biasvar.sweep([override], out=folder / topic.name, progress=progress)
    seconds = time.perf_counter() - begun if progress.trained else None
    took = remembered(folder / SECONDS, topic.name, seconds)
    for _, row in study.claims.iterrows():
        print(f"  {row['id']}: {row['verdict']}", flush=True)
    return Section(topic, study.results, study.folder, f"biasvar sweep {override}", took)


def remembered(path: Path, name: str, seconds: float | None) -> float | None:
    """Return how long a study took when it was trained, and write that down."""
    known = json.loads(path.read_text()) if path.is_file() else {}
    if seconds is not None:
        known[name] = round(seconds, 1)
        path.write_text(json.dumps(known, indent=1))
    return known.get(name)


def keep(sections: list[Section], folder: Path) -> None:
    """Copy the tables that the verdicts rest on, and write the page beside them."""
    for section in sections:
        to = folder / section.folder.name
        to.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            shutil.copyfile(section.folder / name, to / name)
    write_chapter(sections, folder, pages=False)


if __name__ == "__main__":
    main()
