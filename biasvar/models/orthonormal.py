"""Random directions that are orthogonal to each other."""

import numpy as np

BLOCK = 256  # rows that are made at a time: the same, and hence the same bits, however many are asked for


def orthonormal_rows(generator: np.random.Generator, rows: int, dimension: int) -> np.ndarray:
    """Return random orthonormal rows in D dimensions, uniformly distributed (Haar): [rows, D].

    More than D rows are runs of D, each orthonormal and independent of the others (Yu et al. 2016, "Orthogonal random
    features"). The first rows do not depend on how many there are: they are standard normal rows, made orthogonal to
    those before by Gram-Schmidt, twice for rounding.
    """
    found_PD = np.empty((0, dimension))
    while len(found_PD) < rows:
        in_run = len(found_PD) % dimension
        before_rD = found_PD[len(found_PD) - in_run :]
        drawn_bD = generator.standard_normal((min(BLOCK, dimension - in_run), dimension))
        for _ in range(2):
            drawn_bD -= drawn_bD @ before_rD.T @ before_rD
        axes_Db, triangle_bb = np.linalg.qr(drawn_bD.T)
        found_PD = np.concatenate([found_PD, (axes_Db * np.sign(np.diagonal(triangle_bb))).T])
    return found_PD[:rows]
