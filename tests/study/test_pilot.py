import pytest

from biasvar.study.pilot import SPREAD, nearest, pilot, shortened
from biasvar.study.plan import pack, plan


@pytest.fixture
def networks(settings):
    cells = [
        ({"w": w}, settings(model={"kind": "mlp", "width": w}, training={"kind": "sgd", "epochs": 40})) for w in (2, 8)
    ]
    return plan(cells)


def test_a_pilot_gives_a_range_and_counts_what_it_trained(small_plan, networks):
    for study in (small_plan(replicates=20), networks):
        found = pilot(pack(study.members.values()), 2)
        assert 0 < found.shortest < found.longest
        assert found.longest == pytest.approx(SPREAD**2 * found.shortest)
        assert found.members >= 1


def test_more_members_take_longer_and_more_workers_less(small_plan, monkeypatch):
    monkeypatch.setattr("biasvar.study.pilot.pace_of", lambda job, end: (1e8, 1))
    few, many = (pack(small_plan(replicates=replicates).members.values()) for replicates in (50, 500))
    assert pilot(many, 1).longest == pytest.approx(10 * pilot(few, 1).longest)
    assert len(many) >= 2 and pilot(many, 2).longest == pytest.approx(pilot(many, 1).longest / 2)


def test_networks_are_shortened_to_fewer_epochs_and_closed_forms_are_not(small_plan, networks):
    (network, *_), (closed, *_) = (list(study.members.values()) for study in (networks, small_plan()))
    assert shortened(network, 3).training.epochs == 3
    assert shortened(network, 40) is network and shortened(closed, 1) is closed


def test_a_job_takes_the_pace_of_the_nearest_size():
    assert [nearest({10.0: 1.0, 1000.0: 2.0}, size) for size in (1, 90, 110, 1e9)] == [1, 1, 2, 2]


def test_compiling_is_no_part_of_the_estimate_and_is_distinct(networks, monkeypatch):
    """With a cold cache the pace of a minute of compiling made 45 hours of seconds of work."""
    jobs, clock = pack(networks.members.values()), [0.0]

    def compiles(self, member, compiling):
        compiling()
        clock[0] += 60.0

    def trains(members):
        clock[0] += 0.1

    monkeypatch.setattr("biasvar.study.pilot.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("biasvar.study.pilot.train", trains)
    warm = pilot(jobs, 2)
    assert warm.compiling == 0
    monkeypatch.setattr("biasvar.training.kernel.trainer.Kernel.prepare", compiles)
    cold = pilot(jobs, 2)
    assert cold.compiling == 60.0 * len({job.id for job in jobs[:3]})
    assert (cold.shortest, cold.longest) == pytest.approx((warm.shortest, warm.longest))
