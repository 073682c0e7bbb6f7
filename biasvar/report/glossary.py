"""The quantities of the table: what each is, and its formula."""

from dataclasses import dataclass

from biasvar.report.results import Results


@dataclass(frozen=True)
class Term:
    """One quantity: its column, its formula, its meaning."""

    name: str
    formula: str
    meaning: str


TERMS = (
    Term(
        "risk",
        "E ℓ(y, f(x; D)) = noise + bias_squared + variance",
        "expected test loss over points, labels and replicates",
    ),
    Term("noise", "E ℓ(y, f*(x))", "the Bayes error: what the optimal predictor f* cannot avoid"),
    Term("net_noise", "E_x c₁(x) noise(x)", "what the noise adds to the zero-one risk: c₁ differs from point to point"),
    Term(
        "bias_squared",
        "E_x (E_D f(x; D) − f*(x))²",
        "distance of the central prediction from f*, unbiased: variance/R is subtracted, so it can be negative",
    ),
    Term(
        "bias_squared_plus_noise",
        "E_x,y (E_D f(x; D) − y)²",
        "the same against labels: the noise cannot be told apart when each point carries one label",
    ),
    Term(
        "bias",
        "E_x ℓ(f*(x), central prediction)",
        "loss of the central prediction (for the zero-one loss the mode over replicates) against f*",
    ),
    Term(
        "variance",
        "E_x E_D ℓ(f(x; D), central prediction)",
        "spread of the replicates about their central prediction; for the squared error with divisor R − 1 and summed "
        "over outputs",
    ),
    Term(
        "net_variance",
        "E_x c₂(x) variance(x)",
        "what the variance adds to the zero-one risk: c₂ = 1 where the central prediction is right, negative where "
        "it is wrong",
    ),
    Term("train_risk", "mean loss on the model's own training rows", "averaged over replicates"),
    Term(
        "residual",
        "risk − noise − bias_squared − variance (or the loss's own identity)",
        "rounding only: a run where it is more fails",
    ),
)

WORDS = (
    Term("replicate", "r = 1..R", "one independent draw of training set and initialisation"),
    Term(
        "interpolation threshold",
        "measured; nominal: p ≥ n K",
        "the smallest capacity whose mean training error is below tolerance; the nominal one only counts parameters p "
        "against n training rows and K outputs",
    ),
    Term("f*", "argmin_f E ℓ(y, f(x))", "the optimal predictor under the law of the data"),
)


def glossary(results: Results) -> list[Term]:
    """Return the terms for those quantities that the table has, and the words that explain them."""
    return [term for term in TERMS if results.table[term.name].notna().any()] + list(WORDS)
