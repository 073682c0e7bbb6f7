"""Figure captions: what the bands are, what varied, the reference of the bias, what the marks mean."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasvar.report.style import WORDS
from biasvar.report.words.designs import counted, unit
from biasvar.report.words.thresholds import sentence_of
from biasvar.results.conditions import Condition, horizontal_name, name_of, naming, walked_along
from biasvar.results.curves import Curve, least
from biasvar.results.glossary import LOSSES
from biasvar.results.numbers import at, interval, number, plain, position, span
from biasvar.results.results import WITHOUT_ESTIMATE, Results
from biasvar.results.thresholds import Threshold

REFERENCES = {
    "distribution": "the distribution, f* is known",
    "votes": "votes on each point, corrected for their number",
    "labels": "labels, so what is drawn as bias includes the noise",
    "injected label noise": "the distribution of labels with injected noise",
    "CIFAR-10H votes": "human annotations (CIFAR-10H), corrected for their number",
}
SECOND_MOMENTS = "from second moments"


def words(quantity: str) -> str:
    """Return a quantity's name on one line."""
    return WORDS.get(quantity, quantity.replace("_", " ")).replace("\n", " ")


def loss_words(loss: str) -> str:
    """Return a loss's display name."""
    return LOSSES.get(loss, loss.replace("_", " "))


def sentence(text: str) -> str:
    """Return a text with a capital first letter and a full stop."""
    return text[:1].upper() + text[1:] + "."


def schemes(rows: pd.DataFrame) -> str:
    """Return the resampling and the training set size, short enough for an axis."""
    names = " and ".join(dict.fromkeys(rows["resampling"].dropna()))
    if not names:
        return "predictions made elsewhere"
    sizes = rows["n_train"].dropna().unique()
    sets = f"one {names} training set" if holds(rows, "data").all() else f"{names} training sets"
    return sets + (f", n = {plain(sizes[0])}" if len(sizes) == 1 else "")


def holds(rows: pd.DataFrame, source: str) -> pd.Series:
    """Return, for each row, whether a source of randomness is fixed."""
    return rows["fixed"].fillna("").map(lambda names: source in names.split("+")).astype(bool)


def resampling(rows: pd.DataFrame) -> str:
    """Return the meaning of the variance under the resampling."""
    return " ".join(sentence(f"training sets ({name}): {means}") for name, means in meanings(rows))


def meanings(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each resampling with the meaning of its variance, using the loss's own name for the bias."""
    known = rows[["resampling", "variance_means"]].dropna().drop_duplicates()
    pairs = list(known.itertuples(index=False, name=None))
    if (rows["loss"] == "squared_error").any():
        return pairs
    return [(name, means.replace("bias squared", "the bias")) for name, means in pairs]


def band(results: Results, rows: pd.DataFrame) -> str:
    """Return the name of the band: its level, what it covers, and how it was computed."""
    seen = rows[~rows["status"].isin(WITHOUT_ESTIMATE)]
    if seen.empty:
        return "There are no bands, as no cell has an estimate."
    if results.over == "replicates":
        return band_at_fixed_points(results, seen, method(results, seen))
    points = f"{span(seen['n_eval'])} points{weighted(seen)}"
    return f"{level_of(results)} over {counted(seen)} and {points}, {method(results, seen)}."


def band_at_fixed_points(results: Results, rows: pd.DataFrame, how: str) -> str:
    """Return the name of a band that concerns these points, computed as ``how`` says."""
    return f"{level_of(results)} over {counted(rows)} at {span(rows['n_eval'])} fixed points{weighted(rows)}, {how}."


def weighted(rows: pd.DataFrame) -> str:
    """Return how many equal points weighted ones count like; empty if no points are weighted."""
    if "n_eval_effective" not in rows or rows["n_eval_effective"].isna().all():
        return ""
    return f" (weighted, like {span(rows['n_eval_effective'])} equal ones)"


def level_of(results: Results) -> str:
    """Return the name of the band by its level."""
    return f"Bands: {plain(round(100 * results.level, 6))} % interval"


def method(results: Results, rows: pd.DataFrame) -> str:
    """Return how the intervals were computed."""
    ways = {
        "gaussian": f"{SECOND_MOMENTS}, those of risks from each model's own",
        "bootstrap": f"by {results.resamples:,} resamples",
    }
    return " or ".join(ways[name] for name in dict.fromkeys(rows["interval_method"].dropna()))


def reference(rows: pd.DataFrame) -> str:
    """Return the reference of the bias."""
    known = list(dict.fromkeys(rows["reference"].dropna()))
    mixed = ", and never to be compared across them" if len(known) > 1 else ""
    details = "; ".join(REFERENCES.get(name, name) for name in known)
    return f"Reference of the bias: {details}{mixed}."


def fixed(rows: pd.DataFrame) -> str:
    """Return which sources of randomness were fixed, so that their variance is part of the bias."""
    names = dict.fromkeys(rows.loc[rows["fixed"].fillna("") != "", "fixed"])
    if not names:
        return ""
    details = "; ".join(name.replace("+", ", ").replace("_", " ") for name in names)
    return f"Fixed, so that their variance is part of the bias: {details}."


def marks(curves: Sequence[Curve], rows: pd.DataFrame) -> str:
    """Return what hollow markers and crosses mean, if there are any."""
    fewer = f"fewer {unit(rows)} than planned, so conditional on those available"
    hollow = any(curve.partial.any() for curve in curves)
    crosses = any(curve.missing.any() for curve in curves)
    infinite = bool((rows.loc[rows["risk"].isna(), "status"] == "infinite").all())
    cross = "whose risk is infinite" if infinite else "without an estimate"
    text = f"Hollow markers: {fewer}. " if hollow else ""
    return (text + (f"×: a cell {cross}." if crosses else "")).strip()


def turns(curves: Sequence[Curve]) -> str:
    """Return how lines run on an axis that does not grow with the capacity."""
    if any(len(set(np.sign(np.diff(curve.x))) - {0.0}) > 1 for curve in curves):
        return "Lines run in order of capacity, and turn back where the axis does."
    return ""


def walked(results: Results, column: str | None) -> str:
    """Return which axes are walked together with the horizontal one, if there are any."""
    names = [name_of(key, results) for key in walked_along(results, column)]
    return f"Walked together with {horizontal_name(results, naming(column))}: {', '.join(names)}." if names else ""


def minima(risks: Sequence[Curve], name: str, conditions: Sequence[Condition]) -> str:
    """Return where the risk of each condition is smallest, with its interval; ``name`` is the name of the axis."""
    texts = []
    for risk, condition in zip(risks, conditions, strict=True):
        place = least(risk)
        if place is not None:
            value = interval(risk.y[place], risk.low[place], risk.high[place])
            where = f" for {condition.label}" if condition.label else ""
            texts.append(f"{value} at {name} = {position(risk.x[place])}{where}")
    return f"Minimum of the risk (▼): {'; '.join(texts)}." if texts else "The risk is not known."


def thresholds(found: Sequence[Threshold], conditions: Sequence[Condition]) -> str:
    """Return the thresholds of all conditions, with shared ones given once."""
    shared: dict[str, list[str]] = {}
    for threshold, condition in zip(found, conditions, strict=True):
        shared.setdefault(sentence_of(threshold), []).append(condition.label)
    if len(shared) == 1:
        return "".join(map(sentence, filter(None, shared)))
    return " ".join(sentence(f"{'; '.join(labels)}: {text}") for text, labels in shared.items() if text)


def shown(conditions: Sequence, total: int, what: str = "conditions") -> str:
    """Return which of many conditions are shown; empty if all are."""
    if len(conditions) == total:
        return ""
    return f"Shown are {len(conditions)} of {total:,} {what}: " + "; ".join(str(item) for item in conditions) + "."


def alt(title: str, x_name: str, named: Sequence[tuple[str, Curve]]) -> str:
    """Return the alt text of a figure: the first, smallest, largest and last value of each curve.

    ``named`` has each curve's condition, which is given once for consecutive curves that share it.
    """
    places = np.unique(np.concatenate([curve.x for _, curve in named]))
    places = places[::-1] if all(curve.reversed for _, curve in named) else places
    reach = " to ".join(dict.fromkeys(position(x) for x in places[[0, -1]]))
    text = [f"{title}. Horizontal axis: {x_name}, {reach} ({len(places):,} places)."]
    last = ""
    for condition, curve in named:
        name = f"{condition}: {words(curve.quantity)}" if condition != last else words(curve.quantity)
        last = condition
        known = np.flatnonzero(np.isfinite(curve.y))
        if not len(known):
            text.append(sentence(f"{name}: no estimate"))
        elif np.ptp(curve.y[known]) == 0:
            text.append(sentence(f"{name}: {number(curve.y[known[0]])} throughout"))
        else:
            x, y = curve.x[known], curve.y[known]
            ends = f"from {number(y[0])} to {number(y[-1])}"
            low, high = y.argmin(), y.argmax()
            between = f"least {number(y[low])} {at(x[low])}, greatest {number(y[high])} {at(x[high])}"
            text.append(sentence(f"{name}: {ends}, {between}"))
    return " ".join(text)


def alt_of_cells(title: str, names: Sequence[str], curves: Sequence[Curve]) -> str:
    """Return the alt text of a figure with unordered cells: every value of every cell."""
    text = [f"{title}."]
    for place, name in enumerate(names):
        values = ", ".join(f"{words(curve.quantity)} {number(curve.y[place])}" for curve in curves)
        text.append(f"{name}: {values}.")
    return " ".join(text)


def join(*parts: str) -> str:
    """Return the non-empty parts of a caption as one text."""
    return " ".join(part for part in parts if part)
