"""James's effects (James 2003, "Variance and bias for general loss functions"), which add up under every loss."""

import numpy as np


def effects(risk_N: np.ndarray, central_N: np.ndarray, noise_N: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the systematic effect and the variance effect per point: name -> [N].

    With ``central_N`` the expected loss of the central prediction, E L(Y, central): variance_effect = risk - central_N
    and systematic_effect = central_N - noise, so risk = noise + systematic_effect + variance_effect. Where the noise is
    not known it stays in the systematic effect, which is then called systematic_effect_plus_noise.
    """
    if noise_N is None:
        return {"systematic_effect_plus_noise": central_N, "variance_effect": risk_N - central_N}
    return {"systematic_effect": central_N - noise_N, "variance_effect": risk_N - central_N}
