#!/usr/bin/env python3
"""Compares graphbert prepare with google-research/bert's create_pretraining_data.py: speed, statistics, file format.

    pip install tensorflow
    python src/bench/prepare.py --reference bert/create_pretraining_data.py --vocab vocab.txt --input sentences.txt

Needs a checkout of google-research/bert whose create_pretraining_data.py and tokenization.py run on the TensorFlow at
hand: on TensorFlow 2, with "import tensorflow as tf" changed to "import tensorflow.compat.v1 as tf" in both. The input is
what the reference reads: a sentence a line, a blank line between documents; with --split, lines are paragraphs, which a
plain rule (a full stop, a space, a capital) cuts first. Both sides read the same file with the same options.

Speed: whole processes, in turns (reference, graphbert on one thread, graphbert on --threads), so that whatever slows the
machine slows all; medians. A megabyte is 10^6 bytes of the input. Statistics: shares of labels, lengths and masks over
--seeds runs of each side; Welch's t-test of each, and the smallest p value times their number (Bonferroni) must reach 0.01.
Format: graphbert inspect has to read the reference's file and count its records.

The exit code is 0, or 1 where the statistics differ beyond sampling error or the file cannot be read.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[2] / "graphbert"
SIGNIFICANCE = 0.01


def main():
    arguments = parse()
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        text = work / "sentences.txt"
        write_sentences(arguments, text)
        megabytes = text.stat().st_size / 1e6
        result = {"megabytes": megabytes, "processors": os.cpu_count(), "duplicates": arguments.duplicates,
                  "max_seq_length": arguments.max_seq_length}
        if arguments.rounds:
            result["speed"] = speed(arguments, work, text, megabytes)
        good = True
        if arguments.seeds:
            result["statistics"], good = agreement(arguments, work, text, megabytes)
            result["reads_reference"] = readable(arguments, work / "reference.tfrecord")
            good = good and result["reads_reference"]["agrees"]
    print(json.dumps(result, indent=2) if arguments.json else table(result, arguments))
    sys.exit(0 if good else 1)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, required=True, help="create_pretraining_data.py")
    parser.add_argument("--vocab", type=Path, required=True, help="vocab.txt")
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="UTF-8 text, plain")
    parser.add_argument("--split", action="store_true", help="lines are paragraphs")
    parser.add_argument("--graphbert", type=lambda path: Path(path).resolve(), default=LAUNCHER, help="the launcher (default: this checkout's)")
    parser.add_argument("--max-seq-length", type=int, default=128)
    parser.add_argument("--max-predictions-per-seq", type=int, default=20)
    parser.add_argument("--masked-lm-prob", type=float, default=0.15)
    parser.add_argument("--short-seq-prob", type=float, default=0.1)
    parser.add_argument("--duplicates", type=int, default=1, help="dupe_factor (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="beside one (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns, 0 for no timing (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each side to compare, 0 for none (default: %(default)s)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def write_sentences(arguments, text):
    """All inputs in one file, a blank line between them."""
    with open(text, "w", encoding="utf-8") as out:
        for path in arguments.input:
            for line in path.read_text(encoding="utf-8").split("\n"):
                pieces = re.split(r"(?<=[.!?]) (?=[A-Z])", line.strip()) if arguments.split else [line.strip()]
                out.write("".join(piece + "\n" for piece in pieces))
            out.write("\n")


def run_reference(arguments, text, output, seed):
    return timed([
        sys.executable, arguments.reference.resolve(), f"--input_file={text}", f"--output_file={output}",
        f"--vocab_file={arguments.vocab.resolve()}", "--do_lower_case=True", f"--max_seq_length={arguments.max_seq_length}",
        f"--max_predictions_per_seq={arguments.max_predictions_per_seq}", f"--masked_lm_prob={arguments.masked_lm_prob}",
        f"--short_seq_prob={arguments.short_seq_prob}", f"--dupe_factor={arguments.duplicates}", f"--random_seed={seed}"])


def run_graphbert(arguments, text, output, seed, threads):
    shutil.rmtree(output, ignore_errors=True)
    return timed([
        arguments.graphbert, "prepare", "--input", text, "--sentences", "lines", "--tokenizer", arguments.vocab.resolve(),
        "--output", output, "--max-seq-length", arguments.max_seq_length,
        "--max-predictions-per-seq", arguments.max_predictions_per_seq, "--mask-rate", arguments.masked_lm_prob,
        "--short-seq-prob", arguments.short_seq_prob, "--duplicates", arguments.duplicates, "--seed", seed,
        "--threads", threads, "--show", 0])


def timed(command):
    started = time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with code {done.returncode}:\n{done.stderr[-2000:]}")
    return time.monotonic() - started


def speed(arguments, work, text, megabytes):
    seconds = {"reference": [], "graphbert, 1 thread": [], f"graphbert, {arguments.threads} threads": []}
    run_graphbert(arguments, text, work / "warm", 1, 1)  # builds graphbert, and brings files into memory
    for _ in range(arguments.rounds):
        seconds["reference"].append(run_reference(arguments, text, work / "reference.tfrecord", 12345))
        for threads in (1, arguments.threads):
            name = f"graphbert, {threads} thread{'s' if threads > 1 else ''}"
            seconds[name].append(run_graphbert(arguments, text, work / "ours", 12345, threads))
    middle = {name: statistics.median(times) for name, times in seconds.items()}
    return {
        name: {"seconds": middle[name], "all_seconds": seconds[name], "megabytes_per_second": megabytes / middle[name],
               "times_the_reference": middle["reference"] / middle[name]}
        for name in seconds}


def agreement(arguments, work, text, megabytes):
    """The statistics' table, and whether they agree."""
    from records import compare, examples, figures

    mask_id = arguments.vocab.read_text(encoding="utf-8").split("\n").index("[MASK]")
    sides = ([], [])
    for seed in range(1, arguments.seeds + 1):
        run_reference(arguments, text, work / "reference.tfrecord", seed)
        run_graphbert(arguments, text, work / "ours", seed, arguments.threads)
        for side, pattern in zip(sides, ("reference.tfrecord", "ours/*.tfrecord")):
            columns = examples(str(work / pattern), arguments.max_seq_length, arguments.max_predictions_per_seq)
            side.append(figures(columns, mask_id, megabytes, arguments.duplicates))
    rows = compare(*sides)
    good = rows[0][-1] * len(rows) >= SIGNIFICANCE
    return [dict(zip(("name", "reference", "graphbert", "t", "p"), row)) for row in rows], good


def readable(arguments, path):
    """What graphbert inspect says of the reference's file."""
    done = subprocess.run([str(arguments.graphbert), "inspect", "--json", str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        return {"agrees": False, "error": done.stderr.strip()}
    from records import examples

    counted = len(examples(str(path), arguments.max_seq_length, arguments.max_predictions_per_seq)["input_ids"])
    found = json.loads(done.stdout)
    return {"agrees": found.get("records") == counted, "records": counted, "found": found.get("records")}


def table(result, arguments):
    lines = [f"{result['megabytes']:.2f} MB of text, {arguments.duplicates} copies, length {arguments.max_seq_length}, "
             f"{result['processors']} processors"]
    for name, row in result.get("speed", {}).items():
        lines.append(f"{name:<22} {row['seconds']:8.2f} s  {row['megabytes_per_second']:7.2f} MB/s  {row['times_the_reference']:6.1f} times")
    rows = result.get("statistics", [])
    if rows:
        lines.append(f"\n{'over ' + str(arguments.seeds) + ' seeds':<32} {'reference':>11} {'graphbert':>11} {'t':>6} {'p':>7}")
        lines += [f"{row['name']:<32} {row['reference']:11.4f} {row['graphbert']:11.4f} {row['t']:6.2f} {row['p']:7.4f}" for row in rows]
        smallest = min(1.0, rows[0]["p"] * len(rows))
        lines.append(f"smallest p of {len(rows)}, corrected for their number: {smallest:.3f}; "
                     + ("they agree" if smallest >= SIGNIFICANCE else "they differ"))
        read = result["reads_reference"]
        lines.append(f"graphbert inspect on the reference's file: {read.get('error') or str(read['found']) + ' of ' + str(read['records']) + ' records'}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
