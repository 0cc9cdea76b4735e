#!/usr/bin/env python3
"""Pre-training with several worker processes on this machine: how fast, how it scales, what kills do to it, how it learns.

    python3 src/bench/cluster.py throughput --data tfrecords/NAME --work DIR [--model config/bert-mini.json] [--rounds 5]
    python3 src/bench/cluster.py scaling    --data tfrecords/NAME --work DIR [--models FILE,...]
    python3 src/bench/cluster.py kills      --data tfrecords/NAME --work DIR [--kills 10] [--seed N]
    python3 src/bench/cluster.py curve      --data tfrecords/NAME --work DIR --eval-data tfrecords/NAME-held-out

throughput: whole runs by turns, in rounds, so that whatever slows the machine slows all: one process with the whole batch; two
workers with half of it each; and two processes with half of it each that know nothing of each other. All compute on one thread.
Steps are timed by the run's own log. The ratio of tokens/s, two workers to one process; and the share of communication: how
much longer the workers' step takes than that of the two processes, which compute the same side by side, memory and caches
shared, but sum nothing and wait for nobody. --pin keeps every process on a core of its own, its helper threads too.
scaling: the same for several models and batches; step = compute + fixed + bytes / bandwidth is fitted, bytes being what a ring
sends, 2(n-1)/n times the gradients. What follows for other machines is a projection, and its assumptions are printed.
kills: two workers under launch --restart; one of them, the chief too, is killed (SIGKILL) again and again, at random moments.
The final checkpoint must be that of a run left alone, byte for byte: weights, slots and step; if not, the exit code is 1.
curve: one process and two workers on the same data; held-out figures beside each other, and the largest difference.

What stands after -- are more options of pretrain. Needs Python's standard library only.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

# Python's own tokenize, not the one beside this file.
sys.path.append(sys.path.pop(0))

import cluster_kills
import cluster_runs
import cluster_scaling

HOME = Path(__file__).resolve().parents[2]
CONFIG = HOME / "config"
FIGURES = ("masked_lm_loss", "masked_lm_accuracy", "next_sentence_loss", "next_sentence_accuracy")


def parse():
    own, more = sys.argv[1:], []
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1], formatter_class=argparse.RawDescriptionHelpFormatter)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", required=True, help="a data set")
    common.add_argument("--work", required=True, type=Path, help="for the runs, which are removed with what was there before")
    common.add_argument("--workers", type=int, default=2)
    common.add_argument("--graphbert", type=Path, default=cluster_runs.LAUNCHER, help="the launcher (default: this checkout's)")
    common.add_argument("--json", action="store_true")
    timed = argparse.ArgumentParser(add_help=False)
    timed.add_argument("--steps", type=int, default=60)
    timed.add_argument("--warm", type=int, default=20, help="steps before the first that counts (default: %(default)s)")
    timed.add_argument("--log-every", type=int, default=5)
    timed.add_argument("--pin", action="store_true")
    modes = parser.add_subparsers(dest="mode", required=True)
    mode = modes.add_parser("throughput", parents=[common, timed])
    mode.add_argument("--model", default=str(CONFIG / "bert-mini.json"))
    mode.add_argument("--batch-size", type=int, default=32, help="of the whole batch")
    mode.add_argument("--rounds", type=int, default=5)
    mode = modes.add_parser("scaling", parents=[common, timed])
    mode.add_argument("--models", default=",".join(str(CONFIG / f"bert-{size}.json") for size in ("tiny", "mini", "small")))
    mode.add_argument("--batches", default="4,16", help="of each worker")
    mode.add_argument("--rounds", type=int, default=2)
    mode.add_argument("--teraflops", type=float, default=240, help="that a GPU sustains in a whole step (default: %(default)s)")
    mode.add_argument("--nvlink", type=float, default=200, help="GB/s in a ring (default: %(default)s)")
    mode.add_argument("--pcie", type=float, default=12, help="GB/s in a ring (default: %(default)s)")
    mode.add_argument("--ethernet", type=float, default=10, help="GB/s in a ring, of 12.5 (default: %(default)s)")
    mode.add_argument("--device-batches", default="32,128", help="sequences of each GPU")
    mode = modes.add_parser("kills", parents=[common])
    mode.add_argument("--model", default=str(CONFIG / "bert-tiny.json"))
    mode.add_argument("--steps", type=int, default=1000)
    mode.add_argument("--batch-size", type=int, default=32)
    mode.add_argument("--checkpoint-every", type=int, default=20)
    mode.add_argument("--kills", type=int, default=10)
    mode.add_argument("--stretch", type=int, default=60, help="most steps of training before a kill")
    mode.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    mode = modes.add_parser("curve", parents=[common])
    mode.add_argument("--eval-data", required=True)
    mode.add_argument("--model", default=str(CONFIG / "bert-mini.json"))
    mode.add_argument("--steps", type=int, default=600)
    mode.add_argument("--batch-size", type=int, default=32)
    mode.add_argument("--eval-every", type=int, default=100)
    options = parser.parse_args(own)
    options.more = more
    options.work = options.work.resolve()
    return options


def throughput(options):
    whole, part = options.batch_size, options.batch_size // options.workers
    if whole % options.workers:
        sys.exit(f"--batch-size {whole} is not a multiple of --workers {options.workers}")
    length = cluster_runs.sequence_length(options.data)
    settings = dict(model=options.model, steps=options.steps, log_every=options.log_every, checkpoint_every=10**9, threads=1)
    sides = {"one": (1, False, whole), "workers": (options.workers, True, whole), "apart": (options.workers, False, part)}
    rounds = []
    for number in range(options.rounds):
        seconds = {}
        for name, (count, joined, batch) in sides.items():
            run = cluster_runs.together(options, options.work / name, count, joined, batch_size=batch, **settings)
            seconds[name] = cluster_runs.step_seconds(run, options.warm)
        rounds.append({"step_seconds": seconds, "ratio": seconds["one"] / seconds["workers"],
                       "ratio_without_sums": seconds["one"] / seconds["apart"],
                       "communication_share": 1 - seconds["apart"] / seconds["workers"]})
        print(f"round {number + 1}: ratio {rounds[-1]['ratio']:.2f}, communication {rounds[-1]['communication_share']:.1%}", file=sys.stderr, flush=True)
    medians = {key: statistics.median(found[key] for found in rounds) for key in ("ratio", "ratio_without_sums", "communication_share")}
    return {"model": options.model, "batch_size": whole, "sequence_length": length, "workers": options.workers, "pinned": options.pin,
            "processors": os.cpu_count(),
            "tokens_per_second": {name: whole * length / statistics.median(found["step_seconds"][name] for found in rounds) for name in sides},
            **medians, "rounds": rounds}


def throughput_text(result):
    rates, rounds = result["tokens_per_second"], result["rounds"]

    def figure(key, form):
        values = [found[key] for found in rounds]
        return f"{result[key]:{form}} ({min(values):{form}} to {max(values):{form}})"

    return "\n".join([
        f"{Path(result['model']).stem}, {result['batch_size']} sequences of {result['sequence_length']}, one thread a process, {len(rounds)} rounds; tokens/s:",
        f"one process {rates['one']:,.0f}; {result['workers']} workers {rates['workers']:,.0f}; {result['workers']} processes apart {rates['apart']:,.0f}",
        f"workers to one process: {figure('ratio', '.2f')}; without sums it would be {figure('ratio_without_sums', '.2f')}",
        f"communication: {figure('communication_share', '.1%')} of a worker's step"])


def curve(options):
    settings = dict(model=options.model, steps=options.steps, batch_size=options.batch_size, eval_data=options.eval_data,
                    eval_every=options.eval_every, checkpoint_every=10**9)
    options.pin = False
    one = cluster_runs.together(options, options.work / "one", 1, False, **settings)
    several = cluster_runs.together(options, options.work / "workers", options.workers, True, threads=1, **settings)
    points, largest = [], {}
    for first, second in zip(cluster_runs.lines(one, "held_out"), cluster_runs.lines(several, "held_out"), strict=True):
        for name in FIGURES:
            if name in first:
                points.append({"step": first["step"], "figure": name, "one": first[name], "workers": second[name]})
                largest[name] = max(largest.get(name, 0), abs(first[name] - second[name]))
    return {"model": options.model, "workers": options.workers, "points": points, "largest_difference": largest}


def curve_text(result):
    lines = [f"{'step':>6} {'figure':24} {'one process':>14} {str(result['workers']) + ' workers':>14} {'difference':>11}"]
    for point in result["points"]:
        lines.append(f"{point['step']:6} {point['figure']:24} {point['one']:14.7f} {point['workers']:14.7f} {point['workers'] - point['one']:11.1e}")
    return "\n".join([*lines, "largest: " + ", ".join(f"{name} {found:.1e}" for name, found in result["largest_difference"].items())])


def main():
    options = parse()
    modes = {"throughput": (throughput, throughput_text), "scaling": (cluster_scaling.scaling, cluster_scaling.text),
             "kills": (cluster_kills.kills, cluster_kills.text), "curve": (curve, curve_text)}
    measure, text = modes[options.mode]
    result = measure(options)
    print(json.dumps(result, indent=2) if options.json else text(result))
    sys.exit(1 if result.get("different") else 0)


if __name__ == "__main__":
    main()
