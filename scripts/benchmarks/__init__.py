"""The workloads of ``scripts/benchmark.py``, one family a file, and what measures them side by side."""
