"""Rerun famous demonstrations of bias and variance, and write one page with their verdicts.

    python scripts/demos.py [--only NAME ...] [--out FOLDER] [--keep FOLDER]

Writes ``outputs/demos/report.html`` and a folder for each study beside it; what is trained already is not trained
again. ``--keep`` (docs/demos) copies the page and the tables that its verdicts rest on, and writes
their numbers to docs/demos.md. The exit code is 0 whatever the
verdicts.
"""

from walkthrough import walk

from biasvar.report.walkthrough.demos import DEMOS

if __name__ == "__main__":
    walk(DEMOS, __doc__)
