#!/usr/bin/env python3
"""Makes tables out of the check's results.

    python3 summary.py results.jsonl [results.jsonl ...] [--reference metrics.jsonl]

Several files are read one after another, as several calls left them. Of steps with several rounds the table has the medians. The
share is the model's matrix-product FLOPs a second over the rate that was measured on the same machine: a product of 8192 rows and
columns in PyTorch; where PyTorch did not run, the fastest of the model's own products in graphbert. Memory is the driver's count.
--reference: the CPU's metrics.jsonl of the same 500 steps, where it was made elsewhere.
"""

import argparse
import json
import re
import statistics
from pathlib import Path

LOSS = "masked_lm_loss"
EARLY = 100


def read(paths):
    """The last result of each step, in the order of their first lines; a step that passed is not undone by a later skip."""
    results = {}
    for path in paths:
        for line in Path(path).read_text().splitlines():
            result = json.loads(line)
            if result["step"] not in results or result["status"] != "skipped":
                results[result["step"]] = result
    return results


def text(paths, reference=None):
    results = read(paths)
    sections = [checks(results), speeds(results), curves(results, reference), not_run(results)]
    return "\n\n".join(section for section in sections if section) + "\n"


def checks(results):
    lines = []
    for name in ("cuda-machine", "cuda-12", "doctor", "golden", "more-tests"):
        if (result := results.get(name)) and result["status"] != "skipped":
            tests = result.get("tests") or {}
            counted = f"{tests.get('successful', 0)} of {tests.get('found', 0)} tests passed, " if tests else ""
            where = {True: "on the GPU, ", False: "on the CPU, "}.get(result.get("on_gpu"), "")
            why = f": {result['why']}" if "why" in result else ""
            lines.append(f"{name}: {result['status']}, {counted}{where}{result['seconds']} s{why}")
    return "\n".join(lines)


def speeds(results):
    """tokens/s, TFLOP/s, share and memory of each pair of sides."""
    rates = measured_rates(results)
    rows = {}
    for result in results.values():
        facts, figures = result.get("facts") or {}, result.get("figures") or {}
        if result["status"] != "passed" or "model" not in facts or "tokens_per_second" not in figures:
            continue
        key = (facts["model"], facts["sequence_length"], facts["precision"], figures["batch_size"], facts["side"])
        rows.setdefault(key, []).append((figures, result.get("device_mib")))
    if not rows:
        return ""
    lines = ["| model | S | precision | B | | tokens/s | TFLOP/s | share | memory |", "|---|---:|---|---:|---|---:|---:|---:|---:|"]
    for (model, length, precision, batch, side), found in rows.items():
        tokens, flops = (statistics.median(figures[name] for figures, _ in found) for name in ("tokens_per_second", "teraflops_per_second"))
        rate = rates.get(precision) or max(figures["product_teraflops_per_second"] for figures, _ in found)
        memory = max((mib or 0 for _, mib in found), default=0)
        lines.append(f"| {model} | {length} | {precision} | {batch} | {side} | {tokens:,.0f} | {flops:.1f} | {100 * flops / rate:.0f}% | "
                     f"{f'{memory / 1024:.1f} GiB' if memory else '-'} |")
    for precision, rate in rates.items():
        lines.append(f"\nMeasured rate of products in {precision}: {rate:.0f} TFLOP/s.")
    return "\n".join(lines)


def measured_rates(results):
    """PyTorch's square products, by precision: the median over its runs."""
    found = {}
    for name, result in results.items():
        figures = result.get("figures") or {}
        if result["status"] == "passed" and "-torch-" in name and figures.get("product_teraflops_per_second"):
            found.setdefault(result["facts"]["precision"], []).append(figures["product_teraflops_per_second"])
    return {precision: statistics.median(rates) for precision, rates in found.items()}


def curve(metrics):
    """Step and masked LM loss of each training point of a metrics.jsonl, and the last evaluation's."""
    train, held_out = [], None
    for line in Path(metrics).read_text().splitlines():
        point = json.loads(line)
        if point.get("event") == "train" and LOSS in point:
            train.append([point["step"], point[LOSS]])
        elif point.get("event") == "held_out" and LOSS in point:
            held_out = point[LOSS]
    return {"train": train, "held_out": held_out}


def curves(results, reference):
    """How each curve fell, and how far it lies from the CPU's."""
    found = {name: result["curve"] for name, result in results.items() if (result.get("curve") or {}).get("train")}
    if reference:
        found["curve-cpu"] = curve(reference)
    if not found:
        return ""
    lines = ["| curve | first | last | step | held out | from the CPU's over the first steps |", "|---|---:|---:|---:|---:|---|"]
    for name, points in found.items():
        train = points["train"]
        held_out = f"{points['held_out']:.3f}" if points["held_out"] is not None else "-"
        lines.append(f"| {name} | {train[0][1]:.3f} | {train[-1][1]:.3f} | {train[-1][0]} | {held_out} | "
                     f"{'' if name == 'curve-cpu' else distance(points, found.get('curve-cpu'))} |")
    return "\n".join(lines)


def distance(points, cpu):
    """The mean and the largest relative difference of two curves, over the steps that both have up to a hundred, and over all."""
    if not cpu:
        return "no curve of the CPU"
    expected = dict(cpu["train"])
    common = [(step, abs(loss - expected[step]) / expected[step]) for step, loss in points["train"] if step in expected]
    early = [gap for step, gap in common if step <= EARLY]
    if not early:
        return "no steps in common"
    return (f"mean {statistics.fmean(early):.1e}, at most {max(early):.1e} up to step {min(EARLY, common[-1][0])}; "
            f"mean {statistics.fmean(gap for _, gap in common):.1e} up to step {common[-1][0]}")


def not_run(results):
    lines = [f"{name}: {result['status']}: {result.get('why', '')}" for name, result in results.items()
             if result["status"] != "passed" and not re.match(r"golden|more-tests|doctor|cuda-", name)]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--reference", type=Path)
    arguments = parser.parse_args()
    print(text(arguments.results, arguments.reference), end="")


if __name__ == "__main__":
    main()
