#!/usr/bin/env python3
"""Compares graphbert's pre-training with PyTorch's: how fast it is, and how it learns.

    pip install torch transformers numpy
    python src/bench/pretrain.py speed --model config/bert-mini.json --vocab-size 8192
    python src/bench/pretrain.py learn --model config/bert-mini.json --data tfrecords/corpus --eval-data tfrecords/corpus-held-out --run runs/torch

speed: the same model, batch, precision and threads on all sides, dropout on, whole steps: forward, backward, clipping, AdamW.
Each side is a process of its own; they run in turns, so that whatever slows the machine slows all; the medians of the rounds,
and graphbert's tokens/s over each one's, the median of the rounds' ratios. The sides:
  graphbert      graphbert bench pretrain; --graphbert NAME=LAUNCHER adds builds of it, --graphbert-options goes to all
  torch          written for speed: one product for q, k, v; scaled_dot_product_attention; logits at the predictions alone; fused AdamW
  torch-compile  the same through torch.compile
  transformers   Hugging Face's BertForPreTraining
learn: trains the model of side torch on a data set of graphbert's with AdamW (bias-corrected) and google-research/bert's
schedule, and writes metrics.jsonl into a run directory, which graphbert plot draws. A run that was interrupted goes on where
its state was saved last, every 250 steps.

graphbert itself needs none of these packages.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

# Python's own tokenize, not the one beside this file.
sys.path.append(sys.path.pop(0))

LAUNCHER = Path(__file__).resolve().parents[2] / "graphbert"
SIDES = ("torch", "torch-compile", "transformers")
WARM_UP_SECONDS = 3
WARM_UP_STEPS = 5
PREDICTIONS = 20


def main():
    arguments = parse()
    if arguments.mode == "speed":
        speed(arguments)
        return
    import torch

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.mode == "learn":
        import torch_learn

        torch_learn.learn(model(arguments), arguments)
    else:
        print(json.dumps(side(arguments)))


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(dest="mode", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--model", type=Path, required=True, help="a configuration, config/bert-mini.json")
    common.add_argument("--vocab-size", type=int, help="instead of the configuration's")
    common.add_argument("--batch-size", type=int, default=32)
    common.add_argument("--threads", type=int, default=0, help="0: all processors")
    common.add_argument("--seed", type=int, default=12345)
    for name in ("speed", "side"):
        mode = modes.add_parser(name, parents=[common], help="how fast" if name == "speed" else "one of speed's sides")
        mode.add_argument("--sequence-length", type=int, default=128)
        mode.add_argument("--steps", type=int, default=20, help="timed steps of a round")
        mode.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
        if name == "speed":
            mode.add_argument("--rounds", type=int, default=5)
            mode.add_argument("--sides", default=",".join(SIDES), help="of PyTorch; default: %(default)s")
            mode.add_argument("--graphbert", action="append", metavar="NAME=LAUNCHER", help="a build of graphbert, repeatable")
            mode.add_argument("--graphbert-options", default="", help="more for graphbert bench pretrain")
            mode.add_argument("--json", action="store_true")
        else:
            mode.add_argument("--side", choices=SIDES, required=True)
    mode = modes.add_parser("learn", parents=[common], help="how it learns")
    mode.add_argument("--data", type=Path, required=True)
    mode.add_argument("--eval-data", type=Path, required=True)
    mode.add_argument("--run", type=Path, required=True)
    mode.add_argument("--steps", type=int, default=4000)
    mode.add_argument("--learning-rate", type=float, default=5e-4)
    mode.add_argument("--warmup-steps", type=int, default=400)
    mode.add_argument("--eval-every", type=int, default=250)
    mode.add_argument("--log-every", type=int, default=10)
    return parser.parse_args()


def model(arguments):
    config = json.loads(arguments.model.read_text())
    if arguments.mode == "learn" and not arguments.vocab_size:
        tokenizer = arguments.data / "manifest.json"
        arguments.vocab_size = json.loads(tokenizer.read_text())["request"]["tokenizer"]["vocabulary_size"]
    return {**config, "vocab_size": arguments.vocab_size or config["vocab_size"]}


def side(arguments):
    """The median time of a step of one of PyTorch's sides, on random tokens."""
    import torch

    import torch_bert

    config = model(arguments)
    torch.manual_seed(arguments.seed)
    if arguments.side == "transformers":
        training = torch_bert.Stock(config, arguments.precision)
    else:
        training = torch_bert.Fast(config, arguments.side == "torch-compile", arguments.precision)
    b, s = arguments.batch_size, arguments.sequence_length
    batch = torch_bert.random_batch(config, b, s, PREDICTIONS)
    begun, warm = time.perf_counter(), 0
    while warm < WARM_UP_STEPS or time.perf_counter() - begun < WARM_UP_SECONDS:
        training.step(batch)
        warm += 1
    seconds, processor = [], time.process_time()
    for _ in range(arguments.steps):
        begun = time.perf_counter()
        training.step(batch)
        seconds.append(time.perf_counter() - begun)
    median = statistics.median(seconds)
    return {
        "step_seconds": median, "cpu_seconds": (time.process_time() - processor) / arguments.steps,
        "tokens_per_second": b * s / median, "threads": torch.get_num_threads()}


def speed(arguments):
    sides = {}
    shared = ["--model", str(arguments.model), "--batch-size", str(arguments.batch_size), "--threads", str(arguments.threads),
              "--sequence-length", str(arguments.sequence_length), "--steps", str(arguments.steps),
              "--precision", arguments.precision, "--seed", str(arguments.seed)]
    if arguments.vocab_size:
        shared += ["--vocab-size", str(arguments.vocab_size)]
    for build in arguments.graphbert or [f"graphbert={LAUNCHER}"]:
        name, launcher = build.split("=", 1)
        sides[name] = [launcher, "bench", "pretrain", *shared, "--json", *arguments.graphbert_options.split()]
    ours = list(sides)
    for name in filter(None, arguments.sides.split(",")):
        sides[name] = [sys.executable, os.path.abspath(__file__), "side", "--side", name, *shared]
    rounds = []
    for number in range(arguments.rounds):
        rounds.append({name: measured(command) for name, command in sides.items()})
        print(f"round {number + 1}: " + ", ".join(f"{name} {found:,.0f}" for name, found in rounds[-1].items()),
              file=sys.stderr, flush=True)
    result = {
        "model": str(arguments.model), "vocab_size": arguments.vocab_size, "batch_size": arguments.batch_size,
        "sequence_length": arguments.sequence_length, "precision": arguments.precision, "rounds": arguments.rounds,
        "sides": {
            name: {
                "tokens_per_second": statistics.median(found[name] for found in rounds),
                "ratio": statistics.median(found[ours[0]] / found[name] for found in rounds),
                "ratios": [found[ours[0]] / found[name] for found in rounds]}
            for name in sides}}
    print(json.dumps(result, indent=2) if arguments.json else table(result, ours[0]))


def measured(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout)["tokens_per_second"]


def table(result, ours):
    lines = [f"{'':14} {'tokens/s':>10} {ours + ' is so many times as fast':>34}"]
    for name, figures in result["sides"].items():
        spread = f"{figures['ratio']:.2f} ({min(figures['ratios']):.2f} to {max(figures['ratios']):.2f})"
        lines.append(f"{name:14} {figures['tokens_per_second']:10,.0f} {spread:>34}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
