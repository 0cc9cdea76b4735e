#!/usr/bin/env python3
"""Runs graphbert's check on a GPU machine, in order of worth: each step with a limit of its own, each result kept at once.

    python3 check.py HOME --out DIRECTORY [--minutes 9] [--steps NAME,...] [--sizes full|tiny] [--cuda auto|machine|12]

HOME is an unpacked bundle. Into --out go results.jsonl (a line for each step, written as it ends), logs.tar.gz (each step's output,
the curves' metrics.jsonl) and summary.md; a call that is cut off loses the step it was in. A later call goes on behind the results
that --out or --state has; --again runs steps that have passed once more.

A step that cannot run here is skipped, and its line says why: no GPU, no PyTorch, no time left. --sizes tiny rehearses all of it on
small models; without a GPU it computes on the CPU.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import machine_cuda
import summary

PASSED, FAILED, LATE, SKIPPED = "passed", "failed", "timed out", "skipped"
MEMORY_EVERY_SECONDS = 2
GOLDEN = ("GoldenParityTest", "GoldenOptionsTest", "OptimiserTest")
MORE_TESTS = ("PackedTrainingTest", "AccumulationTest", "PrecisionTest", "LossScaleTest", "NonFiniteTest", "OverfittingTest")
# True float32: TensorFlow tells NVIDIA's libraries to round the factors of float32 products to TF32's 10 bits; this forbids it.
TRUE_FLOAT32 = {"NVIDIA_TF32_OVERRIDE": "0"}


class Sizes(NamedTuple):
    """How large the steps are."""

    large: str
    base: str
    batches: tuple  # of the large model at the shorter length, the largest that fits is taken
    short: int
    long: int
    steps: int
    curve_steps: int
    curve_batch: int
    vocabulary: int


FULL = Sizes("bert-large", "bert-base", (128, 64, 32), 128, 512, 50, 500, 32, 30522)
TINY = Sizes("bert-tiny", "bert-tiny", (8, 4), 32, 64, 3, 20, 4, 1000)


class Step(NamedTuple):
    """
    One thing to run.

    commands: tried in order until one passes, for batches that may not fit
    needs: of "gpu", "torch"
    """

    name: str
    seconds: int
    commands: list
    needs: tuple = ()
    environment: dict = {}
    facts: dict = {}


class Refused(Exception):
    """One line."""


def main():
    arguments = parse()
    try:
        sys.exit(Check(arguments).run())
    except Refused as e:
        sys.exit(f"check: {e}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--state", type=Path, help="what outlives a call (HOME/../graphbert-state)")
    parser.add_argument("--minutes", type=float, default=9.0, help="of this call; what does not fit is left for the next (%(default)s)")
    parser.add_argument("--patience", type=float, default=1.0, help="so many times each step's own limit (%(default)s)")
    parser.add_argument("--steps", help="only these, by name or by the beginning of it")
    parser.add_argument("--again", action="store_true", help="also what has passed")
    parser.add_argument("--list", action="store_true", help="print the steps and their limits, run none")
    parser.add_argument("--sizes", choices=("full", "tiny"), default="full")
    parser.add_argument("--cuda", choices=("auto", "machine", "12"), default="auto",
                        help="CUDA's libraries: the machine's, the bundle's, or the machine's if they serve (auto)")
    return parser.parse_args()


def steps(home, state, sizes, device):
    """All steps, the worthiest first."""
    graphbert, python = str(home / "graphbert"), shutil.which("python3") or sys.executable
    bench_dir = home / "src/bench/gpu"

    def model(name):
        return str(home / f"config/{name}.json")

    def ours(name, precision, length, batches, *more):
        return [[graphbert, "bench", "pretrain", "--model", model(name), "--vocab-size", str(sizes.vocabulary), "--batch-size", str(batch),
                 "--sequence-length", str(length), "--precision", precision, "--steps", str(sizes.steps), "--device", device, "--json",
                 *more] for batch in batches]

    def theirs(name, precision, length, batches, *more):
        return [[python, str(bench_dir / "torch_gpu.py"), "--model", model(name), "--vocab-size", str(sizes.vocabulary), "--batch-size",
                 str(batch), "--sequence-length", str(length), "--precision", precision, "--steps", str(sizes.steps), "--json", *more]
                for batch in batches]

    def pair(tag, name, precision, length, batches, seconds, first=1, rounds=1, xla=True):
        """Both sides by turns: so whatever changes on the machine changes for both."""
        facts = {"model": name, "sequence_length": length, "precision": precision}
        for number in range(first, first + rounds):
            yield Step(f"{tag}-graphbert-{number}", seconds, ours(name, precision, length, batches), (), {}, {**facts, "side": "graphbert"})
            yield Step(f"{tag}-torch-{number}", seconds, theirs(name, precision, length, batches, "--compile"), ("torch",), {},
                       {**facts, "side": "Hugging Face, PyTorch (SDPA, compiled)"})
            if xla:
                yield Step(f"{tag}-graphbert-xla-{number}", seconds, ours(name, precision, length, batches, "--xla"), ("gpu",), {},
                           {**facts, "side": "graphbert, XLA"})
            yield Step(f"{tag}-torch-fast-{number}", seconds, theirs(name, precision, length, batches, "--compile", "--side", "fast"),
                       ("torch",), {}, {**facts, "side": "PyTorch written for speed (SDPA, compiled)"})

    def curve(tag, seconds, precision, on, needs=(), environment={}):
        run = state / "runs" / tag
        return Step(tag, seconds, [[
            graphbert, "pretrain", "--model", model(sizes.base), "--data", str(home / "data/train.tfrecord"),
            "--eval-data", str(home / "data/held-out.tfrecord"), "--tokenizer", str(home / "data/tokenizer"), "--run", str(run),
            "--steps", str(sizes.curve_steps), "--batch-size", str(sizes.curve_batch), "--precision", precision, "--device", on,
            "--learning-rate", "1e-4", "--warmup-steps", str(max(1, sizes.curve_steps // 10)), "--eval-every", str(sizes.curve_steps),
            "--eval-batches", "8", "--log-every", "10" if sizes.curve_steps > 100 else "2", "--no-tensorboard"]], needs, environment,
            {"run": str(run), "precision": precision, "side": on})

    def tests(tag, seconds, names):
        return Step(tag, seconds, [[graphbert, "--junit", *(f"--select-class=org.graphbert.train.{name}" for name in names),
                                    "--details=tree", "--disable-ansi-colors", "--disable-banner"]], (),
                    {**TRUE_FLOAT32, "TF_FORCE_GPU_ALLOW_GROWTH": "true", "TF_CPP_MIN_LOG_LEVEL": "0"})

    large, half = sizes.batches, sizes.batches[1:]
    twice, quarter = (tuple(max(1, round(batch * times)) for batch in large) for times in (2, 0.25))
    yield Step("doctor", 90, [[graphbert, "doctor", "--json"]])
    yield tests("golden", 240, GOLDEN)
    yield from pair("large-s128-bf16", sizes.large, "bfloat16", sizes.short, large, 150)
    yield curve("curve-bf16", 150, "bfloat16", device)
    yield from pair("large-s128-bf16", sizes.large, "bfloat16", sizes.short, large, 150, first=2)
    yield curve("curve-float32", 150, "float32", device, (), TRUE_FLOAT32)
    yield from pair("base-s128-bf16", sizes.base, "bfloat16", sizes.short, twice, 120)
    yield from pair("large-s512-bf16", sizes.large, "bfloat16", sizes.long, quarter, 150)
    yield tests("more-tests", 240, MORE_TESTS)
    yield from pair("large-s128-tf32", sizes.large, "tf32", sizes.short, half, 150)
    yield from pair("base-s512-bf16", sizes.base, "bfloat16", sizes.long, large, 120)
    yield Step("large-s128-bf16-profile", 150, ours(sizes.large, "bfloat16", sizes.short, half, "--profile"), ("gpu",), {},
               {"model": sizes.large, "sequence_length": sizes.short, "precision": "bfloat16", "side": "graphbert, traced"})
    yield curve("curve-cpu", 240, "float32", "cpu")


class Check:

    def __init__(self, arguments):
        self.home, self.out = arguments.home.resolve(), arguments.out.resolve()
        self.state = (arguments.state or self.home.parent / "graphbert-state").resolve()
        self.arguments = arguments
        self.deadline = time.monotonic() + 60 * arguments.minutes
        self.sizes = FULL if arguments.sizes == "full" else TINY
        self.gpu = has_gpu()
        self.libraries = ""
        if not (self.home / "graphbert").is_file():
            raise Refused(f"{self.home}: no unpacked bundle; unpack the group core first (run.sh does)")

    def run(self):
        for directory in (self.out, self.state / "logs"):
            directory.mkdir(parents=True, exist_ok=True)
        wanted = self.arguments.steps.split(",") if self.arguments.steps else [""]
        every = steps(self.home, self.state, self.sizes, "gpu" if self.gpu else "auto")
        chosen = [step._replace(seconds=round(step.seconds * self.arguments.patience)) for step in every
                  if any(step.name.startswith(name) for name in wanted)]
        if not chosen:
            raise Refused(f"--steps {self.arguments.steps}: no such step; --list prints them")
        if self.arguments.list:
            for step in chosen:
                print(f"{step.seconds:4} s  {step.name}{'  needs ' + ', '.join(step.needs) if step.needs else ''}")
            return 0
        self.torch = has_torch()
        before = passed(self.state / "results.jsonl")
        self.choose_libraries()
        failures = 0
        for step in chosen:
            if step.name in before and not self.arguments.again:
                print(f"{step.name}: passed before", flush=True)
                continue
            result = self.one(step)
            self.keep(step.name, result)
            failures += result["status"] in (FAILED, LATE)
        print((self.out / "summary.md").read_text() if (self.out / "summary.md").exists() else "", flush=True)
        return 1 if failures else 0

    def choose_libraries(self):
        """Whose CUDA libraries serve: a small model must train with them on the GPU, in both kinds of product."""
        if not self.gpu:
            print("no GPU here (nvidia-smi lists none): what needs one is skipped, the rest computes on the CPU", flush=True)
            return
        tried = []
        for name in {"auto": ("machine", "12"), "machine": ("machine",), "12": ("12",)}[self.arguments.cuda]:
            if name == "machine":
                path, linked, missing = machine_cuda.search_path(self.state / "cuda-links")
                facts = {"libraries": linked, "missing": missing}
            else:
                path, facts = str(self.home / "cuda12"), {"libraries": "the bundle's, CUDA 12.6"}
                facts["missing"] = [] if Path(path).is_dir() else ["the group cuda12"]
            step = f"cuda-{name}"
            if facts["missing"]:
                self.keep(step, {"status": SKIPPED, "why": f"not here: {', '.join(facts['missing'])}", "facts": facts})
                continue
            self.libraries = path
            result = self.one(Step(step, 120, [[
                "bash", "-c", " && ".join(
                    f"'{self.home}/graphbert' bench pretrain --model '{self.home}/config/bert-tiny.json' --vocab-size 1000 --batch-size 8 "
                    f"--sequence-length 64 --steps 3 --precision {precision} --device gpu" for precision in ("float32", "bfloat16"))]],
                ("gpu",), {}, facts))
            self.keep(step, result)
            tried.append(result["status"])
            if result["status"] == PASSED:
                return
        raise Refused("no CUDA libraries serve here: see the steps cuda-machine and cuda-12 in results.jsonl; "
                      "bring the parts of the group cuda12, if they are not here")

    def one(self, step):
        """Runs a step. Returns its result."""
        left = self.deadline - time.monotonic()
        why = self.impossible(step, left)
        if why:
            return {"status": SKIPPED, "why": why, "facts": step.facts}
        print(f"{step.name}: at most {min(step.seconds, left):.0f} s", flush=True)
        result = {}
        for command in step.commands:
            left = self.deadline - time.monotonic()
            if result and left < 20:
                break
            result = self.attempt(step, command, min(step.seconds, left))
            # A step that ran out of time would do so again; one that failed may have asked for too much memory.
            if result["status"] != FAILED:
                break
        return result

    def impossible(self, step, left):
        if "gpu" in step.needs and not self.gpu:
            return "needs a GPU, and there is none here"
        if "torch" in step.needs and not self.torch:
            return "needs PyTorch, which python3 here has not"
        if left < min(step.seconds / 3, 30):
            return f"no time left in this call: {left:.0f} s of {self.arguments.minutes:g} minutes"
        return None

    def attempt(self, step, command, seconds):
        log = self.state / "logs" / f"{step.name}.log"
        environment = {**os.environ, **step.environment}
        if self.libraries:
            environment["GRAPHBERT_CUDA"] = self.libraries
        begun = time.monotonic()
        memory = DeviceMemory() if self.gpu else None
        with open(log, "ab") as errors, open(log.with_suffix(".out"), "w+b") as output:
            errors.write(f"$ {' '.join(command)}\n".encode())
            errors.flush()
            # A session of its own, so that at the limit all that it started ends too.
            process = subprocess.Popen(command, cwd=self.home, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                       start_new_session=True)
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                code = None
            output.seek(0)
            printed = output.read().decode(errors="replace")
        result = {"status": LATE if code is None else PASSED if code == 0 else FAILED, "seconds": round(time.monotonic() - begun, 1),
                  "command": command, "code": code, "facts": step.facts, "figures": figures(printed)}
        if memory:
            result["device_mib"] = memory.stop()
        said = log.read_text(errors="replace")
        if "--junit" in command:
            result["tests"] = tests_run(printed)
            result["on_gpu"] = bool(re.search(r"Created (TensorFlow )?device .*GPU:0", said))
        if "run" in step.facts:
            self.keep_curve(step, result)
        if result["status"] != PASSED:
            result["why"] = last_words(said, printed) if code is not None else f"not done after {seconds:.0f} s"
        return result

    def keep_curve(self, step, result):
        metrics = Path(step.facts["run"]) / "metrics.jsonl"
        if metrics.exists():
            shutil.copy(metrics, self.state / "logs" / f"{step.name}.metrics.jsonl")
            result["curve"] = summary.curve(metrics)

    def keep(self, name, result):
        """Adds a result, and brings all that is known so far into --out."""
        line = json.dumps({"step": name, "sizes": self.arguments.sizes, **result})
        for directory in (self.state, self.out):
            with open(directory / "results.jsonl", "a") as file:
                file.write(line + "\n")
        with tarfile.open(self.out / "logs.tar.gz", "w:gz") as archive:
            archive.add(self.state / "logs", "logs")
        (self.out / "summary.md").write_text(summary.text([self.state / "results.jsonl"]))
        print(f"{name}: {result['status']}" + (f" in {result['seconds']} s" if "seconds" in result else "")
              + (f": {result['why']}" if result.get("why") else ""), flush=True)


class DeviceMemory:
    """The most memory that the GPU's driver counts as used, looked at now and then, while something runs."""

    def __init__(self):
        self.most, self.done = 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.done.wait(MEMORY_EVERY_SECONDS):
            printed = output("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
            self.most = max([self.most, *map(int, re.findall(r"^\d+$", printed, re.MULTILINE))])

    def stop(self):
        self.done.set()
        self.thread.join()
        return self.most


def passed(results):
    """The names of the steps that a file of results has as passed."""
    if not results.exists():
        return set()
    lines = map(json.loads, results.read_text().splitlines())
    return {line["step"] for line in lines if line["status"] == PASSED}


def figures(printed):
    """The JSON object that a command printed, over one line or many; none if it printed none."""
    for text in (printed, *reversed(printed.splitlines())):
        try:
            found = json.loads(text)
            if isinstance(found, dict):
                return found
        except ValueError:
            continue
    return None


def tests_run(printed):
    counts = dict((what, int(number)) for number, what in re.findall(r"\[\s*(\d+) tests (found|successful|failed|skipped)\s*\]", printed))
    return {**counts, "failures": re.findall(r"^.*\[X\].*$", printed, re.MULTILINE)[:20]}


def last_words(said, printed):
    """The line that most likely says what went wrong."""
    lines = [line.strip() for line in (said + "\n" + printed).splitlines() if line.strip() and not line.startswith("$ ")]
    telling = [line for line in lines if re.search(r"(?i)^graphbert: |error|exception|out of memory|\[X\]", line)]
    return (telling or lines or ["it said nothing"])[-1][:400]


def has_gpu():
    return "GPU 0" in output("nvidia-smi", "-L")


def has_torch():
    return "yes" in output("python3", "-c", "import importlib.util as u; print('yes' if u.find_spec('torch') else 'no')")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


if __name__ == "__main__":
    main()
