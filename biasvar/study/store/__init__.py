"""The files of a study: shards, lock, manifest, events."""
