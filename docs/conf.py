"""The site: Markdown pages as they lie here, and the docstrings of the Python API."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from biasvar.version import __version__

project, author, release = "biasvar", "The biasvar authors", __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"biasvar {__version__}"
myst_heading_anchors = 3
exclude_patterns = ["chapter", "demos", "examples", "gallery/*/*.html"]
html_extra_path = ["configuration.txt"]
suppress_warnings = ["myst.xref_missing", "myst.header"]
autodoc_typehints = "description"
napoleon_numpy_docstring = True
