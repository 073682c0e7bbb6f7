"""Studies whose recorded settings are others than a sweep wrote, with the checksum of what they are."""

import json

from biasvar.study.store.study_json import NAME, write_content


def rewrite(folder, **changes):
    """Write other entries into ``study.json`` and its copy."""
    content = json.loads((folder / NAME).read_text())
    del content["checksum"]
    write_content(folder, content | changes)
