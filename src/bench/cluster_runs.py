"""Pre-training processes for cluster.py: alone, several side by side, or as the workers of a cluster; and what their logs say."""

import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[2] / "graphbert"
PATIENCE = 3600


def addresses(count):
    """Free ports of this machine, HOST:PORT each; all are held until the last is found, or one might be given twice."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]


def pretrain(options, run, **settings):
    """A command of pretrain with the settings as its options."""
    command = [options.graphbert, "pretrain", "--data", options.data, "--run", run]
    for name, value in settings.items():
        command += ["--" + name.replace("_", "-"), value]
    return [str(word) for word in [*command, *options.more]]


def start(command, log, core=None):
    pinned = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    with open(log, "ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=pinned)


def finish(processes, log):
    """Waits for all; one that fails ends the program, and the others."""
    deadline = time.monotonic() + PATIENCE
    try:
        while any(process.poll() is None for process in processes):
            if any(process.poll() not in (None, 0) for process in processes) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        codes = [process.poll() for process in processes]
        if any(codes) or None in codes:
            sys.exit(f"ended with codes {codes}, after at most {PATIENCE} s; see {log}")
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def together(options, work, workers, clustered, **settings):
    """Runs so many processes at once, each on a core of its own if so wanted; returns the directory of the first one's run."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    cluster = addresses(workers)
    processes = []
    for task in range(workers):
        run = work / "run" if clustered or not task else work / f"run-{task}"
        command = pretrain(options, run, **settings)
        if clustered:
            command += ["--cluster", ",".join(cluster), "--task", str(task)]
        processes.append(start(command, work / f"{task}.log", task if options.pin else None))
    finish(processes, work)
    return work / "run"


def lines(run, event):
    """What metrics.jsonl says of an event; a line that a kill cut short is passed over."""
    found = []
    for line in (run / "metrics.jsonl").read_text().splitlines():
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if entry["event"] == event:
                found.append(entry)
    return found


def step_seconds(run, warm):
    """The median time of a step between two lines of the log, those before step `warm` left out."""
    points = [(line["step"], line["seconds"]) for line in lines(run, "train") if line["step"] >= warm]
    if len(points) < 3:
        sys.exit(f"{run}: {len(points)} lines of training after step {warm}, expected 3 or more; give more --steps")
    return statistics.median((b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[1:]))


def request(data):
    """How a data set was prepared."""
    return json.loads((Path(data) / "manifest.json").read_text())["request"]


def sequence_length(data):
    return request(data)["recipe"]["pairs"]["max_seq_length"]


def parameters(config, vocabulary_size):
    """Of BERT with both heads, as google-research/bert counts them."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    embeddings = (vocabulary_size + config["max_position_embeddings"] + config["type_vocab_size"] + 2) * hidden
    layer = 4 * (hidden * hidden + hidden) + 2 * hidden * inner + inner + hidden + 4 * hidden
    heads = 2 * (hidden * hidden + hidden) + 2 * hidden + vocabulary_size + 2 * hidden + 2
    return embeddings + config["num_hidden_layers"] * layer + heads
