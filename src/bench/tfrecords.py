"""The columns of a data set's TFRecords, read without TensorFlow: framing, and the few messages of tf.Example.

Checksums are not looked at; `graphbert inspect --verify` does that.
"""

import struct
from pathlib import Path

import numpy as np

INTEGERS = ("input_ids", "input_mask", "segment_ids", "masked_lm_positions", "masked_lm_ids", "next_sentence_labels")
FLOATS = ("masked_lm_weights",)

LENGTH_DELIMITED = 2
# tf.Feature's fields.
FLOAT_LIST = 2
INT64_LIST = 3


def columns(directory):
    """All records of a data set's directory: name -> [records, width], int64 or float32."""
    rows = {name: [] for name in INTEGERS + FLOATS}
    for file in sorted(Path(directory).glob("*.tfrecord")):
        for payload in payloads(file.read_bytes()):
            example = features(payload)
            for name, column in rows.items():
                column.append(example[name])
    return {name: np.stack(column) for name, column in rows.items()}


def payloads(data):
    """Of a TFRecord file: a record is its length (uint64), a checksum of that (4 bytes), the bytes, a checksum of them."""
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        yield data[at + 12:at + 12 + length]
        at += 12 + length + 4


def features(example):
    """Example { Features features = 1 }, Features { map<string, Feature> feature = 1 }."""
    found = {}
    for _, whole in fields(example):
        for _, entry in fields(whole):
            parts = dict(fields(entry))
            found[parts[1].decode()] = values(parts[2])
    return found


def values(feature):
    for kind, content in fields(feature):
        packed = b"".join(part for _, part in fields(content))
        if kind == FLOAT_LIST:
            return np.frombuffer(packed, "<f4")
        if kind == INT64_LIST:
            return varints(packed)
    return np.zeros(0, np.int64)


def fields(message):
    """The length-delimited fields of a message; those that are here are all of that kind."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 != LENGTH_DELIMITED:
            raise ValueError(f"a field of wire type {key & 7}, expected {LENGTH_DELIMITED}")
        size, at = varint(message, at)
        yield key >> 3, message[at:at + size]
        at += size


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def varints(packed):
    """Of packed numbers: seven bits a byte, the lowest first; a byte below 128 is a number's last."""
    data = np.frombuffer(packed, np.uint8)
    last = np.flatnonzero(data < 128)
    first = np.concatenate([[0], last[:-1] + 1]).astype(np.int64)
    place = np.arange(len(data)) - np.repeat(first, last - first + 1)
    return np.add.reduceat((data & 127).astype(np.int64) << 7 * place, first) if len(data) else np.zeros(0, np.int64)
