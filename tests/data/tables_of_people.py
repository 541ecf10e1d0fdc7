"""A made-up table with every kind of column."""

import numpy as np
import pandas as pd


def people(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows).astype(float)
    age[rng.random(rows) < 0.1] = np.nan
    city = rng.choice(["Rome", "Oslo", "Bonn", "Nice"], rows, p=[0.5, 0.3, 0.18, 0.02])
    city = np.where(rng.random(rows) < 0.1, None, city)
    days = pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "id": np.arange(rows) + 100,
            "name": [f"person {each}" for each in range(rows)],
            "age": age,
            "city": city,
            "member": rng.choice(["yes", "no"], rows),
            "joined": days,
            "planet": "Earth",
            "empty": np.nan,
            "family": rng.integers(0, 40, rows),
            "income": rng.lognormal(3, 1, rows),
            "churned": np.where(np.nan_to_num(age) + rng.normal(0, 9, rows) > 45, "stay", "go"),
        }
    )
