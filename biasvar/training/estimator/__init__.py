"""scikit-learn estimators: many fits on resampled rows."""
