"""Run every study of the chapter and write one page that walks through it.

    python scripts/chapter.py [--only NAME ...] [--out FOLDER] [--keep FOLDER]

Writes ``outputs/chapter/report.html`` and a folder for each study beside it; what is trained already is not trained
again. ``--keep`` (docs/chapter) copies the page and the tables that its verdicts rest on, and
writes their numbers to docs/chapter.md. The exit code is 0 whatever
the verdicts.
"""

from walkthrough import walk

from biasvar.report.walkthrough.chapter import CHAPTER

if __name__ == "__main__":
    walk(CHAPTER, __doc__)
