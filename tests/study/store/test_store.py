"""What the store trusts, what it repairs, and what it leaves alone."""

import json

import pytest

from biasvar.report.figures import draw_figures
from biasvar.study.plan import Job
from biasvar.study.run import run
from biasvar.study.store.store import Store, missing
from biasvar.training.train import failed, train


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    store.create()
    return store


def commit(store, job, bad=()):
    trained = {one.member.id: one for one in train(job.members)}
    store.commit(job, [failed(one, "bad luck") if one in bad else trained[one.id] for one in job.members], 0.1)


def test_members_that_failed_are_tried_in_every_run_whatever_the_names_of_their_shards(store, small_plan):
    members = list(small_plan(replicates=8).members.values())
    for bad, good in zip(members[::2], members[1::2], strict=True):
        commit(store, Job((bad, good)), bad=(bad,))  # the first run: one of two failed
        commit(store, Job((bad,)), bad=(bad,))  # the second: it failed again, alone
    there = store.repair(pytest.fail)
    again = missing(members, there)
    assert again == members[::2]
    assert not any(store.has(Job((one,))) for one in again), "or nobody would train them"
    assert store.count() == 12


def test_a_member_that_stands_in_two_shards_is_read_from_one_and_the_other_goes(store, small_plan):
    first, second = list(small_plan().members.values())[:2]
    commit(store, Job((first,)))
    commit(store, Job((first, second)))
    there = store.repair(pytest.fail)
    assert set(there) == {first.id, second.id} and all(one.outcome.ok for one in there.values())
    assert {one.id for one in (first, second)} == set(store.repair(pytest.fail))


def test_a_json_without_its_outputs_is_no_committed_job(store, small_plan):
    job = Job(tuple(list(small_plan().members.values())[:2]))
    commit(store, job)
    assert store.has(job)
    store.shard(job).with_suffix(".npz").unlink()
    assert not store.has(job)


@pytest.mark.parametrize("place", ["shards", "evaluation", "log", "shards/ab"])
def test_links_in_the_folder_are_refused_and_what_they_lead_to_is_untouched(tmp_path, small_plan, progress, place):
    victim = tmp_path / "victim"
    (victim / "slurm-results").mkdir(parents=True)
    (victim / "slurm-results" / "1_submitted.pkl").touch()
    (victim / ".precious.tmp").touch()
    (victim / f"{'ab' * 16}.npz").touch()
    link = tmp_path / "study" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(victim)
    with pytest.raises(OSError, match=f"{link.name} is a link"):
        run(tmp_path / "study", small_plan(), 1, progress)
    assert len(list(victim.rglob("*"))) == 4


def test_figures_that_became_a_link_are_refused_and_nothing_there_is_removed(tmp_path, small_plan, progress):
    run(tmp_path / "study", small_plan(), 1, progress)
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / ".mine.1-0a.tmp").touch()  # as of a process that is gone
    (tmp_path / "study" / "figures").symlink_to(tmp_path / "victim")
    for write in (
        lambda: run(tmp_path / "study", small_plan(replicates=5), 1, progress),
        lambda: draw_figures(None, tmp_path / "study"),
    ):
        with pytest.raises(OSError, match="figures is a link; expected a folder"):
            write()
    assert len(list((tmp_path / "victim").iterdir())) == 1


def test_damage_of_any_kind_is_told_and_ends_nothing(store, small_plan):
    jobs = [Job((one,)) for one in list(small_plan(replicates=7).members.values())[:7]]
    for job in jobs:
        commit(store, job)
    a, b, c, d, e, f, _ = (store.shard(job) for job in jobs)
    a.write_text(a.read_text().replace('"n_distinct": 20', '"n_distinct": 19'))
    b.write_text(json.dumps([1, 2]))
    c.write_text("[" * 100_000)
    d.write_bytes(b"\0" * 300)
    e.unlink()
    e.mkdir()
    f.with_suffix(".npz").unlink()
    f.with_suffix(".npz").mkdir()
    told = []
    assert len(store.index(told.append)) == 1
    assert sorted(text.split()[1] for text in told) == sorted(path.stem for path in (a, b, c, d, e, f))
