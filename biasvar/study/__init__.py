"""A study: its configuration, its plan, its store, and its run."""
