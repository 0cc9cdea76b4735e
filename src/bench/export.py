"""Runs an export of graphbert's through each of TensorFlow's loaders in Python and holds the answers against those of
`graphbert serve`: batches of three sizes and lengths, inputs of int32 and of int64. Reads the warm-up requests as
tensorflow.serving.PredictionLog and makes them. Prints a line of JSON each; ends with 1 if a difference is beyond --tolerance.

    graphbert export --run runs/NAME --output saved_models/NAME
    graphbert serve saved_models/NAME &
    python src/bench/export.py saved_models/NAME/1 --server http://127.0.0.1:8501/v1/models/NAME

Needs tensorflow.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

# tokenize.py beside this file would hide Python's own.
sys.path.pop(0)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CLI = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
SIZES = [(1, 12), (3, 40), (5, 64)]


def inputs(signature, config, batch, length, random):
    ids = random.integers(5, config["vocab_size"], (batch, length))
    mask = np.ones((batch, length), np.int64)
    mask[-1, length // 2:] = 0
    segments = np.zeros((batch, length), np.int64)
    segments[:, length // 3:length // 2] = 1
    fed = {"input_ids": ids * mask, "input_mask": mask, "segment_ids": segments}
    if signature == "masked_lm":
        fed["masked_lm_positions"] = random.integers(0, length // 2, (batch, 2))
    return fed


def serve(server, signature, fed):
    body = json.dumps({"signature_name": signature, "inputs": {name: value.tolist() for name, value in fed.items()}})
    with urllib.request.urlopen(urllib.request.Request(server + ":predict", body.encode())) as answer:
        outputs = json.load(answer)["outputs"]
    return outputs if isinstance(outputs, dict) else {None: outputs}


def by_cli(directory, signature, fed):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for name, value in fed.items():
            np.save(scratch / f"{name}.npy", value)
        given = ";".join(f"{name}={scratch / name}.npy" for name in fed)
        subprocess.run([*CLI, "run", "--dir", directory, "--tag_set", "serve", "--signature_def", signature,
                        "--inputs", given, "--outdir", scratch / "out"], check=True, capture_output=True)
        return {path.stem: np.load(path) for path in (scratch / "out").glob("*.npy")}


def prediction_log():
    """The message class, from the numbers of prediction_log.proto, predict.proto and model.proto."""
    file = descriptor_pb2.FileDescriptorProto(name="log.proto", package="tensorflow.serving", syntax="proto3",
                                              dependency=["tensorflow/core/framework/tensor.proto"])
    string, message = descriptor_pb2.FieldDescriptorProto.TYPE_STRING, descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE

    def add(owner, name, number, kind, of="", repeated=False):
        field = owner.field.add(name=name, number=number, type=kind, label=3 if repeated else 1)
        if of:
            field.type_name = of

    spec = file.message_type.add(name="ModelSpec")
    add(spec, "name", 1, string)
    add(spec, "signature_name", 3, string)
    request = file.message_type.add(name="PredictRequest")
    entry = request.nested_type.add(name="InputsEntry")
    entry.options.map_entry = True
    add(entry, "key", 1, string)
    add(entry, "value", 2, message, ".tensorflow.TensorProto")
    add(request, "model_spec", 1, message, ".tensorflow.serving.ModelSpec")
    add(request, "inputs", 2, message, ".tensorflow.serving.PredictRequest.InputsEntry", True)
    log = file.message_type.add(name="PredictLog")
    add(log, "request", 1, message, ".tensorflow.serving.PredictRequest")
    whole = file.message_type.add(name="PredictionLog")
    add(whole, "predict_log", 6, message, ".tensorflow.serving.PredictLog")
    pool = descriptor_pool.DescriptorPool()
    from tensorflow.core.framework import resource_handle_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
    for known in (tensor_shape_pb2, types_pb2, resource_handle_pb2, tensor_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.serving.PredictionLog"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("version", help="NAME/VERSION")
    parser.add_argument("--server", help="e.g. http://127.0.0.1:8501/v1/models/NAME")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    config = json.loads((pathlib.Path(options.version) / "assets.extra/bert_config.json").read_text())
    random = np.random.default_rng(options.seed)
    shown = subprocess.run([*CLI, "show", "--dir", options.version, "--all"], check=True, capture_output=True, text=True)
    print(json.dumps({"loader": "saved_model_cli show", "signatures": shown.stdout.count("signature_def['")}))
    loaded = tf.saved_model.load(options.version)
    graph = tf.Graph()
    session = tf.compat.v1.Session(graph=graph)
    with graph.as_default():
        meta = tf.compat.v1.saved_model.load(session, ["serve"], options.version)
    worst = {}

    def hold(loader, expected, found):
        for name, value in expected.items():
            other = next(iter(found.values())) if name is None else found[name]
            other = np.asarray(other)
            assert np.shape(value) == other.shape, (loader, name, np.shape(value), other.shape)
            # JSON has the shortest digits that give the float32 back: -9999.123 of a masked place is half a thousandth off as a double.
            worst[loader] = max(worst.get(loader, 0), float(np.abs(np.asarray(value, other.dtype) - other).max()))

    for signature in sorted(name for name in meta.signature_def if not name.endswith("_int64") and name != "serving_default"):
        for batch, length in SIZES:
            fed = inputs(signature, config, batch, length, random)
            reference = serve(options.server, signature, fed) if options.server else None
            for suffix, kind in (("", np.int32), ("_int64", np.int64)):
                typed = {name: value.astype(kind) for name, value in fed.items()}
                by_load = loaded.signatures[signature + suffix](**{name: tf.constant(value) for name, value in typed.items()})
                reference = reference or {name: value.numpy() for name, value in by_load.items()}
                hold("tf.saved_model.load" + suffix, reference, {name: value.numpy() for name, value in by_load.items()})
                definition = meta.signature_def[signature + suffix]
                by_session = session.run(
                    {name: info.name for name, info in definition.outputs.items()},
                    {definition.inputs[name].name: value for name, value in typed.items()})
                hold("tf.compat.v1.saved_model.load" + suffix, reference, by_session)
                # It takes its seconds to start.
                if (batch, length) == SIZES[1] and (not suffix or signature == "features"):
                    hold("saved_model_cli run" + suffix, reference, by_cli(options.version, signature + suffix, typed))
    for loader, difference in sorted(worst.items()):
        print(json.dumps({"loader": loader, "largest_difference": difference}))
    log = prediction_log()
    warmed = 0
    for record in tf.data.TFRecordDataset(str(pathlib.Path(options.version) / "assets.extra/tf_serving_warmup_requests")):
        request = log.FromString(record.numpy()).predict_log.request
        given = {name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()}
        loaded.signatures[request.model_spec.signature_name](**given)
        warmed += 1
    print(json.dumps({"warm_up_requests": warmed, "signatures": len(meta.signature_def)}))
    sys.exit(1 if max(worst.values()) > options.tolerance or warmed != len(meta.signature_def) else 0)


if __name__ == "__main__":
    main()
