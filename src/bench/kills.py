#!/usr/bin/env python3
"""Kills training again and again and compares what it comes to with a run that was left alone.

Several runs of the same configuration are each killed (SIGKILL) at random moments, half of them while a checkpoint is being
written, and started again each time with another interval between checkpoints and another number to keep. Every tensor of
the last checkpoint, slots and step included, must be the uninterrupted run's, bit for bit. Needs numpy and TensorFlow, which
read the checkpoints; the first difference ends it with code 1.

    python src/bench/kills.py --data tfrecords/NAME --work DIR [--model config/bert-tiny.json] [--steps 400] [--runs 5]
        [--kills 4] [--seed N] [-- more options of pretrain]
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

# Python's own tokenize, not the one beside this file.
sys.path.append(sys.path.pop(0))

HOME = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 300


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--model", default=str(HOME / "config" / "bert-tiny.json"))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kills", type=int, default=4, help="of each run")
    parser.add_argument("--stretch", type=int, default=100, help="most steps of training before a kill")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    own, more = sys.argv[1:], []
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1 :]
    options = parser.parse_args(own)
    options.more = more
    return options


def start(options, run, every, keep):
    command = [HOME / "graphbert", "pretrain", "--model", options.model, "--data", options.data, "--run", run,
               "--steps", options.steps, "--checkpoint-every", every, "--keep-checkpoints", keep, "--log-every", 1, *options.more]
    with open(f"{run}.log", "ab") as log:
        return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)


def events(run):
    """How often training began, and the last step that the log tells of."""
    begun, step = 0, 0
    try:
        for line in (run / "metrics.jsonl").read_text().splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # cut short by a kill
            begun += event["event"] in ("start", "resume")
            step = event["step"]
    except FileNotFoundError:
        pass
    return begun, step


def await_step(process, run, before, steps):
    """Waits until training has begun once more than before, and taken so many steps since; false if it ended sooner."""
    deadline = time.monotonic() + PATIENCE
    first = None
    while process.poll() is None:
        begun, step = events(run)
        if begun > before:
            first = step if first is None else first
            if step >= first + steps:
                return True
        if time.monotonic() > deadline:
            sys.exit(f"{run}: too slow, or no training within {PATIENCE} s; see {run}.log")
        time.sleep(0.02)
    return False


def being_written(run):
    return [name for name in (".writing", ".removing") if (run / "checkpoints" / name).exists()]


def kill(options, generator, run):
    """Starts or goes on with a run and kills it; false if it was done before that."""
    every, keep = generator.choice([1, 2, 3, 5, 7, 20]), generator.choice([1, 2, 3])
    begun = events(run)[0]
    process = start(options, run, every, keep)
    steps, delay, writing = generator.randrange(options.stretch), generator.uniform(0, 0.1), generator.random() < 0.5
    if await_step(process, run, begun, steps):
        time.sleep(delay)
        if writing:
            while process.poll() is None and not being_written(run):
                pass
    if process.poll() is not None:
        if process.returncode != 0:
            sys.exit(f"{run}: ended with code {process.returncode}; see {run}.log")
        return False
    found = being_written(run)
    process.send_signal(signal.SIGKILL)
    process.wait()
    remains = being_written(run)
    newest = max((run / "checkpoints").glob("step-*"), default=None)
    print(f"  killed near step {events(run)[1]}, checkpoints every {every}, {keep} kept; newest {newest and newest.name}"
          f"{'; ' + ', '.join(found) + ' there' if found else ''}{'; ' + ', '.join(remains) + ' left' if remains else ''}", flush=True)
    return True


def finish(options, generator, run):
    code = start(options, run, generator.choice([3, 50, 1000]), 2).wait()
    if code != 0:
        sys.exit(f"{run}: ended with code {code}; see {run}.log")


def tensors(run, steps):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    reader = tf.train.load_checkpoint(str(run / "checkpoints" / f"step-{steps:08d}" / "model.ckpt"))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def differences(expected, found):
    if expected.keys() != found.keys():
        return sorted(expected.keys() ^ found.keys())
    return [name for name in expected if expected[name].tobytes() != found[name].tobytes()]


def main():
    options = arguments()
    generator = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    whole = options.work / "uninterrupted"
    finish(options, generator, whole)
    expected = tensors(whole, options.steps)
    print(f"uninterrupted: {len(expected)} tensors, {sum(t.size for t in expected.values()):,} numbers", flush=True)
    kills = 0
    for number in range(1, options.runs + 1):
        run = options.work / f"killed-{number}"
        print(f"{run.name}:", flush=True)
        for _ in range(options.kills):
            if not kill(options, generator, run):
                break
            kills += 1
        finish(options, generator, run)
        different = differences(expected, tensors(run, options.steps))
        if different:
            print(f"{run.name}: {len(different)} tensors differ, the first {different[0]}; seed {options.seed}")
            sys.exit(1)
        print(f"  finished: all {len(expected)} tensors identical, {events(run)[0]} starts", flush=True)
        shutil.rmtree(run)
    print(f"{kills} kills in {options.runs} runs: final weights, slots and step identical each time")


if __name__ == "__main__":
    main()
