"""Single evaluation points."""
