"""Make the gallery: run the shipped studies and keep a figure or two of each, with its caption.

    python scripts/gallery.py [CIFAR_ROOT [FOLDER]]

Writes ``docs/gallery.md`` and ``docs/gallery/*.png``. Of the standing studies, which take minutes to an hour, it keeps
tables and page too, without images of the data. Studies that FOLDER holds by their names are not trained again. Without
a folder that has cifar-10-batches-py the studies on real images are left out of what is written, and this is said.
"""

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import biasvar
from biasvar.api import StudyResults
from biasvar.report import diagnosis_of
from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.page.provenance import provenance_of
from biasvar.study.folder import PAGE
from biasvar.study.store.events import read_events
from biasvar.study.store.study_json import read_content

CHOSEN = {
    "u_curve": ["u_curve_squared_error", "fits"],
    "default": ["double_descent_squared_error", "parts_squared_error"],
    "double_descent": ["double_descent_squared_error"],
    "bootstrap_shift": ["double_descent_squared_error"],
    "components": ["components_squared_error", "committee_squared_error"],
    "weight_decay": ["penalty_training_weight_decay_squared_error"],
    "dropout": ["penalty_model_dropout_squared_error"],
    "sklearn_bagging": ["fits", "u_curve_squared_error"],
    "cifar10_features": ["double_descent_squared_error", "double_descent_zero_one"],
    "cifar10_mlp": ["double_descent_squared_error", "parts_zero_one", "u_curve_cross_entropy"],
}
STANDING = {
    "cifar10_convnet": ["double_descent_zero_one", "double_descent_squared_error", "u_curve_squared_error"],
    "cifar10_convnet_clean": ["double_descent_zero_one", "double_descent_squared_error", "u_curve_squared_error"],
    "cifar10_epochs": ["maps_epoch_squared_error", "maps_epoch_zero_one"],
    "cifar10_samples": ["maps_data_n_train_squared_error", "maps_data_n_train_zero_one", "parts_squared_error"],
    "cifar10_components": ["components_squared_error"],
}
TABLES = ("results.csv", "curves.csv")
DOCS = Path(__file__).resolve().parent.parent / "docs"


def main(root: str = "", folder: str = "") -> None:
    """Run every study and write the gallery."""
    pictures = DOCS / "gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    text = [
        "# Gallery",
        "",
        "Made by `python scripts/gallery.py`; each heading is what `biasvar sweep study=...` takes.",
        "",
    ]
    for name, stems in (CHOSEN | STANDING).items():
        if name.startswith("cifar10") and not root:
            print(f"left out: {name}, which needs the real images")
            continue
        text += [f"## {name}", ""]
        overrides = [f"study={name}"] + ([f"data.root={root}"] if name.startswith("cifar10") else [])
        with tempfile.TemporaryDirectory() as aside:
            study = biasvar.sweep(overrides, out=Path(folder) / name if folder else aside)
            for stem in stems:
                shutil.copyfile(study.folder / "figures" / f"{stem}.png", pictures / f"{name}_{stem}.png")
            for drawn in map(study.plot, stems):
                text += [f"![{drawn.alt}](gallery/{name}_{drawn.stem}.png)", "", drawn.caption, ""]
            if name in STANDING:
                keep(study, stems, pictures / name)
                text += [provenance(study, name), ""]
    (DOCS / "gallery.md").write_text("\n".join(text).rstrip() + "\n")


def keep(study: StudyResults, stems: list[str], folder: Path) -> None:
    """Keep the tables of a study, and its page with the chosen figures: none of them shows an image of the data."""
    folder.mkdir(exist_ok=True)
    for name in TABLES:
        shutil.copyfile(study.folder / name, folder / name)
    results = replace(study.results, hardest=None)
    with tempfile.TemporaryDirectory() as aside:
        figures = [one for one in draw_figures(results, Path(aside)) if one.figure.stem in stems]
        found = diagnosis_of(results, study.made_of), provenance_of(study.made_of)
        write_page(results, figures, Path(aside), (), *found)
        shutil.copyfile(Path(aside) / PAGE, folder / PAGE)


def provenance(study: StudyResults, name: str) -> str:
    """Return the command of a study, its versions, how long it trained, and where its tables are."""
    content, seconds, begun, models = read_content(study.folder), 0.0, 0.0, 0
    for event in read_events(study.folder):
        if event["event"] == "started":
            begun, models = event["time"], event["models"]
        elif event["event"] == "finished":
            seconds += event["time"] - begun
    versions = ", ".join(f"{package} {version}" for package, version in content["versions"].items())
    links = ", ".join(f"[{file}](gallery/{name}/{file})" for file in (*TABLES, PAGE))
    where = f"{seconds / 60:.0f} minutes on {content['processor']}, two workers"
    return f"`biasvar sweep study={name} data.root=DIR`: {where}, for {models:,} models; {versions}. Kept: {links}."


if __name__ == "__main__":
    main(*sys.argv[1:])
