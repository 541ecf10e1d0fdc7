"""Makes the reports in this folder anew: `python -m docs.examples`, in a minute or two.

`notes` is `hpsearch start --space seed`, the search of the study notes on 500 digits. `tumours` is
a search on a table: ten measurements of 569 tumours (Wisconsin, 1993), which come with
scikit-learn, written as a CSV file with some cells left empty, as in tables of one's own. On the
same machine and with the same libraries the files come out byte for byte, but for the training
times.

`npm install --prefix docs/examples && node docs/examples/check.mjs docs/examples/*/report.html`
validates the pages, and looks for barriers in Chromium, if that is there.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

HERE = Path(__file__).parent
KEPT = ("report.html", "best.json", "best.toml", "best.tex")
STUDIES = {
    "notes": ["--space", "seed"],
    "tumours": [
        *("--data", "tumours.csv", "--target", "diagnosis"),
        *("--space", "lr,wd,dropout,width", "--trials", "60"),
    ],
}


def write_table(path: Path) -> None:
    """The measurements with names of columns and classes; one cell in fifty is left empty."""
    loaded = load_breast_cancer(as_frame=True)
    frame = loaded.data.iloc[:, :10].round(4)
    frame.columns = [each.removeprefix("mean ").replace(" ", "_") for each in frame.columns]
    is_lost = np.random.default_rng(0).random(frame.shape) < 0.02
    frame = frame.mask(is_lost)
    frame["diagnosis"] = loaded.target.map(dict(enumerate(loaded.target_names)))
    frame.to_csv(path, index=False)


def run(folder: str, *arguments: str) -> None:
    """One command of hpsearch in `folder`; what it says goes to the terminal."""
    print("$ hpsearch", shlex.join(arguments), flush=True)
    environment = {key: value for key, value in os.environ.items() if key != "HPSEARCH_STORAGE"}
    command = [sys.executable, "-m", "hpsearch", *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def main() -> None:
    """Run both studies in a temporary folder, and keep what their reports say."""
    with tempfile.TemporaryDirectory() as folder:
        write_table(Path(folder) / "tumours.csv")
        for name, arguments in STUDIES.items():
            run(folder, "start", *arguments, "--name", name)
            run(folder, "report", name, "-o", name)
            shutil.rmtree(HERE / name, ignore_errors=True)
            (HERE / name).mkdir()
            for each in KEPT:
                shutil.copy(Path(folder) / name / each, HERE / name / each)


if __name__ == "__main__":
    main()
