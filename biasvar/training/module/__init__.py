"""Train networks of the user's own, one at a time: their layers draw from torch's global generator."""
