"""The diagnosis of one cell: its regime under each loss, the chapter's rule, and the chapter's remedies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from biasvar.results.cells import Cells
from biasvar.results.conditions import swept_keys
from biasvar.results.diagnosis.chapter_rule import ChapterRule, chapter_rule
from biasvar.results.diagnosis.chosen_cell import chosen_cell
from biasvar.results.diagnosis.near_threshold import near_thresholds
from biasvar.results.diagnosis.regime import Regime, regime_of
from biasvar.results.diagnosis.remedies import REMEDIES, DiagnosedCell, Finding, Remedy
from biasvar.results.results import Results
from biasvar.results.thresholds import Threshold


@dataclass(frozen=True)
class Diagnosis:
    """What the saved tables say of one cell.

    ``cell`` is its number, ``axes`` its values of the swept keys; ``is_least``: of all cells it has the least risk
    under ``loss``, the study's first one, which the rule and the remedies are about. ``regimes`` has the regime under
    each loss. ``near`` are the measured interpolation thresholds that it is near to. ``remedies`` come with what the
    """

    cell: int
    axes: Mapping[str, Any]
    is_least: bool
    loss: str
    regimes: Mapping[str, Regime]
    near: tuple[Threshold, ...]
    rule: ChapterRule
    remedies: tuple[tuple[Remedy, Finding], ...]

    @property
    def regime(self) -> str:
        """The regime under the study's first loss, by its name."""
        return self.regimes[self.loss].name


def diagnose(results: Results, cells: Cells, where: Mapping[str, Any] | None = None) -> Diagnosis:
    """Return the diagnosis of the cell of least risk, of all or of those with the values ``where`` of the axes.

    Nothing is decomposed anew.

    Raises
    ------
    SettingsError
        As ``chosen_cell``.
    """
    number, loss = chosen_cell(results, where or {})
    rows = results.table[(results.table["cell"] == number) & results.table["risk"].notna()]
    row = rows[rows["loss"] == loss].iloc[0]
    is_least = bool(row["risk"] == results.of_loss(loss)["risk"].min())
    about = DiagnosedCell(results, row, cells.study(number), is_least)
    return Diagnosis(
        cell=number,
        axes={key: row[key] for key in swept_keys(results)},
        is_least=is_least,
        loss=loss,
        regimes={str(one["loss"]): regime_of(one) for _, one in rows.iterrows()},
        near=tuple(near_thresholds(results, row)),
        rule=chapter_rule(row),
        remedies=tuple((remedy, remedy.finding(about)) for remedy in REMEDIES),
    )
