"""What the comparisons beside it share: text as graphbert reads it, the field's tokenizers, and whether ids agree.

Needs pip's tokenizers or sentencepiece, whichever made the tokenizer; graphbert itself needs neither.
"""

import bz2
import gzip
import json
import subprocess
import sys
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[2] / "graphbert"
LONGEST_SHOWN = 160


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


def megabytes(lines):
    """A megabyte is 10^6 bytes of UTF-8, line ends not counted."""
    return sum(len(line.encode()) for line in lines) / 1e6


class Reference:
    """A tokenizer as the library that made its kind has it: a name, its entries, and ids of a line.

    Special tokens written in the text are ordinary text for graphbert, as for google-research/bert; Hugging Face's added
    tokens are therefore taken out before its tokenizer is made.
    """

    def __init__(self, path, cased=False):
        path = self.file(path)
        self.batch = None
        if path.suffix == ".model":
            import sentencepiece

            self.name = f"sentencepiece {sentencepiece.__version__}"
            processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
            self.ids = processor.encode
            self.encode = processor.encode
            self.entries = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
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
            self.entries = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]

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


def parity(reference, encode, lines, text, show):
    """How many lines graphbert encodes to other ids; prints the first of them.

    encode: the command that reads lines and writes ids; text: a file of the lines.
    """
    with text.open("rb") as stdin:
        done = subprocess.run(encode, check=True, stdin=stdin, stdout=subprocess.PIPE)
    ours = done.stdout.decode().split("\n")[:-1]
    if len(ours) != len(lines):
        sys.exit(f"graphbert wrote {len(ours):,} lines for {len(lines):,}")
    different = 0
    for number, (line, found) in enumerate(zip(lines, ours), start=1):
        expected = reference.ids(line)
        if [int(i) for i in found.split()] != expected:
            different += 1
            if different <= show:
                print(f"line {number:,}: {line[:LONGEST_SHOWN]!r}")
                print(f"  {reference.name}: {' '.join(map(str, expected))[:LONGEST_SHOWN]}")
                print(f"  graphbert: {found[:LONGEST_SHOWN]}")
    print(f"ids differ on {different:,} of {len(lines):,} lines")
    return different
