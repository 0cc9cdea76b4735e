#!/usr/bin/env python3
"""Compares graphbert's tokenizers with the libraries that the field uses: how fast they are, and whether ids agree.

    pip install tokenizers sentencepiece
    python src/bench/tokenize.py --tokenizer tokenizers/mine --input text/*.txt.gz --parity

A vocab.txt, a tokenizer.json or a directory with one of them is read by Hugging Face's tokenizers, a .model by
sentencepiece; graphbert itself needs neither library, nor Python. Both sides encode the same lines, which lie in memory,
on one thread, in turns over several rounds; the medians are told. A megabyte is 10^6 bytes of UTF-8, line ends not counted.
Special tokens written in the text are ordinary text for graphbert, as for google-research/bert; Hugging Face's added
tokens are therefore taken out before its tokenizer is made.

The exit code is 0, or 1 if --parity finds lines whose ids differ.
"""

import os
import sys

# Python looks for modules beside the script first, and its library has a tokenize.py of its own.
sys.path.append(sys.path.pop(0))

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from reference import LAUNCHER, Reference, megabytes, parity, read_lines

ROUNDS_A_LAUNCH = 3


def main():
    arguments = parse()
    lines = [line for path in arguments.input for line in read_lines(path)]
    size = megabytes(lines)
    reference = Reference(arguments.tokenizer, arguments.cased)
    print(f"{len(lines):,} lines, {size:.1f} MB; {reference.name}, {os.cpu_count()} processors")
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory) / "lines.txt"
        text.write_bytes("".join(line + "\n" for line in lines).encode())
        if arguments.parity:
            different = parity(reference, graphbert(arguments, "tokenizer", "encode", "--ids"), lines, text, arguments.show)
        if arguments.rounds:
            speed(reference, arguments, lines, size, text)
    sys.exit(1 if different else 0)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory, vocab.txt, tokenizer.json or .model")
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="UTF-8 text files, plain, gzip or bzip2")
    parser.add_argument("--graphbert", type=lambda path: Path(path).resolve(), default=LAUNCHER, help="the launcher (default: this checkout's)")
    parser.add_argument("--cased", action="store_true", help="for a vocab.txt: keep case and accents")
    parser.add_argument("--rounds", type=int, default=5, help="turns of either side, 0 for none (default: %(default)s)")
    parser.add_argument("--parity", action="store_true", help="count the lines whose ids differ")
    parser.add_argument("--show", type=int, default=5, help="so many differing lines are printed (default: %(default)s)")
    return parser.parse_args()


def graphbert(arguments, *command):
    cased = ["--cased"] if arguments.cased else []
    return [str(arguments.graphbert), *command, "--tokenizer", str(arguments.tokenizer), *cased]


def speed(reference, arguments, lines, size, text):
    def seconds(work):
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    def one_by_one():
        for line in lines:
            reference.encode(line)

    one_by_one()  # warm
    theirs, batches, ours, ours_parallel = [], [], [], []
    for _ in range(arguments.rounds):
        theirs.append(size / seconds(one_by_one))
        if reference.batch:
            batches.append(size / seconds(lambda: reference.batch(lines)))
        bench = graphbert(
            arguments, "bench", "tokenize", "--json", "--rounds", str(ROUNDS_A_LAUNCH), "--input", str(text))
        figures = json.loads(subprocess.run(bench, check=True, stdout=subprocess.PIPE).stdout)
        ours.append(figures["megabytes_per_second"])
        ours_parallel.append(figures["parallel_megabytes_per_second"])
    base = statistics.median(theirs)
    print(f"{'':44}  {'MB/s':>7}  {'lowest':>7}  {'highest':>7}  {'ratio':>6}")
    rows = [
        (f"{reference.name}, encode, one thread", theirs),
        (f"{reference.name}, encode_batch, all threads", batches),
        ("graphbert, one thread", ours),
        (f"graphbert, {figures['threads']} threads", ours_parallel),
    ]
    for name, values in rows:
        if values:
            median = statistics.median(values)
            print(f"{name:44}  {median:7.2f}  {min(values):7.2f}  {max(values):7.2f}  {median / base:6.2f}")


if __name__ == "__main__":
    main()
