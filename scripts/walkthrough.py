"""Run the studies of a collection, and write the page that walks through them: what the chapter and demos share."""

import argparse
import json
import shutil
import time
from pathlib import Path

import biasvar
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, options_in
from biasvar.report.walkthrough.collection import Collection, Topic
from biasvar.report.walkthrough.numbers_page import Numbers, numbers_page
from biasvar.report.walkthrough.page import TABLES, Section, write_page

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


def walk(collection: Collection, about: str | None) -> list[Section]:
    """Run the studies that the command line asks for, in order, write the page, and return its sections."""
    asked, names = parsed(collection, about)
    sections = [section_of(collection, topic, asked.out) for topic in collection.topics_of(asked.only or names)]
    if asked.keep:
        keep(collection, sections, asked.keep)
    print(write_page(collection, sections, asked.out))
    return sections


def parsed(collection: Collection, about: str | None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of the command line, and the names of all studies of the collection."""
    folder = collection.folder
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--out", type=Path, default=Path("outputs") / folder, metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    names = [name.removeprefix(f"{folder}/") for name in inside(folder, options_in((conf_dir(),), "study"))]
    if missing := set(asked.only or ()) - set(names):
        parser.error(f"no study of {folder} is called {', '.join(sorted(missing))}; there are {', '.join(names)}")
    return asked, names


def section_of(collection: Collection, topic: Topic, folder: Path) -> Section:
    """Run one study and return its section."""
    print(topic.name, flush=True)
    override = f"study={collection.folder}/{topic.name}"
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


def keep(collection: Collection, sections: list[Section], folder: Path) -> None:
    """Copy the tables that the verdicts rest on, and write the page beside them, and that of the numbers: FOLDER.md."""
    for section in sections:
        to = folder / section.folder.name
        to.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            shutil.copyfile(section.folder / name, to / name)
    write_page(collection, sections, folder, pages=False)
    studies = [Numbers(one.topic, one.results.about or "", one.verdicts) for one in sections]
    folder.with_suffix(".md").write_text(numbers_page(collection, studies))
