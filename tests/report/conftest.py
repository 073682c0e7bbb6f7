"""Fixtures of studies that were never run."""

from tests.result_tables import any_study, studies, with_replicates  # noqa: F401
