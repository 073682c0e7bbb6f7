"""Results in words: captions, summaries, notes."""
