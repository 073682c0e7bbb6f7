"""Claims and their verdicts: ``claims.csv``, and ``contributions.csv``, from which each interval can be made again."""
