#!/usr/bin/env python3
"""Compares graphbert's scores of fine-tuned tasks with those of the libraries that the field takes them from.

    pip install scikit-learn scipy seqeval
    python src/bench/scores.py --squad DIRECTORY

The directory holds SQuAD's official evaluate-v1.1.py and evaluate-v2.0.py. Random predictions of each kind, of all sizes
from one example up, with classes, types and answers that are missing on either side, are scored by both; every figure must
agree to 1e-12. --seqeval names a checkout of seqeval where it is not installed. With --golden FILE, some of the cases are
written there with the libraries' figures, for graphbert's own tests: src/test/resources/golden/scores.jsonl.

The exit code is 0, or 1 if a figure differs.
"""

import sys

# Python looks for modules beside the script first, and there is a tokenize.py, a name that its library has too.
sys.path.append(sys.path.pop(0))

import argparse
import contextlib
import importlib.util
import io
import json
import math
import random
import subprocess
import warnings
from pathlib import Path

from reference import LAUNCHER

TOLERANCE = 1e-12
SHOWN = 5
GOLDEN = 8
CASES = LAUNCHER.parent / "src/test/java/org/graphbert/evaluate/score/ScoreCases.java"

# Articles, punctuation and spaces that are not ASCII, marks, letters whose lower case is longer, digits that are letters.
WORDS = ["the", "a", "an", "The", "AN", "theme", "banana", "U.S.", "it's", "well-known", "1,000", "\u00c5ngstr\u00f6m", "e\u0301t\u00e9",
         "\u0130stanbul", "\u039f\u0394\u039f\u03a3", "\u00bd", "x\u00b2", "a_b", "the\u2014end", "\u4e2d\u6587", "\U0001d504", "\u2019s", "\u2167", "a\u0301",
         "...", "!", "\"", "\u2026", "$5", "\u20ac5", "\u00ab", "&", "\u0e01\u0e32"]
SPACES = [" ", " ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u0085", "-", ""]


def main():
    arguments = parse()
    if arguments.seqeval:
        sys.path.insert(0, str(arguments.seqeval))
    subprocess.run([arguments.graphbert, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds what is to be compared
    kinds = {
        "classes": (classes, classes_reference),
        "numbers": (numbers, numbers_reference),
        "spans": (spans, spans_reference),
        "strict spans": (spans, spans_reference),
        "squad 1.1": (answers, Squad(arguments.squad / "evaluate-v1.1.py").first),
        "squad 2.0": (answers, Squad(arguments.squad / "evaluate-v2.0.py").second),
    }
    golden = []
    different = 0
    for kind, (make, reference) in kinds.items():
        cases = [{"kind": kind, **make(random.Random(f"{kind} {i} {arguments.seed}"), kind)} for i in range(arguments.cases)]
        expected = [reference(case) for case in cases]
        different += compare(kind, cases, expected, graphbert(arguments.graphbert, cases))
        for case, of in zip(cases[:GOLDEN], expected):
            metrics = {name: "NaN" if math.isnan(value) else value for name, value in of.items()}  # JSON has none
            golden.append({**case, "metrics": metrics})
    if arguments.golden:
        arguments.golden.write_text("".join(json.dumps(case) + "\n" for case in golden), encoding="utf-8")
    sys.exit(1 if different else 0)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad", type=Path, required=True, help="directory of evaluate-v1.1.py and evaluate-v2.0.py")
    parser.add_argument("--seqeval", type=Path, help="checkout of seqeval, where it is not installed")
    parser.add_argument("--cases", type=int, default=2000, help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the cases (default: %(default)s)")
    parser.add_argument("--golden", type=Path, help="file to write some cases to, with the libraries' figures")
    parser.add_argument("--graphbert", type=lambda path: Path(path).resolve(), default=LAUNCHER, help="the launcher (default: this checkout's)")
    return parser.parse_args()


def graphbert(launcher, cases):
    command = ["java", "-cp", str(launcher.parent / "target/graphbert.jar"), str(CASES)]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    out = subprocess.run(command, input=lines.encode(), check=True, stdout=subprocess.PIPE).stdout
    return [{name: float(value) for name, value in json.loads(line).items()} for line in out.decode().splitlines()]


def compare(kind, cases, expected, found):
    worst = 0.0
    figures = 0
    wrong = []
    for i, (case, reference, own) in enumerate(zip(cases, expected, found, strict=True)):
        if reference.keys() != own.keys():
            wrong.append(f"case {i}: figures {sorted(own.keys() ^ reference.keys())} on one side only")
            continue
        for name, value in reference.items():
            figures += 1
            if math.isnan(value) or math.isnan(own[name]):
                difference = 0.0 if math.isnan(value) and math.isnan(own[name]) else math.inf
            else:
                difference = abs(value - own[name]) / max(1.0, abs(value))
            worst = max(worst, difference)
            if difference > TOLERANCE:
                wrong.append(f"case {i}: {name} {own[name]!r}, expected {value!r}: {json.dumps(case)[:400]}")
    print(f"{kind}: {len(cases):,} cases, {figures:,} figures, largest difference {worst:.1e}"
          + (f", {len(wrong):,} DIFFER" if wrong else ""))
    for line in wrong[:SHOWN]:
        print("  " + line)
    return len(wrong)


def sizes(r, most):
    """As often few as many."""
    return max(1, int(math.exp(r.uniform(0, math.log(most)))))


def classes(r, _):
    k = r.choice([2, 2, 2, 3, 5, 12])
    n = sizes(r, 300)
    used = r.sample(range(k), r.randint(1, k))
    seen = r.sample(range(k), r.randint(1, k))
    gold = [r.choice(used) for _ in range(n)]
    agreement = r.choice([0.0, 0.5, 0.9, 1.0])
    predicted = [g if r.random() < agreement else r.choice(seen) for g in gold]
    present = sorted(set(gold) | set(predicted))
    return {"labels": [f"c{i:02}" for i in range(k)], "gold": gold, "predicted": predicted, "positive": f"c{r.choice(present):02}"}


def classes_reference(case):
    from sklearn import metrics

    gold, predicted, labels = case["gold"], case["predicted"], range(len(case["labels"]))
    positive = [case["labels"].index(case["positive"])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figures = {"accuracy": metrics.accuracy_score(gold, predicted)}
        for name in ["f1", "precision", "recall"]:
            score = getattr(metrics, f"{name}_score")
            figures[name] = score(gold, predicted, labels=positive, average=None, zero_division=0)[0]
            for average in ["macro", "micro", "weighted"]:
                if name == "f1" or average == "macro":
                    figures[f"{name}_{average}"] = score(gold, predicted, average=average, zero_division=0)
        figures["matthews"] = metrics.matthews_corrcoef(gold, predicted)
        of_class = metrics.precision_recall_fscore_support(gold, predicted, labels=labels, zero_division=0)
    for label, *values in zip(case["labels"], *of_class):
        figures |= {f"{label}: {name}": value for name, value in zip(["precision", "recall", "f1", "support"], values)}
    return {name: float(value) for name, value in figures.items()}


def numbers(r, _):
    n = sizes(r, 300) + 1
    # No small spread about a large middle: there scipy's own rounding is seen at the twelfth digit.
    spread, middle = r.choice([(0.0, 0.0), (0.0, 2.5), (1.0, 0.0), (1.0, 2.5), (1.0, 1e4), (1e-6, 0.0), (1e9, 0.0), (1e9, 1e4)])
    tied = r.random() < 0.5

    def number():
        x = r.gauss(0, 1)
        return middle + spread * (round(x) if tied else x)

    gold = [r.choice([0.0, 0.5, 1.0, 5.0]) if tied else r.uniform(0, 5) for _ in range(n)]
    correlated = r.choice([0.0, 1.0, -1.0])
    return {"gold": gold, "predicted": [correlated * g + number() for g in gold]}


def numbers_reference(case):
    from scipy import stats
    from sklearn import metrics

    gold, predicted = case["gold"], case["predicted"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "pearson": float(stats.pearsonr(gold, predicted)[0]),
            "spearman": float(stats.spearmanr(gold, predicted)[0]),
            "mean_squared_error": float(metrics.mean_squared_error(gold, predicted)),
            "mean_absolute_error": float(metrics.mean_absolute_error(gold, predicted)),
        }


def spans(r, kind):
    # A hyphen at the end of a type is lost to seqeval's strict mode, not to its default one.
    last = "location" if kind == "strict spans" else "location-"
    types = r.sample(["person", "creative-work", "X", "a-b-c", last], r.randint(1, 5)) + [""]
    prefixes = "BI" if kind == "strict spans" or r.random() < 0.5 else "BIES"
    outside = r.random()

    def tag():
        kind = r.choice(types[:-1]) if r.random() < 0.97 else types[-1]
        return "O" if r.random() < outside else r.choice(prefixes) + ("-" + kind if kind else "")

    gold = [[tag() for _ in range(sizes(r, 30))] for _ in range(sizes(r, 20))]
    agreement = r.choice([0.0, 0.7, 0.9, 1.0])
    return {"gold": gold, "predicted": [[g if r.random() < agreement else tag() for g in sentence] for sentence in gold]}


def spans_reference(case):
    from seqeval import metrics
    from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as lenient
    from seqeval.metrics.v1 import precision_recall_fscore_support as strict
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2, Entities

    gold, predicted = case["gold"], case["predicted"]
    of = (lambda **how: strict(gold, predicted, scheme=IOB2, **how)) if case["kind"] == "strict spans" else (
        lambda **how: lenient(gold, predicted, **how))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        micro = of(average="micro")
        figures = {"f1": micro[2], "precision": micro[0], "recall": micro[1], "f1_macro": of(average="macro")[2],
                   "f1_weighted": of(average="weighted")[2], "token_accuracy": metrics.accuracy_score(gold, predicted)}
        if case["kind"] == "strict spans":
            types = Entities(gold, IOB2).unique_tags | Entities(predicted, IOB2).unique_tags
        else:
            types = {entity[0] for entity in get_entities(gold) + get_entities(predicted)}
        for kind, *values in zip(sorted(types), *of(average=None)):
            figures |= {f"{kind}: {name}": value for name, value in zip(["precision", "recall", "f1", "support"], values)}
    return {name: float(value) for name, value in figures.items()}


def answers(r, kind):
    def character():
        while True:
            c = chr(r.choice([r.randint(1, 0x2ff), r.randint(1, 0xffff)]))
            if not 0xd800 <= ord(c) <= 0xdfff:
                return c

    def text(words):
        return "".join((r.choice(WORDS) if r.random() < 0.95 else character()) + r.choice(SPACES) for _ in range(words))

    def variant(of):
        return r.choice([of, of.upper(), "the " + of, of + ".", " ".join(of.split()[1:]), text(3), "", "the", "!"])

    n = sizes(r, 40)
    gold = {}
    predicted = {}
    no_answer = {}
    for i in range(n):
        of = text(r.randint(1, 8))
        answerable = kind == "squad 1.1" or r.random() < 0.6
        gold[f"q{i}"] = [variant(of) if j else of for j in range(r.randint(1, 3))] if answerable else []
        # The script for 2.0 can't do without a prediction for any question; that for 1.1 counts it as wrong.
        if kind == "squad 2.0" or r.random() < 0.9:
            predicted[f"q{i}"] = variant(of) if answerable or r.random() < 0.5 else ""
        no_answer[f"q{i}"] = r.choice([r.random(), r.choice([0.0, 0.25, 1.0]), r.uniform(-5, 5)])
    return {"gold": gold, "predicted": predicted, "no_answer": no_answer, "threshold": r.choice([0.0, 0.5, 1.0])}


class Squad:
    """An official script, as a module."""

    def __init__(self, path):
        spec = importlib.util.spec_from_file_location("squad_" + path.stem.replace(".", "_").replace("-", "_"), path)
        self.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.script)

    @staticmethod
    def data(case):
        qas = [{"id": i, "answers": [{"text": text} for text in texts]} for i, texts in case["gold"].items()]
        return [{"paragraphs": [{"qas": qas}]}]

    def first(self, case):
        with contextlib.redirect_stderr(io.StringIO()):
            figures = self.script.evaluate(self.data(case), case["predicted"])
        return {"exact": float(figures["exact_match"]), "f1": float(figures["f1"]), "total": float(len(case["gold"]))}

    def second(self, case):
        script, predicted, no_answer = self.script, case["predicted"], case["no_answer"]
        has_answer = script.make_qid_to_has_ans(self.data(case))
        raw = script.get_raw_scores(self.data(case), predicted)
        exact, f1 = (script.apply_no_ans_threshold(of, no_answer, has_answer, case["threshold"]) for of in raw)
        figures = dict(script.make_eval_dict(exact, f1))
        for part, wanted in [("has_ans", True), ("no_ans", False)]:
            of = [i for i, has in has_answer.items() if has == wanted]
            if of:
                script.merge_eval(figures, script.make_eval_dict(exact, f1, of), part)
        script.find_all_best_thresh(figures, predicted, *raw, no_answer, has_answer)
        return {name: float(value) for name, value in figures.items()}


if __name__ == "__main__":
    main()
