"""The correlation of the means of bootstrap samples."""


def correlation_of_bagged_means(n: int, m: int) -> float:
    """Return the correlation of the means of two samples of m draws with replacement from the same n fresh numbers.

    The mean of n numbers of variance v has variance v / n between sets, and that of a sample of them v (n - 1) / (n m)
    around it: rho = m / (m + n - 1). A committee of such means keeps this share of one's variance.
    """
    return m / (m + n - 1)
