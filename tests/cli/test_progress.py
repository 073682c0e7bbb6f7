from biasvar.cli.progress import Bar


def test_the_bar_says_when_it_compiles_until_models_are_done(capsys):
    with Bar() as bar:
        bar.start(4, 0)
        bar.compiling()
        assert "compiling:   0%" in capsys.readouterr().err
        bar.advance(4)
    last = capsys.readouterr().err.split("\r")[-1]
    assert "4/4" in last and "compiling" not in last
