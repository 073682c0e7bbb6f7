"""What may stand in the place of a file, or keep it from being read."""

import os
from contextlib import contextmanager

NOBODY = 65534

HINDRANCES = {
    "folder": "is a folder; expected a file",
    "link to nothing": "is a link to nowhere, where there is no file",
    "link to itself": "is a link to .*, where there is no file",
    "pipe": "is a named pipe; expected a file",
    "device": "is a device or a socket; expected a file",
}
"""Each with what is said of it."""


def put_in_place_of(path, what):
    """Put something in the place of a file."""
    path.unlink(missing_ok=True)
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"link to nothing": "nowhere", "link to itself": path.name, "device": "/dev/zero"}[what])


@contextmanager
def unreadable(path):
    """Take away every right on a file or folder; root, who needs none, becomes nobody meanwhile."""
    mode, user = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)
