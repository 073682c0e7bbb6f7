"""From overrides and study files to plain settings with their provenance."""
