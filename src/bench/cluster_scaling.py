"""How the step of a cluster grows with its sums, fitted to measured runs, and what follows for machines that nobody measured."""

import json
import statistics
import sys
from pathlib import Path

import cluster_runs

HOME = Path(__file__).resolve().parents[2]
FLOAT = 4
MILLI, MEGA, GIGA, TERA = 1e3, 1e6, 1e9, 1e12
VOCABULARY = 30522
LENGTH, PREDICTIONS = 128, 20


def ring_bytes(parameters, workers):
    """What a worker sends in a ring's sum of all gradients: 2(n-1)/n times their bytes."""
    return 2 * (workers - 1) / workers * FLOAT * parameters


def least_squares(xs, ys):
    """Intercept and slope, neither below 0: a sum cannot take less than no time."""
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((x - mx) ** 2 for x in xs)
    slope = max(0.0, sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / spread) if spread else 0.0
    intercept = my - slope * mx
    if intercept < 0:
        intercept, slope = 0.0, sum(x * y for x, y in zip(xs, ys)) / sum(x * x for x in xs)
    return intercept, slope


def flops(config, sequences):
    """Matrix-product FLOPs of a training step, as graphbert counts them: in the last layer only those positions ask that the heads see."""
    h, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]

    def layer(asking):
        return 2 * LENGTH * h * h + 2 * asking * h * h + 2 * asking * LENGTH * h + 2 * asking * h * inner

    heads = PREDICTIONS * (h * h + h * VOCABULARY) + h * h + 2 * h
    return 3 * 2 * sequences * ((layers - 1) * layer(LENGTH) + layer(PREDICTIONS + 1) + heads)


def measure(options):
    """Steps of a cluster, and of as many processes side by side that do the same without each other."""
    points = []
    vocabulary = cluster_runs.request(options.data)["tokenizer"]["vocabulary_size"]
    for model in options.models.split(","):
        config = json.loads(Path(model).read_text())
        parameters = cluster_runs.parameters(config, vocabulary)
        for batch in map(int, options.batches.split(",")):
            settings = dict(model=model, steps=options.steps, log_every=options.log_every, checkpoint_every=10**9, threads=1)
            apart, clustered = [], []
            for _ in range(options.rounds):
                for sides, joined in ((apart, False), (clustered, True)):
                    run = cluster_runs.together(options, options.work / "scaling", options.workers, joined,
                                                batch_size=batch * (options.workers if joined else 1), **settings)
                    sides.append(cluster_runs.step_seconds(run, options.warm))
            points.append({
                "model": Path(model).stem, "parameters": parameters, "batch_size": batch * options.workers,
                "bytes": ring_bytes(parameters, options.workers), "compute_seconds": statistics.median(apart),
                "step_seconds": statistics.median(clustered)})
            print(f"{Path(model).stem}, {batch} sequences a worker: alone {points[-1]['compute_seconds'] * MILLI:,.1f} ms a step, "
                  f"clustered {points[-1]['step_seconds'] * MILLI:,.1f}", file=sys.stderr, flush=True)
    return points


def scaling(options):
    points = measure(options)
    fixed, slope = least_squares(
        [point["bytes"] for point in points], [point["step_seconds"] - point["compute_seconds"] for point in points])
    for point in points:
        point["fitted_seconds"] = point["compute_seconds"] + fixed + slope * point["bytes"]
    bandwidth = 1 / slope if slope else float("inf")
    fit = {
        "workers": options.workers, "fixed_seconds": fixed, "bytes_per_second": bandwidth,
        "largest_error": max(abs(point["fitted_seconds"] / point["step_seconds"] - 1) for point in points)}
    # Of a ring's 2(n-1) turns, each waits for the one before it.
    turn = fixed / (2 * (options.workers - 1))
    networks = [
        ("8 GPUs, NVLink", 8, options.nvlink * GIGA, 0.0), ("8 GPUs, PCIe", 8, options.pcie * GIGA, 0.0),
        ("32 machines, 100 Gbit/s, NCCL", 32, options.ethernet * GIGA, 0.0),
        ("32 machines, gRPC as fitted here", 32, min(bandwidth, options.ethernet * GIGA), turn)]
    projection = []
    for name in ("bert-base", "bert-large"):
        config = json.loads((HOME / "config" / f"{name}.json").read_text())
        parameters = cluster_runs.parameters(config, VOCABULARY)
        for sequences in map(int, options.device_batches.split(",")):
            compute = flops(config, sequences) / (options.teraflops * TERA)
            for network, workers, rate, wait in networks:
                sums = ring_bytes(parameters, workers) / rate + 2 * (workers - 1) * wait
                projection.append({
                    "model": name, "network": network, "workers": workers, "sequences_each": sequences, "compute_seconds": compute,
                    "sum_seconds": sums, "efficiency": compute / (compute + sums), "overlapped": compute / max(compute, sums)})
    return {"measured": points, "fit": fit, "projection": projection,
            "assumptions": assumptions(options)}


def assumptions(options):
    return [
        f"a GPU computes {options.teraflops:g} TFLOP/s of a step's matrix products, all else included (--teraflops)",
        f"{LENGTH} tokens a sequence, {PREDICTIONS} predictions, gradients summed in float32",
        f"a ring's rate from one to the next, in GB/s: NVLink {options.nvlink:g}, PCIe {options.pcie:g}, 100 Gbit/s "
        f"{options.ethernet:g} (--nvlink, --pcie, --ethernet)",
        "one GPU a machine where there are 32; every machine as fast as the others, the network nobody else's",
        "efficiency: all sums after the whole backward pass; overlapped: all of them hidden behind it",
        "gRPC's row: the rate and the wait of a turn that were fitted on this machine's loopback, processors busy",
    ]


def text(result):
    fit = result["fit"]
    lines = [f"{'model':12} {'batch':>6} {'MB sent':>8} {'compute ms':>11} {'step ms':>9} {'fitted ms':>10}"]
    for point in result["measured"]:
        lines.append(f"{point['model']:12} {point['batch_size']:6} {point['bytes'] / MEGA:8.1f} {point['compute_seconds'] * MILLI:11.1f} "
                     f"{point['step_seconds'] * MILLI:9.1f} {point['fitted_seconds'] * MILLI:10.1f}")
    lines.append(f"step = compute + {fit['fixed_seconds'] * MILLI:.1f} ms + bytes / {fit['bytes_per_second'] / GIGA:.2f} GB/s, "
                 f"{fit['workers']} workers; off by {fit['largest_error']:.0%} at most")
    lines += ["", "PROJECTION, nothing below was measured:", *("  " + assumption for assumption in result["assumptions"]), "",
              f"{'':34} {'each':>5} {'compute ms':>11} {'sums ms':>8} {'efficiency':>11} {'overlapped':>11}"]
    for row in result["projection"]:
        lines.append(f"{row['model']:11}{row['network'][:33]:34}"[:45].ljust(45) + f"{row['sequences_each']:6} {row['compute_seconds'] * MILLI:10.1f} "
                     f"{row['sum_seconds'] * MILLI:8.1f} {row['efficiency']:11.0%} {row['overlapped']:11.0%}")
    return "\n".join(lines)
