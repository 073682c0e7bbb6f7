"""Training: members -> predictions and measures.

What ``training=`` means stands in ``settings`` (``TRAININGS``); who trains a member, in ``trainers`` (``TRAINERS``).
"""

from biasvar.training.settings import TRAININGS

__all__ = ["TRAININGS"]
