"""The site: Markdown pages as they lie here, docstrings of the Python API, and kept pages of studies as they are."""

import shutil
import sys
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx import addnodes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from biasvar.version import __version__

HERE = Path(__file__).resolve().parent
KEPT = ("chapter", "demos", "gallery")

project, author, release = "biasvar", "The biasvar authors", __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"biasvar {__version__}"
myst_heading_anchors = 3
exclude_patterns = ["chapter", "demos", "examples", "gallery/*/*.html"]
html_extra_path = ["configuration.txt"]
autodoc_typehints = "description"
napoleon_numpy_docstring = True


def setup(app):
    """Have Sphinx call these two."""
    app.connect("doctree-read", link_to_kept, priority=100)  # before files to download are collected
    app.connect("build-finished", copy_kept)


def link_to_kept(app, doctree):
    """Let links to kept pages lead to their copies, where their own links to the files beside them hold."""
    for node in list(doctree.findall(addnodes.download_reference)):
        address = node["reftarget"]
        if PurePosixPath(address).parts[0] in KEPT:
            node.replace_self(nodes.reference("", "", *node.children, refuri=address))


def copy_kept(app, exception):
    """Copy the folders of kept pages into the site."""
    for folder in KEPT:
        if exception is None:
            shutil.copytree(HERE / folder, Path(app.outdir) / folder, dirs_exist_ok=True)
