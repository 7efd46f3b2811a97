#!/usr/bin/env python3
"""Trains model.json, the default model of tick_to_trade, on the embedded exchange's own flow.

    pip install xgboost-cpu==3.2.0 numpy
    cargo build --release --example tick_to_trade
    python3 examples/tick_to_trade/train.py target/release/examples/tick_to_trade

The target is the mid price 30 rows later against the mid now, in ticks. Three seeds train, a fourth tests; the
example itself runs on seed 1, which the model has never seen.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy
import xgboost

NAMES = (["spread_ticks", "imb1", "imb3", "imb5", "imb10", "cnt_imb1"]
         + [f"bsz{level}" for level in range(1, 6)] + [f"asz{level}" for level in range(1, 6)]
         + ["bavg1", "aavg1", "ofi10", "ofi50", "dmid5", "dmid20", "dmid100"])
AHEAD = 30
TREES = 32


def rows(program: str, seed: int, packets: int = 60_000):
    """The features and the targets of one day."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rows.f32"
        subprocess.run([program, "--seed", str(seed), "--packets", str(packets), "--dump-rows", str(path)],
                       check=True, stdout=subprocess.DEVNULL)
        table = numpy.fromfile(path, dtype="<f4").reshape(-1, len(NAMES) + 1)
    features, mid = table[:-AHEAD, :-1], table[:, -1]
    return features, mid[AHEAD:] - mid[:-AHEAD]


def main():
    program = sys.argv[1]
    days = [rows(program, seed) for seed in (101, 102, 103)]
    features, target = (numpy.concatenate(part) for part in zip(*days))
    train = xgboost.DMatrix(features, label=target, feature_names=NAMES)
    settings = {"objective": "reg:squarederror", "max_depth": 5, "eta": 0.15, "min_child_weight": 200,
                "gamma": 20.0, "subsample": 0.7, "seed": 7, "nthread": 1, "tree_method": "hist"}
    model = xgboost.train(settings, train, num_boost_round=TREES)
    features, target = rows(program, 104)
    margin = model.predict(xgboost.DMatrix(features, feature_names=NAMES), output_margin=True)
    sure = numpy.abs(margin) >= 0.75
    print(f"target: standard deviation {target.std():.3f} ticks")
    print(f"test day: correlation {numpy.corrcoef(margin, target)[0, 1]:.3f}, orders on {100 * sure.mean():.1f} % of rows, "
          f"which then gain {(numpy.sign(margin) * target)[sure].mean():.2f} ticks on average")
    path = pathlib.Path(__file__).with_name("model.json")
    model.save_model(path)
    print(f"{path.name}: {path.stat().st_size} bytes, {TREES} trees")


main()
