"""Turn overrides and study files into plain settings with their provenance."""
