"""The head of the page: the least risk and where, the shape by its evidence, how many models, the noise's reference."""

from biasvar.report.words.finding import completeness, facts, finding, has_double_descent, noise


def test_the_least_risk_is_that_of_the_table(studies):
    results = studies["descent"]()
    best = results.table.loc[results.table["risk"].idxmin()]
    assert finding(results).startswith("The risk (squared error) is least at ")
    assert f"{best['risk']:.3g}" in finding(results)


def test_gaps_are_counted_and_explained(studies):
    assert completeness(studies["u"]()).endswith("none failed or diverged.")
    text = completeness(studies["gaps"]())
    used, planned = studies["gaps"]().models
    assert text.startswith(f"{used:,} of {planned:,} in 12 cells; ") and "incomplete" in text


def test_the_reference_of_the_noise_is_named(studies):
    assert "Reference: the distribution, f* is known." in noise(studies["u"]())
    assert "labels" in noise(studies["zero_one"]())


def test_a_command_and_claims_are_there_only_where_they_are_known(studies):
    assert set(facts(studies["u"]())) == {"Models", "Noise"}
    assert facts(studies["u"](), "biasvar sweep")["Repeat"] == "biasvar sweep"


def test_without_the_risks_of_replicates_no_shape_is_told(studies):
    assert not has_double_descent(studies["descent"]())
    assert "Shape" not in facts(studies["descent"]())
