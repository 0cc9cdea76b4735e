"""Trains torch_bert.py's model on a data set of graphbert's, with its update rule and schedule, into a run directory."""

import json
import os
import time

import numpy as np
import torch

import tfrecords
import torch_bert

SAVE_EVERY = 250


class Data:
    """A data set's columns; epochs are permutations keyed by (seed, epoch), so that any step's batch can be had at once."""

    def __init__(self, directory):
        self.columns = {name: torch.from_numpy(column) for name, column in tfrecords.columns(directory).items()}
        self.size = len(self.columns["input_ids"])
        self.permutations = {}

    def rows(self, numbers):
        return {name: column[numbers] for name, column in self.columns.items()}

    def batch(self, step, size, seed):
        """The batch of a step, from 0; epochs follow each other without a gap."""
        return self.rows(torch.from_numpy(np.array([self.record(i, seed) for i in range(step * size, (step + 1) * size)])))

    def record(self, at, seed):
        epoch, place = divmod(at, self.size)
        if epoch not in self.permutations:
            self.permutations = {epoch: np.random.default_rng((seed, epoch)).permutation(self.size)}
        return self.permutations[epoch][place]


class Sums:
    """Losses and hits over several batches: means weighted by the predictions and by the pairs."""

    def __init__(self):
        self.weight = self.pairs = 0.0
        self.totals = np.zeros(4)

    def add(self, figures, batch):
        weight, pairs = float(batch["masked_lm_weights"].sum()), len(batch["input_ids"])
        self.totals += np.array([float(figure) for figure in figures]) * [weight, weight, pairs, pairs]
        self.weight += weight
        self.pairs += pairs

    def line(self):
        masked_lm, accuracy, next_sentence, pair_accuracy = self.totals / [
            self.weight, self.weight, self.pairs, self.pairs]
        return {
            "loss": masked_lm + next_sentence, "masked_lm_loss": masked_lm, "masked_lm_accuracy": accuracy,
            "next_sentence_loss": next_sentence, "next_sentence_accuracy": pair_accuracy}


def rate(step, peak, warmup, total):
    """google-research/bert's: up from 0, then down to 0 along a line that is counted from step 0."""
    return peak * step / warmup if step < warmup else peak * (1 - step / total)


def evaluate(model, data, size):
    sums = Sums()
    model.eval()
    with torch.no_grad():
        for first in range(0, data.size, size):
            batch = data.rows(slice(first, first + size))
            sums.add(torch_bert.losses(*model(batch), batch), batch)
    model.train()
    return sums.line()


def learn(config, arguments):
    """From the state that is saved in the run directory, or the beginning, to the last step."""
    run = arguments.run
    run.mkdir(parents=True, exist_ok=True)
    (run / "run.json").write_text(json.dumps({"model": config, "config": {
        "steps": arguments.steps, "batch_size": arguments.batch_size, "learning_rate": arguments.learning_rate,
        "warmup_steps": arguments.warmup_steps, "seed": arguments.seed, "data": str(arguments.data)}}, indent=2) + "\n")
    data, held_out = Data(arguments.data), Data(arguments.eval_data)
    torch.manual_seed(arguments.seed)
    model = torch_bert.Bert(config).train()
    adamw = torch_bert.optimizer(model, arguments.learning_rate)
    first, seconds = 0, 0.0
    state = run / "state.pt"
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        adamw.load_state_dict(saved["adamw"])
        torch.set_rng_state(saved["random"])
        first, seconds = saved["step"], saved["seconds"]
    with (run / "metrics.jsonl").open("a") as log:
        def write(event, step, line):
            log.write(json.dumps({"event": event, "step": step, **line, "seconds": seconds}) + "\n")
            log.flush()

        write("resume" if first else "start", first, {})
        sums, logged = Sums(), time.perf_counter()
        for step in range(first, arguments.steps):
            begun = time.perf_counter()
            batch = data.batch(step, arguments.batch_size, arguments.seed)
            now = rate(step, arguments.learning_rate, arguments.warmup_steps, arguments.steps)
            for group in adamw.param_groups:
                group["lr"] = now
            figures = torch_bert.losses(*model(batch), batch)
            torch_bert.step(model, figures[0] + figures[2], adamw)
            sums.add([figure.item() for figure in figures], batch)
            seconds += time.perf_counter() - begun
            done = step + 1
            if done % arguments.log_every == 0:
                line = sums.line()
                write("train", done, {**line, "learning_rate": now})
                print(f"step {done:,} loss {line['loss']:.3f} masked LM {line['masked_lm_loss']:.3f} {seconds:,.0f} s", flush=True)
                sums = Sums()
            if done % arguments.eval_every == 0 or done == arguments.steps:
                begun = time.perf_counter()
                line = evaluate(model, held_out, arguments.batch_size)
                seconds += time.perf_counter() - begun
                write("held_out", done, line)
                print(f"step {done:,} held-out masked LM {line['masked_lm_loss']:.4f}", flush=True)
            if done % SAVE_EVERY == 0 or done == arguments.steps:
                torch.save({
                    "model": model.state_dict(), "adamw": adamw.state_dict(), "random": torch.get_rng_state(),
                    "step": done, "seconds": seconds}, run / "state.pt.new")
                os.replace(run / "state.pt.new", state)
        write("finish", arguments.steps, {})
