"""The shape of a risk curve: minimum, U, double descent, each with the differences that support it."""
