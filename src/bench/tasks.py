#!/usr/bin/env python3
"""What pre-training is worth: fine-tunes tasks from pre-trained runs and from random weights of the same model, side by side.

For each task and model every setting (optimiser, peak rate and pooling) is tried with one seed, the best on dev is trained with several,
and a table of dev and test scores, mean and deviation, is printed as Markdown. The random start is tried with the same settings.

    python src/bench/tasks.py --tasks DIR --pretrained NAME=RUN... --work DIR [--only polarity,names,...] [--seeds 3]
        [--settings adamw:3e-4,adamw:1e-3,lamb:1e-3,lamb:3e-3,lamb:3e-3:mean] [--threads N] [--precision float32]

The directory of tasks holds sentence_polarity and rte (train.tsv or train.tsv.gz, dev.tsv, test.tsv), ner (train.txt, dev.txt and test.txt in
CoNLL's columns) and qa (train.json or train.json.gz and test.json of SQuAD 1.1; its last articles are dev). Fine-tuned runs and
logs stay in the working directory, and what is finished there is not trained again.
"""

import sys

# Python looks for modules beside the script first, and there is a tokenize.py, a name that its library has too.
sys.path.append(sys.path.pop(0))

import argparse
import gzip
import json
import random
import statistics
import subprocess
from pathlib import Path

from reference import LAUNCHER

SCRATCH = "random start"
FEW = 1000
HUNDRED = 100
FIRST_SEED = 12345
DEV_SHARE = 0.15


class Task:
    """A task's command, score, files and the options that all models are trained with; or files for each seed."""

    def __init__(self, command, score, files, options):
        self.command, self.score, self.files, self.options = command, score, files, options


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    tasks = {name: make(options.tasks, options.work) for name, make in TASKS.items() if name in options.only}
    models = dict(pair.split("=", 1) for pair in options.pretrained)
    rows = []
    for name, task in tasks.items():
        for model, run in {SCRATCH: next(iter(models.values())), **models}.items():
            tried = {setting: train(options, name, task, model, run, setting, FIRST_SEED, 1) for setting in options.settings}
            best = max(tried, key=lambda setting: tried[setting][0]["dev"][task.score])
            told = tried[best]
            if options.seeds > 1:
                told = told + train(options, name, task, model, run, best, FIRST_SEED + 1, options.seeds - 1)
            rows.append((name, task.score, model, best, spread(told, "dev", task.score), spread(told, "test", task.score)))
            print(f"{name}, {model}:", *(f"{setting} {results[0]['dev'][task.score]:.4f}" for setting, results in tried.items()),
                  "|", *rows[-1][3:], file=sys.stderr, flush=True)
    print(f"| task | score | model | setting | dev | test |\n| --- | --- | --- | --- | ---: | ---: |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", required=True, type=Path)
    parser.add_argument("--pretrained", required=True, nargs="+", metavar="NAME=RUN")
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(TASKS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--settings", type=lambda text: text.split(","),
                        default=["adamw:3e-4", "adamw:1e-3", "lamb:1e-3", "lamb:3e-3"])
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--precision", default="float32")
    options = parser.parse_args()
    unknown = set(options.only) - set(TASKS)
    if unknown:
        parser.error(f"--only: no such task: {', '.join(sorted(unknown))}; there are {', '.join(TASKS)}")
    return options


def train(options, name, task, model, run, setting, seed, count):
    """The results of fine-tunings, with the seeds from the first on; of before where they are finished."""
    if callable(task.files):
        return [result for each in range(seed, seed + count) for result in restarts(
            options, name, Task(task.command, task.score, task.files(each), task.options), model, run, setting, each, 1)]
    return restarts(options, name, task, model, run, setting, seed, count)


def restarts(options, name, task, model, run, setting, seed, count):
    output = options.work / "-".join([name, model.replace(" ", "-"), setting.replace(":", "-"), str(seed)])
    if not (output / "results.json").exists():
        optimizer, rate, *pooling = setting.split(":")
        command = [LAUNCHER, "finetune", task.command, "--from", run, *task.files, *task.options, "--output", output, "--optimizer",
                   optimizer, "--learning-rate", rate, "--seed", seed, "--restarts", count, "--threads", options.threads,
                   "--precision", options.precision]
        if pooling:
            command += ["--pooling", *pooling]
        if model == SCRATCH:
            command.append("--scratch")
        with open(f"{output}.log", "ab") as log:
            code = subprocess.run([str(word) for word in command], stdout=log, stderr=log).returncode
        if code:
            sys.exit(f"{output}.log: finetune ended with {code}")
    return json.loads((output / "results.json").read_text())["restarts"]


def spread(results, part, score):
    values = [result[part][score] for result in results]
    if len(values) == 1:
        return f"{values[0]:.3f}"
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"


def unpacked(path):
    """A file, or its packed form beside where it would be."""
    return path if path.exists() else path.with_name(path.name + ".gz")


def text(path):
    return (gzip.open(path, "rt") if path.suffix == ".gz" else open(path)).read()


def files(train, dev, test):
    return ["--train", train, "--dev", dev, "--test", test]


def labelled(directory, options, train=None):
    return Task("classify", "accuracy",
                files(train or unpacked(directory / "train.tsv"), unpacked(directory / "dev.tsv"), unpacked(directory / "test.tsv")),
                ["--dropout", "0.1", *options])


def polarity(tasks, _):
    return labelled(tasks / "sentence_polarity", ["--max-seq-length", "64"])


def few(tasks, work):
    """The first examples alone: what is known beforehand counts for most where there are few."""
    directory = tasks / "sentence_polarity"
    lines = text(unpacked(directory / "train.tsv")).split("\n")[:FEW + 1]
    (work / "few.tsv").write_text("\n".join(lines) + "\n")
    return labelled(directory, ["--max-seq-length", "64", "--epochs", "10"], work / "few.tsv")


def hundred(tasks, work):
    """A hundred examples, others for each seed."""
    directory = tasks / "sentence_polarity"
    header, *lines = text(unpacked(directory / "train.tsv")).rstrip("\n").split("\n")

    def drawn(seed):
        file = work / f"hundred-{seed}.tsv"
        file.write_text("\n".join([header, *random.Random(seed).sample(lines, HUNDRED)]) + "\n")
        return files(file, unpacked(directory / "dev.tsv"), unpacked(directory / "test.tsv"))

    task = labelled(directory, ["--max-seq-length", "64", "--epochs", "30", "--eval-every", "20"])
    task.files = drawn
    return task


def names(tasks, _):
    directory = tasks / "ner"
    return Task("tag", "f1", files(unpacked(directory / "train.txt"), directory / "dev.txt", directory / "test.txt"),
                ["--dropout", "0.1", "--max-seq-length", "64", "--epochs", "6", "--eval-every", "212"])


def entailment(tasks, _):
    return labelled(tasks / "rte", ["--max-seq-length", "128", "--epochs", "4"])


def questions(tasks, work):
    directory = tasks / "qa"
    data = json.loads(text(unpacked(directory / "train.json")))
    articles = data["data"]
    cut = round(len(articles) * (1 - DEV_SHARE))
    for name, part in (("qa-train", articles[:cut]), ("qa-dev", articles[cut:])):
        (work / f"{name}.json").write_text(json.dumps({**data, "data": part}))
    return Task("qa", "f1", files(work / "qa-train.json", work / "qa-dev.json", directory / "test.json"),
                ["--dropout", "0.1", "--max-seq-length", "192", "--epochs", "4", "--batch-size", "16"])


TASKS = {"polarity": polarity, "few": few, "hundred": hundred, "names": names, "entailment": entailment, "questions": questions}


if __name__ == "__main__":
    main()
