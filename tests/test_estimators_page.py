"""Every example of the page on estimators runs, in order, and prints what the page says."""

import re
from pathlib import Path

PAGE = (Path(__file__).parent.parent / "docs" / "estimators.md").read_text()


def test_the_examples_run_and_their_terms_add_up(capsys):
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(block, names)
    risk, bias, net_variance = map(float, re.match(r"(\S+) = (\S+) \+ (\S+)\n", capsys.readouterr().out).groups())
    assert abs(risk - bias - net_variance) < 1e-12
    assert names["parts"].reference == "labels"
