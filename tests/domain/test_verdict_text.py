import json

from hpsearch.domain.range_rule import judge
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.verdict_text import (
    judgement_of_table,
    judgement_table,
    verdict_of_table,
    verdict_table,
)
from tests.domain.observations import SPACE, drawn


def rising(configuration, random):
    return 0.1 * configuration["lr"] + float(random.normal(0, 1e-4))


def test_a_verdict_is_written_with_its_sides_bounds_and_evidence():
    verdict = judge(SPACE, drawn(60, 1, score=rising)).verdicts[0]
    table = verdict_table(verdict)
    assert {key: table[key] for key in ("action", "low_side", "high_side", "high")} == {
        "action": "widen",
        "low_side": "shrink",
        "high_side": "widen",
        "high": 10.0,
    }
    evidence = table["evidence"]
    assert evidence["from"] == {"low": 1e-4, "high": 1.0, "scale": "log"}
    assert evidence["to"] == {"low": table["low"], "high": 10.0, "scale": "log"}
    assert (evidence["reason"], evidence["trials"], evidence["elites"]) == ("evidence", 60, 12)
    assert evidence["counts"] == {"learned": 60, "slow": 0, "stuck": 0, "diverged": 0, "failed": 0}
    assert (evidence["high"]["end"], evidence["low"]["end"]) == ("limit", "open")
    assert evidence["sentence"] == verdict.sentence
    assert verdict_of_table("lr", json.loads(json.dumps(table))) == verdict


def test_choices_and_what_can_be_off_come_back():
    space = parse_space("activation,wd,optimizer=sgd|adam,lr,early_stopping")
    judgement = judge(space, drawn(60, 2, space), stage=2)
    table = json.loads(json.dumps(judgement_table(judgement), allow_nan=False))
    assert judgement_of_table(judgement.space, table) == judgement
    assert table["verdicts"]["activation"]["choices"] == ["relu", "leaky_relu", "tanh"]
    assert list(table["verdicts"]) == [
        "activation",
        "wd",
        "optimizer",
        "sgd.lr",
        "adam.lr",
        "early_stopping",
    ]


def test_a_judgement_is_written_with_its_stop():
    judgement = judge(SPACE, drawn(40, 3, score=lambda *_: 0.9), validation_rows=100)
    table = judgement_table(judgement)
    assert (table["stop"], table["tied"]) == ("plateau", 40)
    assert judgement_of_table(judgement.space, table) == judgement
