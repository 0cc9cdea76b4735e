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
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != os.path.dirname(os.path.abspath(__file__))]

import argparse
import bz2
import gzip
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[2] / "graphbert"
ROUNDS_A_LAUNCH = 3
LONGEST_SHOWN = 160


def main():
    arguments = parse()
    lines = [line for path in arguments.input for line in read_lines(path)]
    megabytes = sum(len(line.encode()) for line in lines) / 1e6
    reference = Reference(arguments.tokenizer, arguments.cased)
    print(f"{len(lines):,} lines, {megabytes:.1f} MB; {reference.name}, {os.cpu_count()} processors")
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory) / "lines.txt"
        text.write_bytes("".join(line + "\n" for line in lines).encode())
        if arguments.parity:
            different = parity(reference, arguments, lines, text)
        if arguments.rounds:
            speed(reference, arguments, lines, megabytes, text)
    sys.exit(1 if different else 0)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory, vocab.txt, tokenizer.json or .model")
    parser.add_argument("--input", type=Path, nargs="+", required=True, help="UTF-8 text files, plain, gzip or bzip2")
    parser.add_argument("--graphbert", type=Path, default=LAUNCHER, help="the launcher (default: this checkout's)")
    parser.add_argument("--cased", action="store_true", help="for a vocab.txt: keep case and accents")
    parser.add_argument("--rounds", type=int, default=5, help="turns of either side, 0 for none (default: %(default)s)")
    parser.add_argument("--parity", action="store_true", help="count the lines whose ids differ")
    parser.add_argument("--show", type=int, default=5, help="so many differing lines are printed (default: %(default)s)")
    return parser.parse_args()


def read_lines(path):
    """Lines as graphbert reads them: they end at LF only, a CR before it and a leading byte order mark are dropped."""
    packed = path.read_bytes()
    if packed[:3] == b"\x1f\x8b\x08":
        packed = gzip.decompress(packed)
    elif packed[:3] == b"BZh":
        packed = bz2.decompress(packed)
    lines = packed.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r").decode() for line in lines]


class Reference:
    """The library that made tokenizers of this kind: a name, and ids of a line."""

    def __init__(self, path, cased):
        path = self.file(path)
        self.batch = None
        if path.suffix == ".model":
            import sentencepiece

            self.name = f"sentencepiece {sentencepiece.__version__}"
            processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
            self.ids = processor.encode
            self.encode = processor.encode
        else:
            import tokenizers

            self.name = f"tokenizers {tokenizers.__version__}"
            if path.suffix == ".json":
                content = json.loads(path.read_text(encoding="utf-8"))
                content["added_tokens"] = []
                tokenizer = tokenizers.Tokenizer.from_str(json.dumps(content))
            else:
                tokenizer = self.word_piece(path, cased)
            self.encode = lambda line: tokenizer.encode(line, add_special_tokens=False)
            self.batch = lambda lines: tokenizer.encode_batch(lines, add_special_tokens=False)
            self.ids = lambda line: self.encode(line).ids

    @staticmethod
    def file(path):
        if not path.is_dir():
            return path
        for pattern in ("tokenizer.json", "vocab.txt", "*.model"):
            for found in sorted(path.glob(pattern)):
                return found
        sys.exit(f"{path}: no tokenizer.json, vocab.txt or .model")

    @staticmethod
    def word_piece(path, cased):
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

        entries = path.read_bytes().decode().removesuffix("\n").split("\n")
        vocabulary = {entry.removesuffix("\r"): i for i, entry in enumerate(entries)}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=not cased, strip_accents=not cased)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return tokenizer


def graphbert(arguments, *command, **options):
    cased = ["--cased"] if arguments.cased else []
    command = [str(arguments.graphbert), *command, "--tokenizer", str(arguments.tokenizer), *cased]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def parity(reference, arguments, lines, text):
    with text.open("rb") as stdin:
        ours = graphbert(arguments, "tokenizer", "encode", "--ids", stdin=stdin).decode().split("\n")[:-1]
    if len(ours) != len(lines):
        sys.exit(f"graphbert wrote {len(ours):,} lines for {len(lines):,}")
    different = 0
    for number, (line, found) in enumerate(zip(lines, ours), start=1):
        expected = reference.ids(line)
        if [int(i) for i in found.split()] != expected:
            different += 1
            if different <= arguments.show:
                print(f"line {number:,}: {line[:LONGEST_SHOWN]!r}")
                print(f"  {reference.name}: {' '.join(map(str, expected))[:LONGEST_SHOWN]}")
                print(f"  graphbert: {found[:LONGEST_SHOWN]}")
    print(f"ids differ on {different:,} of {len(lines):,} lines")
    return different


def speed(reference, arguments, lines, megabytes, text):
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
        theirs.append(megabytes / seconds(one_by_one))
        if reference.batch:
            batches.append(megabytes / seconds(lambda: reference.batch(lines)))
        figures = json.loads(graphbert(
            arguments, "bench", "tokenize", "--json", "--rounds", str(ROUNDS_A_LAUNCH), "--input", str(text)))
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
