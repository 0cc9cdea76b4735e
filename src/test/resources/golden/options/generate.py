#!/usr/bin/env python3
"""Writes the reference outputs in this folder with PyTorch and Hugging Face transformers, in float64.

Needs torch, transformers and numpy (made with torch 2.13, transformers 5.18).  Usage: python generate.py

One file an option: OPTION.json holds the model's configuration under graphbert's keys, its weights under graphbert's
names (kernels [in, out]), one batch, what the model makes of it, and for every variable the norm and the first values of
its gradient. Weights have four decimals, so that the text is the float32 value and not near it. counts.json holds numbers
of parameters of models of published sizes.

An option that a model of transformers has is that model: MegatronBERT (pre_layer_norm), RoFormer (rotary), ALBERT
(embedding_size, num_hidden_groups), BERT itself (activations, no pair head). What none has any longer is BERT with one
module replaced below: the gated feed-forward (Shazeer 2020, equation 5) and relative positions (Shaw et al. 2018, equation
5; Huang et al. 2020, equation 10).
"""
import json
import math
import os
import re

import numpy as np
import torch
import transformers
from torch import nn
from transformers.activations import ACT2FN

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20
VOCAB, HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 23, 8, 2, 2, 12, 12
BATCH, LENGTH, PREDICTIONS = 3, 10, 3
COMMON = dict(vocab_size=VOCAB, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
              intermediate_size=INTERMEDIATE, max_position_embeddings=POSITIONS, type_vocab_size=2, hidden_act="gelu",
              hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12)


class GatedIntermediate(nn.Module):
    """activation(x W + b) * (x V + c)."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(HIDDEN, INTERMEDIATE)
        self.linear = nn.Linear(HIDDEN, INTERMEDIATE)

    def forward(self, x):
        return ACT2FN["gelu"](self.dense(x)) * self.linear(x)


class RelativeSelfAttention(nn.Module):
    """score(l, r) = (q_l . k_r + q_l . e(l - r) [+ k_r . e(l - r)]) / sqrt(D)."""

    def __init__(self, with_keys):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.distance_embedding = nn.Embedding(2 * POSITIONS - 1, HIDDEN // HEADS)
        self.with_keys = with_keys

    def forward(self, hidden_states, attention_mask=None, **_):
        batch, length, _ = hidden_states.shape
        q, k, v = (f(hidden_states).view(batch, length, HEADS, -1) for f in (self.query, self.key, self.value))
        places = torch.arange(length)
        e = self.distance_embedding(places[:, None] - places[None, :] + POSITIONS - 1)
        scores = torch.einsum("blhd,brhd->bhlr", q, k) + torch.einsum("blhd,lrd->bhlr", q, e)
        if self.with_keys:
            scores = scores + torch.einsum("brhd,lrd->bhlr", k, e)
        probabilities = torch.softmax(scores / math.sqrt(HIDDEN // HEADS) + attention_mask, dim=-1)
        return torch.einsum("bhlr,brhd->blhd", probabilities, v).reshape(batch, length, HIDDEN), probabilities


def config_of(kind, **changes):
    return kind(**{**COMMON, **changes}, pad_token_id=None, attn_implementation="eager")


def bert(**changes):
    return transformers.BertForPreTraining(config_of(transformers.BertConfig, **changes))


def gated():
    model = bert()
    for layer in model.bert.encoder.layer:
        layer.intermediate = GatedIntermediate()
    return model


def relative(with_keys):
    model = bert()
    for layer in model.bert.encoder.layer:
        layer.attention.self = RelativeSelfAttention(with_keys)
    model.bert.embeddings.position_embeddings.weight.requires_grad_(False).zero_()
    return model


ALBERT = dict(embedding_size=6, num_hidden_layers=4, num_hidden_groups=2)


def albert():
    return transformers.AlbertForPreTraining(config_of(
        transformers.AlbertConfig, **ALBERT, inner_group_num=1, classifier_dropout_prob=0.0))


def rotary():
    model = transformers.RoFormerForMaskedLM(config_of(transformers.RoFormerConfig, embedding_size=HIDDEN, rotary_value=False))
    positions = model.roformer.encoder.embed_positions
    positions.weight.data = positions.create_weight()
    return model


MODELS = {
    "pre_layer_norm": (dict(pre_layer_norm=True), lambda: transformers.MegatronBertForPreTraining(
        config_of(transformers.MegatronBertConfig))),
    "rotary": (dict(position_embedding_type="rotary", pair_head=False), rotary),
    "albert": (ALBERT, albert),
    "relative_key": (dict(position_embedding_type="relative_key"), lambda: relative(False)),
    "relative_key_query": (dict(position_embedding_type="relative_key_query"), lambda: relative(True)),
    "gated_feed_forward": (dict(gated_feed_forward=True), gated),
    "gelu_new": (dict(hidden_act="gelu_new"), lambda: bert(hidden_act="gelu_new")),
    "relu": (dict(hidden_act="relu"), lambda: bert(hidden_act="relu")),
    "silu": (dict(hidden_act="silu"), lambda: bert(hidden_act="silu")),
    "no_pair_head": (dict(pair_head=False), lambda: transformers.BertForMaskedLM(config_of(transformers.BertConfig))),
}

RENAMED = [
    (r"^(albert|roformer)\.", "bert."),
    (r"encoder\.layer\.(\d+)\.", r"encoder.layer_\1."),
    # MegatronBERT
    (r"^(bert\.encoder\.layer_\d+\.attention)\.ln\.", r"\1.LayerNorm."),
    (r"^(bert\.encoder\.layer_\d+)\.ln\.", r"\1.intermediate.LayerNorm."),
    (r"^bert\.encoder\.ln\.", "bert.encoder.LayerNorm."),
    # ALBERT
    (r"albert_layer_groups\.(\d+)\.albert_layers\.0\.", r"group_\1."),
    (r"attention\.(query|key|value)\.", r"attention.self.\1."),
    (r"attention\.(dense|LayerNorm)\.(?=weight|bias)", r"attention.output.\1."),
    (r"full_layer_layer_norm", "output.LayerNorm"),
    (r"ffn\.", "intermediate.dense."),
    (r"ffn_output\.", "output.dense."),
    (r"^bert\.pooler\.(?=weight|bias)", "bert.pooler.dense."),
    (r"^predictions\.(dense|LayerNorm)", r"cls.predictions.transform.\1"),
    (r"^predictions\.bias", "cls.predictions.bias"),
    (r"^sop_classifier\.classifier", "cls.seq_relationship"),
    # Google's names
    (r"^cls\.predictions\.bias$", "cls.predictions.output_bias"),
    (r"^cls\.seq_relationship\.(weight|bias)$", lambda m: "cls.seq_relationship.output_" + {"weight": "weights"}.get(m[1], m[1])),
    (r"LayerNorm\.weight$", "LayerNorm.gamma"),
    (r"LayerNorm\.bias$", "LayerNorm.beta"),
    (r"(_embeddings?)\.weight$", r"\1"),
    (r"\.weight$", ".kernel"),
]


def graphbert_name(name):
    for pattern, replacement in RENAMED:
        # MegatronBERT's LayerNorm before its attention is not ALBERT's behind it.
        if pattern.startswith(r"attention\.(dense|LayerNorm)") and "albert" not in name and "group_" not in name:
            continue
        name = re.sub(pattern, replacement, name)
    return name.replace(".", "/")


def as_graphbert(name, tensor):
    tensor = tensor.detach()
    return tensor.T if name.endswith("/kernel") else tensor


def batch(rng):
    ids, mask, segments = (np.zeros((BATCH, LENGTH), int) for _ in range(3))
    positions, labels = (np.zeros((BATCH, PREDICTIONS), int) for _ in range(2))
    weights = np.zeros((BATCH, PREDICTIONS))
    for b, (tokens, predictions) in enumerate([(LENGTH, 3), (7, 2), (5, 1)]):
        ids[b, :tokens] = rng.integers(5, VOCAB, tokens)
        mask[b, :tokens] = 1
        segments[b, tokens // 2:tokens] = 1
        positions[b, :predictions] = np.sort(rng.choice(tokens, predictions, replace=False))
        labels[b, :predictions] = rng.integers(5, VOCAB, predictions)
        weights[b, :predictions] = 1
    return dict(input_ids=ids, input_mask=mask, segment_ids=segments, masked_lm_positions=positions, masked_lm_ids=labels,
                masked_lm_weights=weights, next_sentence_labels=np.array([1, 0, 1]))


def hidden_states(base):
    """Records what the first layer sees and what each layer gives."""
    states = []
    layers = base.encoder.layer if hasattr(base.encoder, "layer") else [g.albert_layers[0] for g in base.encoder.albert_layer_groups]
    layers[0].register_forward_pre_hook(lambda _, args: states.append(args[0]) if not states else None)
    for layer in layers:
        layer.register_forward_hook(lambda _, args, out: states.append(out[0] if isinstance(out, tuple) else out))
    return states


def run(model, inputs):
    base = model.base_model
    states = hidden_states(base)
    t = {name: torch.from_numpy(values) for name, values in inputs.items()}
    out = base(t["input_ids"], attention_mask=t["input_mask"], token_type_ids=t["segment_ids"])
    at = t["masked_lm_positions"].unsqueeze(-1).expand(-1, -1, HIDDEN)
    predictions = model.cls.predictions if hasattr(model, "cls") else model.predictions
    logits = predictions(out.last_hidden_state.gather(1, at))
    chosen = torch.log_softmax(logits, -1).gather(-1, t["masked_lm_ids"].unsqueeze(-1)).squeeze(-1)
    weights = t["masked_lm_weights"]
    # google-research/bert, run_pretraining.py, get_masked_lm_output
    masked_lm = -(chosen * weights).sum() / (weights.sum() + 1e-5)
    result = dict(hidden_states=states, sequence_output=out.last_hidden_state, masked_lm_logits=logits, masked_lm_loss=masked_lm)
    pair_head = getattr(getattr(model, "cls", None), "seq_relationship", None) or getattr(model, "sop_classifier", None)
    if pair_head is not None:
        pairs = pair_head(out.pooler_output)
        result.update(pooled_output=out.pooler_output, next_sentence_logits=pairs,
                      next_sentence_loss=nn.functional.cross_entropy(pairs, t["next_sentence_labels"]))
    sum(loss for name, loss in result.items() if name.endswith("_loss")).backward()
    return result


def numbers(x, decimals):
    if isinstance(x, (list, tuple)):
        return [numbers(y, decimals) for y in x]
    return np.round(x.detach().numpy() if isinstance(x, torch.Tensor) else x, decimals).tolist()


def write(name, content):
    """One line for each entry of the first two levels."""
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        parts = []
        for key, value in content.items():
            if isinstance(value, dict):
                inner = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
                parts.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
            else:
                parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
        file.write("{\n" + ",\n".join(parts) + "\n}\n")


def golden(name, options, build):
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = build().double().eval()
    with torch.no_grad():
        for key, p in model.named_parameters():
            if p.requires_grad:
                centre = 1 if graphbert_name(key).endswith("gamma") else 0
                values = np.round(rng.normal(centre, 0.3, tuple(p.shape)), 4)
                p.copy_(torch.from_numpy(values.astype("float32").astype("float64")))
    model.tie_weights()
    inputs = batch(rng)
    result = run(model, inputs)
    variables = {graphbert_name(key): p for key, p in model.named_parameters() if p.requires_grad}
    variables = {key: (as_graphbert(key, p), as_graphbert(key, p.grad)) for key, p in sorted(variables.items())}
    write(name, dict(
        config={**COMMON, **options},
        parameters=sum(value.numel() for value, _ in variables.values()),
        inputs={key: values.tolist() for key, values in inputs.items()},
        outputs={key: numbers(value, 8) for key, value in result.items()},
        gradients={key: dict(l2=float(g.norm()), head=numbers(g.reshape(-1)[:8], 9)) for key, (_, g) in variables.items()},
        shapes={key: list(value.shape) for key, (value, _) in variables.items()},
        weights={key: numbers(value.reshape(-1), 4) for key, (value, _) in variables.items()}))


def counts():
    def count(build, config):
        with torch.device("meta"):
            model = build(config)
        return sum(p.numel() for p in model.parameters() if p.requires_grad)

    base = dict(vocab_size=30522)
    large = dict(vocab_size=30522, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
    t = transformers
    albert_base = dict(vocab_size=30000, embedding_size=128, hidden_size=768, num_hidden_layers=12, num_hidden_groups=1,
                       num_attention_heads=12, intermediate_size=3072)
    return {
        "base": dict(config=base, parameters=count(t.BertForPreTraining, t.BertConfig(**base))),
        "large": dict(config=large, parameters=count(t.BertForPreTraining, t.BertConfig(**large))),
        "base without pair head": dict(config={**base, "pair_head": False},
                                       parameters=count(t.BertForMaskedLM, t.BertConfig(**base))),
        "MegatronBERT base": dict(config={**base, "pre_layer_norm": True}, parameters=count(
            t.MegatronBertForPreTraining, t.MegatronBertConfig(**base, hidden_size=768, num_hidden_layers=12,
                                                               num_attention_heads=12, intermediate_size=3072))),
        "RoFormer base": dict(config={"vocab_size": 50000, "position_embedding_type": "rotary", "pair_head": False},
                              parameters=count(t.RoFormerForMaskedLM, t.RoFormerConfig(type_vocab_size=2))),
        "ALBERT base": dict(config=albert_base, parameters=count(t.AlbertForPreTraining, t.AlbertConfig(**albert_base))),
    }


if __name__ == "__main__":
    for name, (options, build) in MODELS.items():
        golden(name, options, build)
    write("counts", counts())
