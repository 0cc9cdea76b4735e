#!/usr/bin/env bash
# graphbert as the bundle has it: its own Java runtime, TensorFlow's native as plain files on the class path. GRAPHBERT_CUDA names
# the directories with CUDA's libraries, colons between.
set -eu
home=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
export LD_LIBRARY_PATH=${GRAPHBERT_CUDA:+$GRAPHBERT_CUDA:}$home/cuda:$home/system${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}
case $(locale charmap 2> /dev/null) in UTF-8 | utf8) ;; *) export LC_ALL=C.UTF-8 ;; esac
if [ "${1:-}" = --junit ]; then
  shift
  # shellcheck disable=SC2086 # options are words
  exec "$home/runtime/bin/java" ${GRAPHBERT_JAVA_OPTIONS:-} -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
    -jar "$home"/tests/junit-platform-console-standalone-*.jar execute \
    --class-path "$home/tests/classes.jar:$home/app/graphbert.jar:$(printf '%s:' "$home"/app/lib/*.jar)$home/native" "$@"
fi
# shellcheck disable=SC2086
exec "$home/runtime/bin/java" ${GRAPHBERT_JAVA_OPTIONS:--XX:+UseParallelGC} \
  -cp "$home/app/graphbert.jar:$home/app/lib/*:$home/native" org.graphbert.cli.Main "$@"
