"""Commands and configurations that cannot be used: each is one clear message, exit 2, and nothing is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.ci]

MLP = "model=mlp"
DIGITS = "data=digits"
CIFAR = "data=cifar10"

ROWS = [  # identity, overrides, what the message says
    ("A01", "modle.width=4", "modle.width", "did you mean model=mlp model.width=4?"),
    ("A01-group", "modle=mlp", "modle", "did you mean model=mlp?"),
    ("A01-key", "replicate=3", "replicate", "did you mean replicates=3?"),
    ("A02", f"{MLP} model.widht=4", "model.widht", "did you mean model.width=4?"),
    ("A02-other", "model.width=4", "model.width is not a key of model=random_features",
     "model=mlp or convnet or resnet has it"),
    ("A03", "+model.extra=1", "model.extra is not a configuration key"),
    ("A03-added", "+seed=1", "+seed=1 is not allowed", "did you mean seed=1?"),
    ("A03-forced", "++seed=1", "++seed=1 is not allowed", "did you mean seed=1?"),
    ("A03-removed", "~seed", "~seed is not allowed", "keys are neither added nor removed"),
    ("A03-package", "model@other=mlp", "is not allowed"),
    ("A03-section", "limits=3", "its keys are limits.max_models"),
    ("A03-hydra", "hydra.run.dir=x", "hydra.run.dir is not a configuration key"),
    ("A03-sweep", "sweep.seed=[1,2]", "sweep.seed", "makes an axis of any key"),
    *[("A04", f"{MLP} model.width={value}", f"model.width = {shown} is not allowed", "an integer of at least 1")
      for value, shown in (("abc", "abc"), ("1.5", "1.5"), ("true", "true"), ("null", "null"), ("[1,2]", "[1, 2]"),
                           ("{a:1}", "{a: 1}"), (".5", "0.5"))],
    ("A04-quoted", f"{MLP} model.width='4'", "model.width = '4' is not allowed", "write 4"),
    ("A04-digits", f"{MLP} model.width=１２", "model.width = '１２' is not allowed", "write 12"),
    ("A04-mapping", "model={width:4}", "model = {width: 4} is not allowed", "model.KEY=VALUE"),
    ("A04-list", "model=[mlp,linear]", "model = [mlp, linear] is not allowed", "model=mlp,linear sweeps them"),
    ("A04-name", "name=3", "name = 3 is not allowed", "a text", "in quotes it is a text"),
    ("A04-bool", f"{CIFAR} resampling=disjoint data.n_train=50 data.grey=yes", "true or false", "write true"),
    ("A05", f"{MLP} model.width=0", "model.width = 0 is not allowed", "an integer of at least 1", "model.width=0"),
    ("A05-negative", f"{MLP} model.width=-4", "model.width = -4 is not allowed"),
    ("A06", f"{MLP} model.width=1e3", "write 1000", "command line: model.width=1e3"),
    ("A06-hex", f"{MLP} model.width=0x10", "write 16"),
    ("A08", f"{MLP} model.dropout=-0.1", "a number of at least 0 and below 1"),
    ("A09", f"{MLP} model.dropout=1", "p=1 drops every unit; the network output is constant", "below 1"),
    ("A09-float", f"{MLP} model.dropout=1.0", "p=1 drops every unit; the network output is constant"),
    ("A10", f"{MLP} model.dropout=nan", "model.dropout = nan is not finite"),
    ("A10-inf", f"{MLP} model.dropout=inf", "model.dropout = inf is not finite"),
    *[("A11", f"{MLP} training.lr={value}", "training.lr", "a number above 0")
      for value in ("0", "-1", "nan", "1e400")],
    ("A12", f"{MLP} training.epochs=0", "an integer of at least 1"),
    ("A12-negative", f"{MLP} training.epochs=-1", "an integer of at least 1"),
    ("A13", f"{MLP} training.batch_size=0", "training.batch_size = 0", "an integer of at least 1"),
    ("A14", f"{MLP} model.width=", "model.width = '' is not allowed", "command line: model.width="),
    ("A14-quotes", f"{MLP} model.width=''", "model.width = '' is not allowed"),
    ("A14-option", "model=", "no such option", "one of convnet"),
    ("A15", f"{MLP} model.width=[]", "the grid is empty"),
    ("A15-range", f"{MLP} model.width=range(0,0)", "the grid is empty"),
    ("A15-down", f"{MLP} model.width=range(5,1)", "the grid is empty"),
    ("A15-choice", f"{MLP} model.width=choice()", "is not an override", "empty choice"),
    ("A15-step", f"{MLP} model.width=range(0,5,0)", "a step that is not 0"),
    ("A15-nan", "training.weight_decay=range(nan,1)", "finite numbers"),
    ("A17", f"{MLP} model.width=range(1,2000000)", "1,999,999 cells x 20 replicates = 39,999,980 models exceeds "
     "limits.max_models=2000", "limits.max_models=39999980", "command line: model.width=range(1,2000000)"),
    ("A17-fraction", "training.weight_decay=range(0,1,1e-9)", "has more than 100,000 values"),
    ("A17-whole", f"{MLP} model.width=range(1,99999999999999999999)", "has more than 2,000,000 values"),
    ("A17-replicates", "replicates=100000000000", "exceeds limits.max_models=2000"),
    ("A19", "replicates=1", "replicates = 1", "at least 2", "a variance needs at least 2 replicates"),
    ("A19-seeds", "design=crossed design.seeds=1", "design.seeds = 1", "variance needs at least 2 of each"),
    ("A20", "replicates=0", "replicates = 0", "an integer of at least 2"),
    ("A20-negative", "replicates=-3", "replicates = -3", "an integer of at least 2"),
    ("A22", f"{CIFAR} resampling=bootstrap data.n_train=0", "data.n_train = 0", "there are 50,000 training images"),
    ("A22-one", f"{DIGITS} data.n_train=1", "data.n_train = 1", "there are 1,797 rows"),
    ("A22-many", f"{CIFAR} resampling=subsample data.n_train=60000", "the pool has 50,000", "at most 50000"),
    ("A23", f"{CIFAR} resampling=disjoint data.n_train=30000", "data.n_train = 30000 x replicates = 60",
     "the pool has 50,000", "at most 833", "resampling=bootstrap draws with replacement"),
    ("A23-none", "data=diabetes resampling=disjoint replicates=200", "fewer rows for each of 200 replicates"),
    ("A23-folds", f"{DIGITS} resampling=kfold resampling.folds=1000", "at most 201: leave-one-out"),
    ("A24", f"{DIGITS} data.label_noise=-0.1", "at least 0 and at most 1"),
    ("A24-large", f"{DIGITS} data.label_noise=1.5", "at least 0 and at most 1"),
    ("A25", "data.noise_std=-1", "data.noise_std = -1", "at least 0"),
    *[("A25-absurd", override, "at most", override.split("=")[0]) for override in (
        "data.noise_std=1e200", "data.signal=1e308", "model.weight_std=1e300", "training.weight_decay=1e300",
        "seed=99999999999999999999999", "interval.resamples=1000000000")],
    ("A25-depth", f"{MLP} model.depth=1000000", "at most 100"),
    ("A26", "loss=mea", "one of all, squared_error, zero_one", "did you mean squared_error?"),
    ("A26-mse", "loss=mse", "did you mean squared_error?"),
    ("A26-estimator", "estimator=unbaised", "estimator is not a configuration key", "`biasvar config` lists every key"),
    ("A26-option", "resampling=boostrap", "resampling=boostrap: no such option", "did you mean resampling=bootstrap?"),
    ("A26-study", "study=u_curv", "study=u_curv: no such option", "did you mean study=u_curve?"),
    ("A26-word", "u_curve", "there is no = in it", "study=u_curve chooses a preset"),
    ("A27", "loss=zero_one", "does not fit data=linear, which is regression", "one of all, squared_error"),
    ("A27-01", "loss=01", "did you mean zero_one?"),
    ("A27-entropy", f"{DIGITS} loss=cross_entropy", "with training=exact", "training=sgd trains with cross-entropy"),
    ("A27-parts", "components=data,init", "components is not a configuration key"),
    ("A27-vary", "design=crossed design.vary=[data,intt]", "intt is not allowed", "did you mean init?"),
    ("A29-name", f"{MLP} device=gpu", "device = gpu is not allowed", "cpu, cuda or cuda:N"),
    ("A30", "workers=0", "workers = 0", "at least 1"),
    ("A30-negative", "workers=-1", "workers = -1", "at least 1"),
    ("A33-after", "-- --dry-run", "--dry-run is an option", "options stand before `--`"),
    ("A33-unknown", "--dryrun", "No such option", "--dry-run"),
    ("A37", "seed=${seed}", "seed = ${seed}", "it asks for itself", "command line: seed=${seed}"),
    ("A37-two", "seed=${replicates} replicates=${seed}", "seed = ${replicates}", "replicates = ${seed}"),
    ("A37-missing", "seed=${missing.key}", "seed = ${missing.key}", "there is no key missing.key"),
    ("A37-resolver", "seed=${nosuch:1}", "there is no resolver nosuch"),
    ("A37-environment", "name=${oc.env:NOPE}", "name = ${oc.env:NOPE}", "values of the environment are not read"),
    ("A37-clock", "name=${now:%Y}", "now reads something that is no key"),
    ("A37-open", "name=${seed", "is not an override"),
    ("empty-out", "--out=", "it is empty"),
    ("no-key", "=3", "there is no key before the ="),
    ("quote", 'name="abc', "a quote that is opened must be closed"),
    ("comma", "training.weight_decay=0.1,,0.2", "is not an override"),
    ("interval", "training.weight_decay=interval(0,1)", "is not a list of values"),
    ("glob", "model.features=glob(*)", "is not a list of values"),
    ("swept-study", "study=u_curve,default", "a sweep is one study"),
    ("path", "study=../data/linear", "study = ../data/linear is not allowed", "the name of an option"),
    ("absolute", "data=/etc/passwd", "data = /etc/passwd is not allowed"),
    ("letters", "modèle.width=3", "modèle.width is not a configuration key"),
    ("primary", "--config-name=nosuch", "--config-name nosuch: no such configuration"),
    ("long", "name=" + "x" * 100_000 + ",b", "characters)"),
    ("controls", "name=\x1b[31m", "\\x1b[31m"),
]  # fmt: skip

WARNED = [  # what is allowed, and said
    ("A13", f"{MLP} training.batch_size=100000", "training.batch_size = 100000 is more than data.n_train = 100"),
    ("A23", "resampling=bootstrap data.n_train=20 data.n_pool=10 model.features=5", "every bootstrap sample repeats"),
    ("A23-all", "resampling=subsample data.n_train=1000 data.n_pool=1000 model.features=5", "is the whole pool"),
    ("A24", f"{DIGITS} model.features=5 data.label_noise=1", "data.label_noise = 1 flips every training label"),
    ("A30", "workers=10000", "workers = 10000 is more than the"),
    ("crossed", "design=crossed replicates=50 model.features=5", "replicates is not used: design=crossed has design"),
    ("pool", "data.n_pool=50", "data.n_pool is not used: resampling=fresh has no pool"),
    ("twice", "seed=1 seed=2", "seed stands there more than once: the last, seed=2, counts"),
    ("repeated", "model.features=5,5,6", "values of the axis model.features stand there more than once"),
]

ACCEPTED = {
    "A33-left": "-m seed=1 --dry-run",
    "A33-right": "--dry-run seed=1 -m",
    "A33-dashes": "--dry-run -- seed=1",
    "A33-m-after": "--dry-run -- seed=1 -m",
    "letters": "--dry-run name=héé🎉",
    "letters-quoted": '--dry-run name="é,b"',
    "spellings": f"--dry-run {MLP} model.width=1_000 training.lr=+.5",
    "casts": "--dry-run training.weight_decay=float(1)",
}


def arguments_of(overrides, *options):
    return ["sweep", *options, *(["name=" + overrides[5:]] if overrides.startswith("name=") else overrides.split(" "))]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What became of every command, from one process."""
    bad = [arguments_of(overrides) for _, overrides, *_ in ROWS]
    bad += [arguments_of(overrides, "--dry-run") for _, overrides, *_ in ROWS[::4]]
    said = [arguments_of(overrides, "--dry-run") for _, overrides, _ in WARNED]
    good = [["sweep", *overrides.split(" ")] for overrides in ACCEPTED.values()]
    commands = bad + said + good
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("batch.py")],
        input=json.dumps(commands),
        cwd=tmp_path_factory.mktemp("empty"),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return {tuple(command): answer for command, answer in zip(commands, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}:{row[1][:40]}" for row in ROWS])
def test_what_cannot_be_used_is_exit_2_with_one_clear_message_and_nothing_is_written(answers, row):
    _, overrides, *words = row
    real = answers[tuple(arguments_of(overrides))]
    assert real["code"] == 2
    for word in words:
        assert word in real["err"]
    assert "error: " in real["err"] and "Traceback" not in real["err"] and "\x1b" not in real["err"]
    assert real["err"].endswith("nothing was written\n") and len(real["err"]) < 10_000
    assert real["out"] == "" and real["left"] == []
    assert real["heavy"] == []


@pytest.mark.parametrize("row", ROWS[::4], ids=[f"{row[0]}:{row[1][:40]}" for row in ROWS[::4]])
def test_a_dry_run_says_the_same_of_what_cannot_be_used(answers, row):
    assert answers[tuple(arguments_of(row[1], "--dry-run"))] == answers[tuple(arguments_of(row[1]))]


@pytest.mark.parametrize("row", WARNED, ids=[f"{row[0]}:{row[1]}" for row in WARNED])
def test_what_may_not_be_meant_is_a_warning(answers, row):
    answer = answers[tuple(arguments_of(row[1], "--dry-run"))]
    assert answer["code"] == 0
    assert f"warning: {row[2]}" in answer["err"] or (row[2] in answer["err"] and "warning: " in answer["err"])
    assert "nothing was written" in answer["out"] and answer["left"] == []


@pytest.mark.parametrize("overrides", ACCEPTED.values(), ids=ACCEPTED)
def test_what_hydra_and_shells_allow_is_accepted_in_any_order(answers, overrides):
    answer = answers[("sweep", *overrides.split(" "))]
    assert answer["code"] == 0, answer["err"]
    assert "nothing was written" in answer["out"] and answer["left"] == []


SAMPLE = ["A01", "A05", "A17", "A26", "A37-environment", "long"]


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] in SAMPLE], ids=lambda row: row[0])
def test_a_process_of_its_own_answers_the_same(answers, biasvar, tmp_path, row):
    done = biasvar(*arguments_of(row[1]))
    assert done.returncode == 2
    assert done.stderr == answers[tuple(arguments_of(row[1]))]["err"]
    assert list(tmp_path.iterdir()) == []


def test_every_problem_is_said_at_once_with_where_each_came_from(biasvar):
    done = biasvar("sweep", *MLP.split(), "model.widht=4", "replicates=1", "training.lr=-1", "model.dropout=0.1,2")
    assert done.returncode == 2
    for text in ("model.widht=4", "replicates=1", "training.lr=-1", "model.dropout=0.1,2"):
        assert f"from   command line: {text}\n" in done.stderr
    assert done.stderr.count("error: ") == 4


def test_each_value_of_an_axis_is_looked_at_even_where_the_study_is_too_large(biasvar):
    done = biasvar("sweep", "model.features=5", "training.weight_decay=range(0,1000),abc,-3")
    assert done.returncode == 2 and "is a list that holds a range" in done.stderr
    done = biasvar("sweep", "training.weight_decay=0.1,abc,-3")
    assert "3,240 models exceeds" in done.stderr
    assert "training.weight_decay = abc" in done.stderr and "training.weight_decay = -3.0" in done.stderr


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "cuda:99999999999999999999"])
def test_a_device_that_is_not_here_is_exit_4_with_those_that_are(biasvar, tmp_path, device):
    done = biasvar("sweep", *MLP.split(), f"device={device}", "--dry-run", CUDA_VISIBLE_DEVICES="")
    assert done.returncode == 4
    assert f"device = {device} is not on this machine, which has cpu: device=cpu works everywhere" in done.stderr
    assert "Traceback" not in done.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["swep"], [], ["swep", "seed=1"]], ids=["swep", "no verb", "swep with override"])
def test_a_verb_that_does_not_exist_is_exit_2_with_the_one_that_may_be_meant(biasvar, tmp_path, arguments):
    done = biasvar(*arguments)
    assert done.returncode == 2
    assert "Usage: biasvar" in done.stderr and "sweep" in done.stderr and "Traceback" not in done.stderr
    assert not arguments or "did you mean sweep?" in done.stderr
    assert done.stdout == "" and list(tmp_path.iterdir()) == []


def test_a_dry_run_leaves_even_the_times_of_a_studys_folder_alone(biasvar, tmp_path):
    small = ["sweep", "study=u_curve", "model.degree=1,3", "replicates=3", "data.n_eval=20"]
    assert biasvar(*small).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))}
    done = biasvar(*small, "--dry-run")
    assert done.returncode == 0 and "6 done, 0 to train" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))} == before
