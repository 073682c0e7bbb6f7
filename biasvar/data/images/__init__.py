"""Data sources of images: published sets by name, and a folder of one's own. A new published set is one small file."""
