"""Make the gallery: run the shipped studies and keep a figure or two of each, with its caption.

    python scripts/gallery.py [CIFAR_ROOT]

Writes ``docs/gallery.md`` and ``docs/gallery/*.png``. Without a folder that holds cifar-10-batches-py the studies on
real images are left out of what is written, and this is said.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import biasvar

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
    "cifar10_convnet": ["double_descent_zero_one", "double_descent_squared_error"],
    "cifar10_mlp": ["double_descent_squared_error", "parts_zero_one", "u_curve_cross_entropy"],
}
DOCS = Path(__file__).resolve().parent.parent / "docs"


def main(roots: list[str]) -> None:
    """Run every study and write the gallery."""
    pictures = DOCS / "gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    text = [
        "# Gallery",
        "",
        "Made by `python scripts/gallery.py`; each heading is what `biasvar sweep study=...` takes.",
        "",
    ]
    for study, stems in CHOSEN.items():
        if study.startswith("cifar10") and not roots:
            print(f"left out: {study}, which needs the real images")
            continue
        text += [f"## {study}", ""]
        for drawn in figures_of(study, roots, stems, pictures):
            text += [f"![{drawn.alt}](gallery/{study}_{drawn.stem}.png)", "", drawn.caption, ""]
    (DOCS / "gallery.md").write_text("\n".join(text).rstrip() + "\n")


def figures_of(study: str, roots: list[str], stems: list[str], pictures: Path) -> list:
    """Run one study, copy the chosen figures, and return them with their captions."""
    overrides = [f"study={study}"] + ([f"data.root={roots[0]}"] if study.startswith("cifar10") else [])
    with tempfile.TemporaryDirectory() as folder:
        found = biasvar.sweep(overrides, out=folder)
        for stem in stems:
            shutil.copyfile(found.folder / "figures" / f"{stem}.png", pictures / f"{study}_{stem}.png")
    return [found.plot(stem) for stem in stems]


if __name__ == "__main__":
    main(sys.argv[1:])
