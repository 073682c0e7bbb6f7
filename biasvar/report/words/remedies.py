"""What a sweep says of a remedy, in words."""

import math

import pandas as pd

from biasvar.report.words.captions import sentence
from biasvar.report.words.replicates import more_replicates
from biasvar.results.diagnosis.diagnosis import Diagnosis
from biasvar.results.diagnosis.effects import Effect
from biasvar.results.diagnosis.remedies import Finding, Remedy
from biasvar.results.numbers import interval, number, plain, span
from biasvar.results.shapes.evidence_table import paired_by
from biasvar.results.shapes.paired import MEDIANS


def remedy_in_words(remedy: Remedy, finding: Finding, row: pd.DataFrame) -> str:
    """Return a remedy with its effect on the risk, or what would try it, or why it cannot be tried."""
    if finding.effect is not None:
        text = effect_in_words(finding.place, finding.effect, row)
        return sentence(f"{remedy.name}: {text}{f' ({finding.reason})' if finding.reason else ''}")
    if finding.override:
        return f"{sentence(f'{remedy.name}: not tried, as {finding.reason}')[:-1]}; this would: {finding.override}"
    return sentence(f"{remedy.name}: {finding.place + ': ' if finding.place else ''}{finding.reason}")


def effect_in_words(place: str, effect: Effect, row: pd.DataFrame) -> str:
    """Return by how much a change lowers or raises the risk, or that it cannot be told apart from none."""
    if math.isnan(effect.low):
        how_much = f"{number(abs(effect.value))}, without an interval"
        return f"{place} {'lowers' if effect.value < 0 else 'raises'} the risk by {how_much}"
    average = f", a {MEDIANS.average}" if effect.average == MEDIANS.average else ""
    if effect.high < 0:
        return f"{place} lowers the risk by {interval(-effect.value, -effect.high, -effect.low)}{average}"
    if effect.low > 0:
        return f"{place} raises the risk by {interval(effect.value, effect.low, effect.high)}{average}"
    change = interval(effect.value, effect.low, effect.high) + average
    more = more_replicates(row, effect.times)
    return f"{place} is not told apart: it changes the risk by {change}{f'; {more} would tell' if more else ''}"


def how(diagnosis: Diagnosis, row: pd.DataFrame, level: float) -> str:
    """Return how effects were judged; empty if none is paired."""
    found = (finding.effect for _, finding in diagnosis.remedies)
    effects = [effect for effect in found if effect is not None and effect.average]
    if not effects:
        return ""
    percent, n = plain(round(100 * level, 6)), span(one.n for one in effects)
    return (
        f"Of several values the one of least risk is given. Differences of the risk are paired by {paired_by(row)}, "
        f"n = {n}; each end of their intervals is at {percent} %, and allows for the choice of the value."
    )
