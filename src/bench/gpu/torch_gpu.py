#!/usr/bin/env python3
"""Times whole pre-training steps of BERT in PyTorch on a GPU, for graphbert's to be held against.

    python3 torch_gpu.py --model CONFIG.json --vocab-size N --batch-size B --sequence-length S --precision bfloat16 --json

A step is forward with dropout, backward, clipping by the global norm and fused AdamW, over full sequences of random tokens with 20
predictions each; the batch lies on the GPU. Nothing is fetched between the timed steps, so that the host runs ahead: PyTorch
at its best. The sides:
  transformers   Hugging Face's BertForPreTraining, --attention sdpa (PyTorch's fused op) or eager
  fast           torch_bert.py of the folder above: one product for q, k, v, logits at the predictions alone; --attention sdpa,
                 or flash: the same op without a mask, which only batches without padding can do without
--compile takes either through torch.compile; --compile max-autotune tries kernels too, which takes minutes.
bfloat16 is autocast over float32 weights; tf32 and float32 are float32 with and without the tensor cores' short products.

FLOPs are those of graphbert's count, the products that the losses need, two for each multiplication with its addition, however
many a side computes. The share is of the device's rate in products of 8192 rows and columns in the same precision. Memory is
what PyTorch's allocator held at most, the workspace of its libraries not counted.

Without a GPU it runs on the CPU, for rehearsal.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

# Python's own modules before those of the folder above.
sys.path.append(str(Path(__file__).resolve().parents[1]))

import torch  # noqa: E402
import torch_bert  # noqa: E402

PREDICTIONS = 20
LEARNING_RATE = 1e-4
LARGE, SMALL = 8192, 512
PRODUCTS = 30


def main():
    a = parse()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(a.seed)
    torch.set_float32_matmul_precision("high" if a.precision == "tf32" else "highest")
    config = {**json.loads(a.model.read_text())}
    config["vocab_size"] = a.vocab_size or config["vocab_size"]
    model, loss = side(config, a)
    model.to(device).train()
    batch = torch_bert.random_batch(config, a.batch_size, a.sequence_length, PREDICTIONS)
    batch = {name: tensor.to(device) for name, tensor in batch.items()}
    if a.attention == "flash":
        del batch["input_mask"]
    labels = torch_bert.stock_labels(batch)
    adamw = torch_bert.optimizer(model, LEARNING_RATE)
    run = torch.compile(loss, mode=a.compile) if a.compile else loss

    def step():
        with torch_bert.narrow(a.precision, batch):
            found = run(model, batch, labels)
        torch_bert.step(model, found, adamw)
        return found

    begun = time.perf_counter()
    first = step().item()
    for _ in range(a.warm_up_steps - 1):
        last = step()
    synchronize(device)
    warm_up = time.perf_counter() - begun
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    seconds, last = timed(step, a.steps, device)
    median = statistics.median(seconds)
    flops = step_flops(config, a.batch_size, a.sequence_length, PREDICTIONS)
    rate = product_rate(device, a.precision)
    figures = {
        "side": a.side, "attention": a.attention, "compile": a.compile, "batch_size": a.batch_size,
        "sequence_length": a.sequence_length, "vocab_size": config["vocab_size"], "precision": a.precision, "steps": a.steps,
        "parameters": sum(p.numel() for p in model.parameters()), "first_loss": first, "last_loss": last.item(),
        "warm_up_seconds": warm_up, "step_seconds": median, "mean_step_seconds": statistics.fmean(seconds),
        "sequences_per_second": a.batch_size / median, "tokens_per_second": a.batch_size * a.sequence_length / median,
        "step_teraflops": flops / 1e12, "teraflops_per_second": flops / median / 1e12,
        "product_teraflops_per_second": rate / 1e12, "product_share": flops / median / rate,
        "peak_device_bytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else None,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu", "torch": torch.__version__}
    print(json.dumps(figures) if a.json else text(figures))


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a configuration, config/bert-large.json")
    parser.add_argument("--vocab-size", type=int, help="instead of the configuration's")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--sequence-length", type=int, default=128)
    parser.add_argument("--precision", choices=("bfloat16", "float32", "tf32"), default="bfloat16")
    parser.add_argument("--side", choices=("transformers", "fast"), default="transformers")
    parser.add_argument("--attention", choices=("sdpa", "eager", "flash"), default="sdpa")
    parser.add_argument("--compile", nargs="?", const="default", metavar="MODE", help="torch.compile, and its mode")
    parser.add_argument("--steps", type=int, default=50, help="timed")
    parser.add_argument("--warm-up-steps", type=int, default=10, help="before them, the compilation with them")
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    known = {"transformers": ("sdpa", "eager"), "fast": ("sdpa", "flash")}[a.side]
    if a.attention not in known:
        parser.error(f"--attention {a.attention} is not of --side {a.side}: {' or '.join(known)}")
    if min(a.batch_size, a.steps, a.warm_up_steps) < 1 or a.sequence_length < PREDICTIONS:
        parser.error(f"sizes and steps are at least 1, --sequence-length at least {PREDICTIONS}, one for each prediction")
    return a


def side(config, a):
    """The model, and what computes its loss."""
    if a.side == "fast":
        def loss(model, batch, labels):
            masked_lm, _, next_sentence, _ = torch_bert.losses(*model(batch), batch)
            return masked_lm + next_sentence

        return torch_bert.Bert(config), loss
    import transformers

    known = {key: value for key, value in config.items() if key != "model_type"}
    return transformers.AutoModelForPreTraining.from_config(
        transformers.BertConfig(**known), attn_implementation=a.attention), torch_bert.stock_loss


def timed(run, times, device):
    """Seconds of each run by the device's own clock, and what the last one gave."""
    if device.type != "cuda":
        seconds = []
        for _ in range(times):
            begun = time.perf_counter()
            result = run()
            seconds.append(time.perf_counter() - begun)
        return seconds, result
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(times + 1)]
    torch.cuda.synchronize()
    marks[0].record()
    for mark in marks[1:]:
        result = run()
        mark.record()
    torch.cuda.synchronize()
    return [one.elapsed_time(next_) / 1e3 for one, next_ in zip(marks, marks[1:])], result


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def product_rate(device, precision):
    """FLOP/s of square products of normal numbers, the median."""
    n = LARGE if device.type == "cuda" else SMALL
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    x, y = (torch.randn(n, n, device=device, dtype=kind) for _ in range(2))
    out = torch.empty(n, n, device=device, dtype=kind)

    def product():
        return torch.mm(x, y, out=out)

    timed(product, 5, device)
    seconds, _ = timed(product, PRODUCTS, device)
    return 2.0 * n**3 / statistics.median(seconds)


def step_flops(config, batch, length, predictions):
    """As graphbert counts a step (Flops.java): in the last layer only the predictions and [CLS] ask."""
    h, layers = config["hidden_size"], config["num_hidden_layers"]
    i, v = config["intermediate_size"], config["vocab_size"]

    def layer(asking):
        return 2 * length * h * h + 2 * asking * h * h + 2 * asking * length * h + 2 * asking * h * i

    each = (layers - 1) * layer(length) + layer(predictions + 1) + predictions * (h * h + h * v) + h * h + 2 * h
    return 3 * 2.0 * batch * each


def text(f):
    lines = [
        f"{f['side']}, {f['attention']}{', compiled' if f['compile'] else ''}, {f['precision']}, on {f['device']}: "
        f"{1e3 * f['step_seconds']:.1f} ms a step (median of {f['steps']}), {f['tokens_per_second']:,.0f} tokens/s, "
        f"{f['teraflops_per_second']:.3f} TFLOP/s",
        f"{100 * f['product_share']:.0f}% of {f['product_teraflops_per_second']:.3f} TFLOP/s; {f['warm_up_seconds']:.1f} s to warm up"]
    if f["peak_device_bytes"]:
        lines[1] += f"; at most {f['peak_device_bytes'] / 2**20:,.0f} MiB"
    return "\n".join(lines)


if __name__ == "__main__":
    main()
