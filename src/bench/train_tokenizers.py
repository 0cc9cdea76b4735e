#!/usr/bin/env python3
"""Compares the training of tokenizers with the libraries that the field uses: how long it takes, and what comes out.

    pip install tokenizers sentencepiece
    python src/bench/train_tokenizers.py --input text/*.txt.gz --held other.txt.gz

Needs pip's tokenizers (for WordPiece) and sentencepiece (for unigram and BPE); graphbert itself needs neither, nor Python.
Both sides train by turns on the same text with all processors. Theirs is timed from the call to its return, in this
process and on one file that lies unpacked; ours is the whole command: starting Java, unpacking the input, training,
reporting, writing. Pieces per character are counted by the library for both vocabularies; parity asks whether the
library, given the tokenizer that graphbert trained, encodes every input line to the ids that graphbert gives.

The exit code is 0, or 1 if ids differ on some line.
"""

import os
import sys

# Python looks for modules beside the script first, and its library has a tokenize.py of its own.
sys.path.append(sys.path.pop(0))

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from reference import LAUNCHER, Reference, megabytes, parity, read_lines

TYPES = ("wordpiece", "unigram", "bpe")


def main():
    arguments = parse()
    lines = [line for path in arguments.input for line in read_lines(path)]
    held = [line for path in arguments.held for line in read_lines(path)]
    print(f"{len(lines):,} lines, {megabytes(lines):.1f} MB, {arguments.vocab_size:,} entries;"
          f" {os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}", flush=True)
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory) / "lines.txt"
        text.write_bytes("".join(line + "\n" for line in lines).encode())
        for kind in [arguments.only] if arguments.only else TYPES:
            different += compare(kind, arguments, lines, held, text, Path(directory))
    sys.exit(1 if different else 0)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="UTF-8 text files, plain, gzip or bzip2")
    parser.add_argument("--held", type=Path, nargs="*", default=[], help="text to count the pieces of (default: the input)")
    parser.add_argument("--vocab-size", type=int, default=8000, help="entries (default: %(default)s)")
    parser.add_argument("--graphbert", type=lambda path: Path(path).resolve(), default=LAUNCHER, help="the launcher (default: this checkout's)")
    parser.add_argument("--only", choices=TYPES, help="one type (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of either side (default: %(default)s)")
    parser.add_argument("--show", type=int, default=5, help="so many differing lines are printed (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error(f"--rounds is {arguments.rounds}, expected at least 1")
    arguments.held = arguments.held or arguments.input
    return arguments


def compare(kind, arguments, lines, held, text, directory):
    """Prints the figures of a type; returns how many lines are encoded differently."""
    theirs, ours = directory / f"{kind}-theirs", directory / f"{kind}-ours"
    train = train_word_piece if kind == "wordpiece" else train_sentence_piece
    command = [str(arguments.graphbert), "tokenizer", "train", "--type", kind, "--vocab-size", str(arguments.vocab_size),
               "--output", str(ours), "--input", *map(str, arguments.input)]
    times, our_times = [], []
    for _ in range(arguments.rounds):
        # An existing tokenizer is reused, not written.
        for made in (theirs, ours):
            shutil.rmtree(made, ignore_errors=True)
        theirs.mkdir()
        times.append(seconds(lambda: train(kind, text, arguments.vocab_size, theirs)))
        our_times.append(seconds(lambda: subprocess.run(command, check=True, stderr=subprocess.DEVNULL)))
    reference, graphbert = Reference(theirs), Reference(ours)
    print(f"\n{kind:32}  {'seconds':>8}  {'least':>6}  {'most':>6}  {'ratio':>6}  {'entries':>7}  {'pieces/character':>16}")
    for name, values, made in ((reference.name, times, reference), ("graphbert", our_times, graphbert)):
        median = statistics.median(values)
        print(f"{name:32}  {median:8.2f}  {min(values):6.2f}  {max(values):6.2f}"
              f"  {median / statistics.median(times):6.2f}  {len(made.entries):7,}  {fertility(made, held):16.6f}")
    print(f"{len(set(reference.entries) & set(graphbert.entries)):,} entries are the same")
    encode = [str(arguments.graphbert), "tokenizer", "encode", "--ids", "--tokenizer", str(ours)]
    return parity(graphbert, encode, lines, text, arguments.show)


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def train_word_piece(kind, text, size, directory):
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(lowercase=True)
    tokenizer.train([str(text)], vocab_size=size, min_frequency=2, show_progress=False)
    tokenizer.save_model(str(directory))


def train_sentence_piece(kind, text, size, directory):
    """BERT's special tokens come first, as graphbert has them; the length keeps long lines from being left out."""
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(directory / kind), model_type=kind, vocab_size=size, num_threads=os.cpu_count(),
        max_sentence_length=100_000, minloglevel=2, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="[PAD]",
        unk_piece="[UNK]", control_symbols=["[CLS]", "[SEP]", "[MASK]"])


def fertility(tokenizer, lines):
    """Pieces per character; line ends are none."""
    return sum(len(tokenizer.ids(line)) for line in lines) / sum(map(len, lines))


if __name__ == "__main__":
    main()
