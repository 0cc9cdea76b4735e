#!/usr/bin/env bash
# Unpacks what parts have come, once, and runs the check; arguments go to check.py (see there: --minutes, --steps, --sizes, --list).
#   OUT=results bash src/bench/gpu/run.sh --minutes 9
# GRAPHBERT_PARTS: where receive.sh keeps the parts. GRAPHBERT_HOME: where they are unpacked. OUT: where the results go.
set -eu
parts=${GRAPHBERT_PARTS:-$HOME/graphbert-parts}
home=${GRAPHBERT_HOME:-$HOME/graphbert-gpu}
out=${OUT:-$HOME/graphbert-results}
here=$(cd "$(dirname "$0")" && pwd)
# The python3 of PyTorch may have been built without lzma; the system's has it.
python=python3
python3 -c 'import lzma' 2> /dev/null || python=/usr/bin/python3
export PYTHONUNBUFFERED=1
started=$(date +%s)
"$python" "$here/parts.py" unpack "$parts" "$home"
echo "unpacked and checked in $(($(date +%s) - started)) s"
# The scripts of the bundle: they fit what is in it, whatever the repository's copy has become.
exec "$python" "$home/src/bench/gpu/check.py" "$home" --out "$out" "$@"
