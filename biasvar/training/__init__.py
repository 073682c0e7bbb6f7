"""Training: members -> predictions and measures.

``settings`` (``TRAININGS``) defines the options of ``training=``; ``trainers`` (``TRAINERS``) says who trains a member.
"""

from biasvar.training.settings import TRAININGS

__all__ = ["TRAININGS"]
