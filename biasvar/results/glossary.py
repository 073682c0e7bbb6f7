"""The quantities of the table with their formulas, for the data dictionary and the page's glossary."""

from dataclasses import dataclass

from biasvar.results.results import Results
from biasvar.training.modes import MODES, SPREAD_MEANING

LOSSES = {
    "squared_error": "squared error",
    "absolute_error": "absolute error",
    "zero_one": "zero-one loss",
    "cross_entropy": "cross-entropy (nats)",
}


@dataclass(frozen=True)
class Term:
    """One quantity: its column, its formula, its meaning."""

    name: str
    formula: str
    meaning: str


TERMS = (
    Term("train_risk", "mean loss on the model's own training rows", "averaged over models"),
    Term("risk", "E ℓ(y, f(x; D))", "expected test loss over points, labels and models; the sum of its parts"),
    Term("noise", "E ℓ(y, f*(x))", "the Bayes error: what the optimal predictor f* cannot avoid, under the reference"),
    Term("net_noise", "E_x c₁(x) noise(x)", "what the noise adds to the zero-one risk: c₁ differs from point to point"),
    Term(
        "bias_squared",
        "E_x (E_D f(x; D) − f*(x))²",
        "distance of the mean prediction from f*, unbiased: variance/R is subtracted, so it can be negative",
    ),
    Term(
        "bias_squared_plus_noise",
        "E_x,y (E_D f(x; D) − y)²",
        "the same against labels: the noise cannot be told apart when each point carries one label",
    ),
    Term(
        "bias",
        "E_x ℓ(f*(x), central prediction)",
        "loss of the central prediction against f*: zero-one loss, the share of points whose mode over models is not "
        "optimal; cross-entropy, KL of the label distribution from the normalised geometric mean, by the jackknife",
    ),
    Term(
        "bias_plus_noise",
        "E_x,y ℓ(y, central prediction)",
        "cross-entropy against labels: the noise cannot be told apart",
    ),
    Term(
        "variance",
        "E_x E_D ℓ(f(x; D), central prediction)",
        "spread of the models about their central prediction; squared error with divisor R − 1 and summed over outputs",
    ),
    Term(
        "net_variance",
        "E_x c₂(x) variance(x)",
        "what the variance adds to the zero-one risk: c₂ = 1 where the central prediction is right, negative where "
        "it is wrong",
    ),
    Term(
        "variance_data",
        "(MS_data − MS_int) / J",
        "component of the variance in a crossed design: training sets; "
        "cross-entropy: E log Z(E[log p | data]) − log Z(E log p)",
    ),
    Term("variance_label_noise", "the same", "component of the variance: noise of the training labels"),
    Term("variance_init", "(MS_init − MS_int) / I", "component of the variance: initial or random-feature weights"),
    Term("variance_batch_order", "the same", "component of the variance: order of the batches"),
    Term("variance_dropout", "the same", "component of the variance: dropout masks"),
    Term("variance_augmentation", "the same", "component of the variance: random changes of training images"),
    Term("variance_outer", "(MS_outer − MS_int) / J", "component in a nested design: between fresh outer sets"),
    Term(
        "variance_inner",
        "mean of the variances within",
        "component in a nested design: training sets from one outer set",
    ),
    Term(
        "variance_interaction",
        "MS_int",
        "component of the variance: all interactions of the crossed sources together; cross-entropy: what the sources "
        "leave, which may be negative",
    ),
    Term(
        "systematic_effect",
        "E ℓ(y, central prediction) − E ℓ(y, f*)",
        "what the central prediction costs over the optimal one (James 2003): adds up under every loss",
    ),
    Term(
        "systematic_effect_plus_noise", "E ℓ(y, central prediction)", "the same against labels, which holds the noise"
    ),
    Term(
        "variance_effect",
        "E ℓ(y, f) − E ℓ(y, central prediction)",
        "what the spread about the central prediction costs (James 2003): adds up under every loss",
    ),
    Term("kw_noise", "E_x ½ (1 − Σ p²)", "zero-one loss after Kohavi and Wolpert 1996: noise"),
    Term("kw_bias_squared", "E_x ½ Σ (p − q)²", "zero-one loss after Kohavi and Wolpert: squared bias, unbiased"),
    Term("kw_bias_squared_plus_noise", "E_x,y ½ Σ (y − q)²", "the same against labels, which holds the noise"),
    Term("kw_variance", "E_x ½ (1 − Σ q²)", "zero-one loss after Kohavi and Wolpert: variance, unbiased"),
    Term("mc_spread", "E_x Σ_k Var_r f_k(x; r)", SPREAD_MEANING),
    Term(
        "residual",
        "|risk − the sum of the loss's own parts|",
        "the largest of any point: rounding only, and a run where it is more fails",
    ),
)

INTERACTION = (
    "Σ_T⊇S (−1)^(|T| − |S|) MS_T / models that share a seed of each source in S",
    "component of the variance: what its crossed sources S do together, beyond what fewer of them do",
)
LEVEL = (
    "squared error: the component of the source and its interactions with those after given; cross-entropy: "
    "T_S − T_given, T_S = E log Z(E[log p | S])",
    "component of the variance in a nested split: what a crossed source adds to those after given; levels add up to it",
)

AXES = (
    Term("epoch", "after so many passes over the training set", "the same models read along training; 0: untrained"),
    Term("prediction", "with dropout", "; ".join(f"{name}: {meaning}" for name, meaning in MODES.items())),
)

WORDS = (
    Term("replicate", "r = 1..R", "one independent draw of everything that varies"),
    Term(
        "interpolation threshold",
        "measured; nominal: p ≥ n K",
        "the smallest capacity whose mean training risk is below tolerance times that of the best constant (zero-one "
        "loss: whose training error is below tolerance); the nominal one only counts parameters p against n distinct "
        "training rows and K outputs",
    ),
    Term("f*", "argmin_f E ℓ(y, f(x))", "the optimal predictor under the distribution of the data"),
)


def glossary(results: Results) -> list[Term]:
    """Return the terms for the quantities in the table, and for the words that explain them."""
    known = {name for name in results.table if results.table[name].notna().any()}
    return [*(term for term in (*TERMS, *own_components(results), *AXES) if term.name in known), *WORDS]


def own_components(results: Results) -> list[Term]:
    """Return the terms that only the designs of this study have."""
    return [Term(name, *(LEVEL if "_given_" in name else INTERACTION)) for name in results.own_components]
