#!/usr/bin/env bash
# Takes parts of the bundle in on the GPU machine: checks each against the manifest beside it and keeps it outside the
# repository's copy, which the next call replaces.
#   bash src/bench/gpu/receive.sh target-gpu/bundle/core.00 [PART...]
set -eu
[ $# -ge 1 ] || { echo "usage: receive.sh PART..., with manifest.json beside the first; parts are kept in \$GRAPHBERT_PARTS" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
# The python3 of PyTorch may have been built without lzma; the system's has it.
python=python3
python3 -c 'import lzma' 2> /dev/null || python=/usr/bin/python3
exec "$python" "$here/parts.py" store "$@" --store "${GRAPHBERT_PARTS:-$HOME/graphbert-parts}" --manifest "$(dirname "$1")/manifest.json"
