"""Whether PyTorch computes from graphbert's Hugging Face export what graphbert's own graph computes from the run.

Exports a run twice, as a SavedModel (graphbert's graph, run by TensorFlow) and for transformers; loads the second with
BertForPreTraining.from_pretrained (BertForMaskedLM without a pair head), with nothing missing or unexpected; compares the
last hidden states and both heads' logits on random sequences with padding; and compares AutoTokenizer's ids with those of
'graphbert tokenizer encode' on the lines of a text. Ends with code 1 if something differs.

    python3 src/bench/parity_export.py --run runs/wiki --text text/wiki.txt

Needs pip's numpy, tensorflow, torch and transformers; graphbert itself needs none of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from reference import LAUNCHER, read_lines

# Python's own tokenize, not the one beside this file.
sys.path.remove(str(Path(__file__).resolve().parent))
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
import torch
import transformers

TOLERANCE = 1e-5


def graphbert(*arguments, **options):
    done = subprocess.run([LAUNCHER, *map(str, arguments)], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def load(directory):
    """The model in float32, after its loader has said that all of it was there and nothing else."""
    config = transformers.AutoConfig.from_pretrained(directory)
    kind = getattr(transformers, config.architectures[0])
    transformers.utils.logging.disable_progress_bar()
    model, info = kind.from_pretrained(directory, output_loading_info=True, dtype=torch.float32)
    wrong = {key: sorted(map(str, value)) for key, value in info.items() if value}
    print(f"{kind.__name__}.from_pretrained: " + (str(wrong) if wrong else "nothing missing, unexpected or mismatched"))
    return model.eval(), not wrong


def batch(config, size, random):
    """Random sequences of random lengths; what is behind a sequence's end is padding."""
    length = min(config.max_position_embeddings, 64)
    lengths = random.integers(2, length + 1, size)
    lengths[0] = length
    mask = (np.arange(length) < lengths[:, None]).astype(np.int32)
    ids = random.integers(0, config.vocab_size, (size, length)).astype(np.int32) * mask
    segments = (np.arange(length) >= lengths[:, None] // 2).astype(np.int32) * mask
    positions = random.integers(0, lengths[:, None], (size, 7)).astype(np.int32)
    return ids, mask, segments, positions


def compare(saved, model, size, random):
    ids, mask, segments, positions = batch(model.config, size, random)
    feed = {"input_ids": tf.constant(ids), "input_mask": tf.constant(mask), "segment_ids": tf.constant(segments)}
    ours = {
        "sequence_output": saved.signatures["features"](**feed)["sequence_output"],
        "masked_lm_logits": saved.signatures["masked_lm"](masked_lm_positions=tf.constant(positions), **feed)["logits"],
    }
    with torch.no_grad():
        out = model(
            input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask), token_type_ids=torch.tensor(segments),
            output_hidden_states=True)
    # BertForMaskedLM calls them logits.
    logits = out.prediction_logits if "prediction_logits" in out else out.logits
    theirs = {
        "sequence_output": out.hidden_states[-1],
        "masked_lm_logits": torch.take_along_dim(logits, torch.tensor(positions, dtype=torch.int64)[:, :, None], 1),
    }
    if "seq_relationship_logits" in out:
        ours["next_sentence_logits"] = saved.signatures["next_sentence"](**feed)["logits"]
        theirs["next_sentence_logits"] = out.seq_relationship_logits
    good = True
    for name, value in ours.items():
        found, expected = theirs[name].numpy(), value.numpy()
        if name == "sequence_output":
            found, expected = found[mask == 1], expected[mask == 1]
        difference = np.abs(found - expected).max()
        good &= bool(difference <= TOLERANCE)
        print(f"{name:22} {found.size:9,d} values, largest {np.abs(expected).max():7.3f}, largest difference {difference:.2e}")
    return good


def tokenizers(run, directory, text):
    lines = [line for line in read_lines(text) if line.strip()]
    printed = graphbert("tokenizer", "encode", "--tokenizer", run / "tokenizer", "--ids", input="\n".join(lines) + "\n")
    ours = [[int(number) for number in line.split()] for line in printed.split("\n")[:len(lines)]]
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    theirs = tokenizer(lines, add_special_tokens=False)["input_ids"]
    wrong = [i for i, line in enumerate(ours) if line != theirs[i]]
    print(f"AutoTokenizer ({type(tokenizer).__name__}): {len(lines) - len(wrong):,} of {len(lines):,} lines have the same ids")
    if wrong:
        print(f"  first: {lines[wrong[0]][:160]}\n  graphbert {ours[wrong[0]][:20]}\n  theirs    {theirs[wrong[0]][:20]}")
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--text", type=Path, help="lines to encode with both tokenizers")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    transformers.utils.logging.set_verbosity_error()
    print(f"transformers {transformers.__version__}, torch {torch.__version__}, tensorflow {tf.__version__}")
    with tempfile.TemporaryDirectory() as directory:
        directory = Path(directory)
        graphbert("export", "--run", options.run, "--output", directory / "hf", "--format", "huggingface")
        graphbert("export", "--run", options.run, "--output", directory / "saved")
        model, good = load(directory / "hf")
        saved = tf.saved_model.load(str(directory / "saved" / "1"))
        good &= compare(saved, model, options.batch_size, np.random.default_rng(options.seed))
        if options.text:
            good &= tokenizers(options.run, directory / "hf", options.text)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
