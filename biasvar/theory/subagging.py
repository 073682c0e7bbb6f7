"""The asymptotic risk of committees of ridge fits to subsamples (Patil, Du, Kuchibhotla 2023)."""

import math

from biasvar.theory.two_layer_linear import Shrinkage


def subagging_excess(
    signal: float, p: int, n: int, k: int, noise_variance: float, weight_decay: float, members: float
) -> float:
    """Return the risk without the noise of the mean of M fits, each to k distinct rows that are drawn anew from n.

    For y = x' beta + noise, x standard normal in p dimensions, |beta|^2 = ``signal``. Each fit minimises the sum of
    squares plus k lambda |w|^2, lambda = weight_decay / 2; without a penalty it is the one of minimum norm. ``members``
    may be infinite. With phi = p / n, psi = p / k, and v > 0 the root of lambda v^2 + (psi + lambda - 1) v = 1,

        t(x) = q / (1 / v^2 - q), q = x / (1 + v)^2,
        e(x) = signal (1 + t(x)) / (1 + v)^2 + sigma^2 t(x),

    the excess is e(psi) / M + (1 - 1 / M) e(phi): a model's error times itself, and times that of another model, with
    which it shares k^2 / n rows.

    Asymptotic in p, n and k: at some hundreds the excess is up to 2 % too low for one model, and less for more.

    Source: Patil, Du, Kuchibhotla 2023, "Bagging in overparameterized learning: risk characterization and risk
    monotonization", JMLR 24(319).

    Raises
    ------
    ValueError
        For k outside 1 to n, p below 1, a negative weight decay, or fewer than one member.
    """
    if not 1 <= k <= n or p < 1 or not weight_decay >= 0 or not members >= 1:
        settings = f"p = {p}, n = {n}, k = {k}, weight_decay = {weight_decay}, members = {members}"
        raise ValueError(f"{settings}; expected 1 <= k <= n, p and members of at least 1, and no negative weight decay")
    penalty, psi = weight_decay / 2, p / k
    alone, between = (excess_of_pair(signal, phi, psi, noise_variance, penalty) for phi in (psi, p / n))
    return between if math.isinf(members) else alone / members + (1 - 1 / members) * between


def committee_gcv(
    signal: float, p: int, n: int, k: int, noise_variance: float, weight_decay: float, members: float
) -> float:
    """Return what plain generalised cross-validation takes for the risk of such a committee: too much.

    With d = df / n, df the degrees of freedom of one fit, it is the risk of M models plus d^2 / (1 - d)^2 (n / k - 1)
    times the risk of one over M. Corrected GCV takes that off. Asymptotic, as ``subagging_excess`` is.

    Source: Bellec, Du, Koriyama, Patil, Tan 2023, "Corrected generalized cross-validation for finite ensembles of
    penalized estimators".
    """
    one, many = (
        noise_variance + subagging_excess(signal, p, n, k, noise_variance, weight_decay, count)
        for count in (1, members)
    )
    share = p * (1 - Shrinkage.of(p / k, weight_decay / 2).lost) / n
    return many + (share / (1 - share)) ** 2 * (n / k - 1) * one / members


def excess_of_pair(signal: float, phi: float, psi: float, noise_variance: float, penalty: float) -> float:
    """Return the mean product of the errors of two fits that share rows as phi says; psi of one fit with itself."""
    if penalty == 0:
        if psi == 1:
            return math.inf
        shrunk = ((psi - 1) / psi) ** 2 if psi > 1 else 0.0
        spread = phi / (psi**2 - phi) if psi > 1 else phi / (1 - phi)
    else:
        v = companion(psi, penalty)
        q = phi / (1 + v) ** 2
        shrunk, spread = 1 / (1 + v) ** 2, q / (1 / v**2 - q)
    return signal * shrunk * (1 + spread) + noise_variance * spread


def companion(psi: float, penalty: float) -> float:
    """Return v > 0, the root of penalty v^2 + (psi + penalty - 1) v = 1, without cancellation."""
    linear = psi + penalty - 1
    root = math.sqrt(linear**2 + 4 * penalty)
    return 2 / (linear + root) if linear >= 0 else (root - linear) / (2 * penalty)
