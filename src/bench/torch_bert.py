"""BERT's pre-training in PyTorch, twice: written for speed, and as Hugging Face's transformers has it.

Letters: B sequences, S positions, P predictions a sequence, N heads, D head width, H = N·D hidden, V vocabulary. A batch is
a dict of tensors by the names of the records' columns.
"""

import torch
import torch.nn.functional as F
from torch import nn

BETAS = (0.9, 0.999)
EPSILON = 1e-6
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0
# The reference adds it to the number of predictions (run_pretraining.py).
WEIGHT_EPSILON = 1e-5


class Layer(nn.Module):
    """One layer: q, k and v by one product, attention by PyTorch's fused op, LayerNorm after each residual."""

    def __init__(self, config):
        super().__init__()
        h, i = config["hidden_size"], config["intermediate_size"]
        self.heads = config["num_attention_heads"]
        self.attention_dropout = config["attention_probs_dropout_prob"]
        self.dropout = nn.Dropout(config["hidden_dropout_prob"])
        self.qkv = nn.Linear(h, 3 * h)
        self.projection = nn.Linear(h, h)
        self.attention_norm = nn.LayerNorm(h, config["layer_norm_eps"])
        self.wide = nn.Linear(h, i)
        self.narrow = nn.Linear(i, h)
        self.norm = nn.LayerNorm(h, config["layer_norm_eps"])

    def forward(self, x, mask):
        b, s, h = x.shape
        q, k, v = self.qkv(x).view(b, s, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)  # [B, N, S, D] each
        dropout = self.attention_dropout if self.training else 0.0
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        context = context.transpose(1, 2).reshape(b, s, h)
        x = self.attention_norm(x + self.dropout(self.projection(context)))
        return self.norm(x + self.dropout(self.narrow(F.gelu(self.wide(x)))))


class Bert(nn.Module):
    """Encoder and both heads; the masked-LM head sees the P predicted positions alone."""

    def __init__(self, config):
        super().__init__()
        h, v = config["hidden_size"], config["vocab_size"]
        self.words = nn.Embedding(v, h)
        self.positions = nn.Embedding(config["max_position_embeddings"], h)
        self.segments = nn.Embedding(config["type_vocab_size"], h)
        self.norm = nn.LayerNorm(h, config["layer_norm_eps"])
        self.dropout = nn.Dropout(config["hidden_dropout_prob"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.pooler = nn.Linear(h, h)
        self.pairs = nn.Linear(h, 2)
        self.transform = nn.Linear(h, h)
        self.transform_norm = nn.LayerNorm(h, config["layer_norm_eps"])
        self.output_bias = nn.Parameter(torch.zeros(v))
        for name, parameter in self.named_parameters():
            if name.endswith("weight") and parameter.dim() == 2:
                nn.init.trunc_normal_(parameter, std=0.02, a=-0.04, b=0.04)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, batch):
        """Logits of the predictions [B·P, V] and of the pairs [B, 2]; a batch without a mask has no padding."""
        ids = batch["input_ids"]
        b, s = ids.shape
        x = self.words(ids) + self.positions.weight[:s] + self.segments(batch["segment_ids"])   # [B, S, H]
        x = self.dropout(self.norm(x))
        mask = None
        if "input_mask" in batch:
            mask = (1.0 - batch["input_mask"][:, None, None, :].to(x.dtype)) * -10000.0         # [B, 1, 1, S]
        for layer in self.layers:
            x = layer(x, mask)
        rows = (batch["masked_lm_positions"] + torch.arange(b, device=ids.device)[:, None] * s).flatten()  # [B·P]
        masked = x.flatten(0, 1).index_select(0, rows)                                          # [B·P, H]
        features = self.transform_norm(F.gelu(self.transform(masked)))
        return F.linear(features, self.words.weight, self.output_bias), self.pairs(torch.tanh(self.pooler(x[:, 0])))


def random_batch(config, b, s, predictions):
    """Full sequences of random tokens, with so many predictions each."""
    v = config["vocab_size"]
    return {
        "input_ids": torch.randint(0, v, (b, s)), "input_mask": torch.ones(b, s, dtype=torch.int64),
        "segment_ids": torch.randint(0, 2, (b, s)),
        "masked_lm_positions": torch.stack([torch.randperm(s)[:predictions] for _ in range(b)]),
        "masked_lm_ids": torch.randint(0, v, (b, predictions)), "masked_lm_weights": torch.ones(b, predictions),
        "next_sentence_labels": torch.randint(0, 2, (b, 1))}


def losses(logits, pair_logits, batch):
    """Both losses and accuracies, each a mean: over the weights of the predictions, over the pairs."""
    labels, weights = batch["masked_lm_ids"].flatten(), batch["masked_lm_weights"].flatten()
    pairs = batch["next_sentence_labels"].flatten()
    total = weights.sum() + WEIGHT_EPSILON
    masked_lm = (F.cross_entropy(logits.float(), labels, reduction="none") * weights).sum() / total
    next_sentence = F.cross_entropy(pair_logits.float(), pairs)
    with torch.no_grad():
        hits = ((logits.argmax(-1) == labels) * weights).sum() / total
        pair_hits = (pair_logits.argmax(-1) == pairs).float().mean()
    return masked_lm, hits, next_sentence, pair_hits


def optimizer(model, learning_rate):
    """AdamW in one kernel over all parameters; no decay on LayerNorm and biases."""
    decayed = [p for name, p in model.named_parameters() if p.dim() == 2]
    others = [p for name, p in model.named_parameters() if p.dim() < 2]
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}],
        lr=learning_rate, betas=BETAS, eps=EPSILON, fused=True)


def step(model, loss, adamw):
    """Backward, clip, update."""
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM, foreach=True)
    adamw.step()
    adamw.zero_grad(set_to_none=True)


def narrow(precision, batch):
    """The context in which products are computed in bfloat16, where that is asked for, on the batch's device."""
    return torch.autocast(batch["input_ids"].device.type, torch.bfloat16, enabled=precision == "bfloat16")


def stock_labels(batch):
    """[B, S] as transformers has them: the original token where something is predicted, -100 elsewhere."""
    labels = torch.full_like(batch["input_ids"], -100)
    counted = torch.where(batch["masked_lm_weights"] > 0, batch["masked_lm_ids"], -100)
    return labels.scatter_(1, batch["masked_lm_positions"], counted)


def stock_loss(model, batch, labels):
    """The joint loss of transformers' BertForPreTraining."""
    return model(
        input_ids=batch["input_ids"], attention_mask=batch["input_mask"], token_type_ids=batch["segment_ids"],
        labels=labels, next_sentence_label=batch["next_sentence_labels"].flatten()).loss


class Fast:
    """Training steps of the model above."""

    def __init__(self, config, compiled=False, precision="float32"):
        self.model = Bert(config).train()
        self.adamw = optimizer(self.model, 1e-4)
        self.precision = precision
        self.run = torch.compile(self.loss) if compiled else self.loss

    def loss(self, batch):
        logits, pairs = self.model(batch)
        masked_lm, hits, next_sentence, pair_hits = losses(logits, pairs, batch)
        return masked_lm + next_sentence, hits, pair_hits

    def step(self, batch):
        with narrow(self.precision, batch):
            loss, hits, pair_hits = self.run(batch)
        step(self.model, loss, self.adamw)
        return loss.item(), hits.item(), pair_hits.item()


class Stock:
    """Training steps of transformers' BertForPreTraining: logits everywhere."""

    def __init__(self, config, precision="float32"):
        import transformers

        known = {key: value for key, value in config.items() if key != "model_type"}
        self.model = transformers.BertForPreTraining(transformers.BertConfig(**known)).train()
        self.adamw = optimizer(self.model, 1e-4)
        self.precision = precision

    def step(self, batch):
        with narrow(self.precision, batch):
            loss = stock_loss(self.model, batch, stock_labels(batch))
        step(self.model, loss, self.adamw)
        return loss.item()
