"""A risk that is infinite, because a model gives a possible class no probability."""


class InfiniteRisk(ValueError):
    """Raised for a loss under which ``count`` points have no finite risk, the first of them ``point``."""

    def __init__(self, message: str, loss: str, count: int, point: int):
        super().__init__(message)
        self.loss, self.count, self.point = loss, count, point
