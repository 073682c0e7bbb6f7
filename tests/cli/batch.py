"""Many commands in one process, for tests: reads lists of arguments as JSON, answers what became of each.

A process takes half a second to start, and the same function answers here as there.
"""

import contextlib
import io
import json
import os
import sys

from biasvar.cli.main import main


def run(arguments):
    """Return a command's exit code, what it said, what it left in the current folder, and whether torch is there."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["biasvar", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code
    told = {"code": code, "out": out.getvalue(), "err": err.getvalue()}
    return told | {"left": os.listdir("."), "heavy": sorted({"torch", "sklearn", "matplotlib"} & sys.modules.keys())}


if __name__ == "__main__":
    json.dump([run(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
