"""From stored outputs to tidy tables: estimates, shapes of curves, noise, committees, points, verification."""
