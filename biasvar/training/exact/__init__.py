"""Exact training of what is linear in its parameters: ridge for a whole path of weight decays, and minimum norm."""
