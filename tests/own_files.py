"""What the README and the pages of docs/ take for a user's own: a table, images, predictions, networks, a function."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

DOCS = Path(__file__).parent.parent / "docs"


def put_files(folder: Path) -> None:
    """Write houses.csv (with categories and holes), pets, predictions.npz and the examples of docs/ into a folder."""
    shutil.copytree(DOCS / "examples", folder, dirs_exist_ok=True)
    shutil.copytree(DOCS / "examples", folder / "docs" / "examples")
    generator = np.random.default_rng(0)
    areas = generator.uniform(30, 200, 100).round(1)
    houses = pd.DataFrame({"area": areas, "city": generator.choice(["Bern", "Graz", "Lyon"], 100)})
    houses["price"] = 1500 * areas + generator.normal(0, 20_000, 100).round()
    houses.loc[:4, "area"] = houses.loc[5:9, "city"] = None
    houses.to_csv(folder / "houses.csv", index=False)
    for name in ("cat", "dog"):
        (folder / "pets" / name).mkdir(parents=True)
        for number in range(400):
            Image.new("RGB", (2, 2), (number % 256, number // 256, 0)).save(folder / f"pets/{name}/{number}.bmp")
    np.savez(folder / "predictions.npz", predictions=generator.normal(size=(20, 50)), target=np.zeros(50))
