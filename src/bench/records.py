"""Statistics of TFRecords as create_pretraining_data.py writes them, and whether two samples of them agree."""

import glob
import math
import statistics

import numpy as np
import tensorflow as tf

CLASS_WIDTH = 16
BATCH = 1024


def examples(pattern, length, predictions):
    """The columns of all records, as arrays: [records, length], [records, predictions] or [records]."""
    features = {
        name: tf.io.FixedLenFeature([size], kind)
        for name, size, kind in [
            ("input_ids", length, tf.int64), ("input_mask", length, tf.int64), ("segment_ids", length, tf.int64),
            ("masked_lm_positions", predictions, tf.int64), ("masked_lm_ids", predictions, tf.int64),
            ("masked_lm_weights", predictions, tf.float32), ("next_sentence_labels", 1, tf.int64)]}
    parts = [
        {name: column.numpy() for name, column in tf.io.parse_example(batch, features).items()}
        for batch in tf.data.TFRecordDataset(sorted(glob.glob(pattern))).batch(BATCH)]
    return {name: np.concatenate([part[name] for part in parts]) for name in features}


def figures(columns, mask_id, megabytes, copies):
    """The statistics of one run, by name."""
    lengths = columns["input_mask"].sum(1)
    full = columns["input_ids"].shape[1]
    not_next = columns["next_sentence_labels"][:, 0]
    counted = columns["masked_lm_weights"] > 0
    shown = np.take_along_axis(columns["input_ids"], columns["masked_lm_positions"], 1)[counted]
    hidden = columns["masked_lm_ids"][counted]
    found = {
        "records per MB and copy": len(lengths) / megabytes / copies,
        "tokens per record": lengths.mean(),
        "share shorter than 90%": (lengths < 0.9 * full).mean(),
        "share of full length": (lengths == full).mean(),
        "tokens of the first segment": (columns["input_mask"] - columns["segment_ids"]).sum(1).mean(),
        "NotNext": not_next.mean(),
        "predictions per record": counted.sum(1).mean(),
        "predictions per token": counted.sum() / lengths.sum(),
        "predictions shown as [MASK]": (shown == mask_id).mean(),
        "predictions kept": (shown == hidden).mean(),
        "predictions shown at random": ((shown != mask_id) & (shown != hidden)).mean(),
        "mean position of predictions": (columns["masked_lm_positions"][counted]).mean(),
    }
    for first in range(0, full, CLASS_WIDTH):
        inside = (lengths > first) & (lengths <= first + CLASS_WIDTH)
        name = f"{first + 1}-{first + CLASS_WIDTH} tokens"
        found[f"share of {name}"] = inside.mean()
        if inside.sum() >= 100:
            found[f"NotNext in {name}"] = not_next[inside].mean()
    return {name: float(value) for name, value in found.items()}


def compare(reference, ours):
    """Welch's two-sample test of each statistic over the runs: rows (name, mean, mean, z, p), smallest p first."""
    rows = []
    for name in reference[0]:
        if all(name in run for run in reference + ours):
            a = [run[name] for run in reference]
            b = [run[name] for run in ours]
            t, p = welch(a, b)
            rows.append((name, statistics.mean(a), statistics.mean(b), t, p))
    return sorted(rows, key=lambda row: row[-1])


def welch(a, b):
    """t and its two-sided p value; runs that do not vary have to be equal."""
    va = statistics.variance(a) / len(a)
    vb = statistics.variance(b) / len(b)
    difference = statistics.mean(b) - statistics.mean(a)
    if va + vb == 0:
        return (0.0, 1.0) if difference == 0 else (math.inf, 0.0)
    t = difference / math.sqrt(va + vb)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return t, tail(abs(t), freedom)


def tail(t, freedom, steps=20_000):
    """Student's two-sided tail: 2 times the integral of the density beyond t, with x = sqrt(freedom) tan(angle)."""
    start = math.atan(t / math.sqrt(freedom))
    width = (math.pi / 2 - start) / steps
    area = sum(math.cos(start + (i + 0.5) * width) ** (freedom - 1) for i in range(steps)) * width
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    return min(1.0, 2 * scale * area)
