import csv
import io
import json

import numpy as np

from hpsearch.reporting.predictions import predictions_csv, predictions_json

SHARES = np.array([[0.25, 0.75], [1 / 3, 2 / 3]])


def test_one_line_per_row_below_a_header():
    assert predictions_csv(np.array([3, 1]), ("1", "3")) == "prediction\n3\n1\n"
    assert predictions_csv(np.array([0.1, 2.5]), ()) == "prediction\n0.1\n2.5\n"


def test_classes_with_commas_and_quotes_stay_whole():
    names = ("a,b", 'c"d')
    text = predictions_csv(np.array(names), names, SHARES)
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["prediction", "probability_a,b", 'probability_c"d']
    assert rows[1:] == [["a,b", "0.25", "0.75"], ['c"d', "0.333333", "0.666667"]]


def test_json_has_an_object_for_each_row():
    values = json.loads(predictions_json(np.array(["no", "yes"]), ("no", "yes"), SHARES))
    assert values[0] == {"prediction": "no", "probabilities": {"no": 0.25, "yes": 0.75}}
    assert json.loads(predictions_json(np.array([True]), ("False", "True"))) == [
        {"prediction": True}
    ]
