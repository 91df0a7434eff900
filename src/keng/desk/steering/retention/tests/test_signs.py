"""Of signs, what is about persons goes first: evidence, then suspicions, then the runs with their counts."""

from __future__ import annotations

from keng.conftest import MULE
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.signs import actions
from keng.desk.fraud.signs.models import Citation, Evidence, Run, Suspected, Switch
from keng.desk.fraud.signs.tests.test_citing import preserve
from keng.desk.fraud.signs.tests.test_signs import keep, make_live
from keng.desk.steering.retention import actions as retention
from keng.desk.steering.retention.kinds import PRUNINGS


def test_what_is_about_persons_goes_first(cast):
    make_live(cast)
    keep(cast, "b" * 64)
    actions.take_suspects(cast.bank, [actions.Suspect(MULE, 2, 1)], actor="partner:970436", now=cast.clock.at)
    retention.run(now=cast.clock.pass_by(days=91))
    assert (Evidence.objects.count(), Run.objects.count(), Suspected.objects.count()) == (0, 2, 1)
    retention.run(now=cast.clock.pass_by(days=100))
    assert Suspected.objects.count() == 0
    retention.run(now=cast.clock.pass_by(days=200))
    assert (Run.objects.count(), Switch.objects.get().run) == (0, None)


def test_what_a_sign_said_goes_with_the_object_of_the_measure_that_cites_it(cast):
    report = cast.report().report
    make_live(cast)
    keep(cast, "b" * 64)
    ident = actions.look(cast.first, MULE, "xét", now=cast.clock.at).evidence[0].ident
    measure = actions.propose_measure(cast.first, ident, preserve(report), now=cast.clock.at)
    measures.withdraw(cast.first, measure.pk, "nhầm", now=cast.clock.at)

    pruning = PRUNINGS["measures.Measure"]
    assert pruning.prune(pruning.due(cast.clock.at)) == 1
    cited = Citation.objects.get()
    assert (cited.vi, cited.en, cited.sign) == ("", "", "S3")
