"""Kills workers under launch --restart at random moments, and compares what they come to with a run that was left alone."""

import filecmp
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import cluster_runs
import kills as single

PATIENCE = 300
STARTING = 6.0
WHILE_STARTING = 0.25


def command(options, run, restarts):
    """Of a launcher with its workers."""
    own = cluster_runs.pretrain(
        options, run, model=options.model, steps=options.steps, batch_size=options.batch_size, log_every=1,
        checkpoint_every=options.checkpoint_every)
    return [own[0], "launch", "--workers", str(options.workers), "--restart", str(restarts), "--", *own[1:]]


def workers(launcher):
    """The workers of a launcher that are alive: process ids by task."""
    found = {}
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = Path("/proc", process, "stat").read_text().rsplit(")", 1)[1].split()
            words = Path("/proc", process, "cmdline").read_text().split("\0")
        except OSError:
            continue  # ended meanwhile
        if int(status[1]) == launcher and status[0] != "Z" and "--task" in words:
            found[int(words[words.index("--task") + 1])] = int(process)
    return found


def awaited(launcher, deadline, reached):
    """Waits until something is so; false if the launcher ends first."""
    while launcher.poll() is None:
        if reached():
            return True
        if time.monotonic() > deadline:
            sys.exit(f"no training within {PATIENCE} s")
        time.sleep(0.02)
    return False


def kill(options, generator, launcher, run, victims):
    """Kills a random worker of those that are up now; None if the launcher ended first."""
    deadline = time.monotonic() + PATIENCE
    if not awaited(launcher, deadline, lambda: len(set(workers(launcher.pid).items()) - victims) == options.workers):
        return None
    alive = workers(launcher.pid)
    victims |= set(alive.items())
    begun, at = single.events(run)
    starting = generator.random() < WHILE_STARTING
    steps, delay = generator.randrange(options.stretch), generator.uniform(0, 0.2)
    if starting:
        time.sleep(generator.uniform(0, STARTING))
    else:
        if not awaited(launcher, deadline, lambda: single.events(run)[0] > begun):
            return None
        first = single.events(run)[1]
        if not awaited(launcher, deadline, lambda: single.events(run)[1] >= first + steps):
            return None
        time.sleep(delay)
    task = generator.randrange(options.workers)
    try:
        os.kill(alive[task], signal.SIGKILL)
    except ProcessLookupError:
        return None
    found = {"task": task, "step": single.events(run)[1], "starting": starting}
    print(f"  killed worker {task}{' while starting' if starting else ''}, near step {found['step']}", file=sys.stderr, flush=True)
    return found


def kills(options):
    generator = random.Random(options.seed)
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    whole, disturbed = options.work / "undisturbed", options.work / "killed"
    cluster_runs.finish([cluster_runs.start(command(options, whole, 0), options.work / "undisturbed.log")], options.work / "undisturbed.log")
    log = options.work / "killed.log"
    launcher = cluster_runs.start(command(options, disturbed, options.kills), log)
    killed, victims, begun = [], set(), time.monotonic()
    while len(killed) < options.kills:
        found = kill(options, generator, launcher, disturbed, victims)
        if found is None:
            break
        killed.append(found)
    cluster_runs.finish([launcher], log)
    names = sorted(path.name for path in (checkpoint(whole, options.steps)).glob("model.ckpt.*"))
    different = [name for name in names
                 if not filecmp.cmp(checkpoint(whole, options.steps) / name, checkpoint(disturbed, options.steps) / name, shallow=False)]
    size = sum((checkpoint(whole, options.steps) / name).stat().st_size for name in names)
    return {"seed": options.seed, "workers": options.workers, "steps": options.steps, "kills": killed, "bytes": size, "files": names,
            "starts": single.events(disturbed)[0], "seconds": time.monotonic() - begun, "different": different}


def checkpoint(run, steps):
    return run / "checkpoints" / f"step-{steps:08d}"


def text(result):
    chief = sum(found["task"] == 0 for found in result["kills"])
    starting = sum(found["starting"] for found in result["kills"])
    outcome = "DIFFERENT: " + ", ".join(result["different"]) if result["different"] else "identical, byte for byte"
    return (f"{len(result['kills'])} kills, {chief} of the chief, {starting} while the workers started; {result['starts']} times training began; "
            f"{result['steps']} steps of {result['workers']} workers, seed {result['seed']}\n"
            f"final checkpoint, {result['bytes']:,} bytes in {len(result['files'])} files: {outcome}")
