#!/usr/bin/env bash
# Rehearses on this machine what will happen on the GPU machine: every call sees a copy of the repository with the parts that it
# carries, and neither Java nor Maven nor what it has fetched nor a network. Needs root, or user namespaces with mounts.
#   bash src/bench/gpu/rehearse.sh target-gpu/bundle OUT [arguments of check.py, by default --sizes tiny --minutes 15]
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: rehearse.sh BUNDLE OUT [arguments of check.py]" >&2; exit 2; }
repository=$(cd "$(dirname "$0")/../../.." && pwd)
bundle=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
shift 2
[ $# -gt 0 ] || set -- --sizes tiny --minutes 15
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
mkdir "$there/home" "$there/out"

# One call: a fresh copy of the tracked files with the carried ones, and a bare machine around it.
call() {
  local carried=$1 part
  shift
  rm -rf "$there/repository"
  mkdir -p "$there/repository/target-gpu/bundle"
  git -C "$repository" archive HEAD | tar -x -C "$there/repository"
  for part in $carried; do cp "$bundle/$part" "$there/repository/target-gpu/bundle/"; done
  printf '%s bytes travel: %s\n' "$(du -sb "$there/repository" | cut -f1)" "${carried:-nothing carried}"
  # shellcheck disable=SC2016 # expanded inside
  hidden="$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")/.. ${MAVEN_REPOSITORY:-$HOME/.m2} $repository $bundle" \
    unshare -n -m bash -c '
      for directory in $hidden /usr/share/maven; do [ ! -d "$directory" ] || mount -t tmpfs -o size=1m none "$directory"; done
      cd "$1"; shift
      exec env -i PATH=/usr/bin:/bin HOME="$HOME_THERE" OUT="$OUT_THERE" "$@"' \
    call "$there/repository" "$@"
}

export HOME_THERE=$there/home OUT_THERE=$there/out
parts=$(cd "$bundle" && ls core.* cuda12.*)
echo "--- the machine: neither java nor mvn, one interface, a python3"
call "" bash -c 'command -v java mvn; wc -l < /proc/net/dev; python3 --version; ls -d /usr/lib/jvm/* 2> /dev/null' || true
first=${parts%%$'\n'*}
echo "--- a damaged part"
mkdir "$there/damaged"
cp "$bundle/manifest.json" "$there/damaged"
cp "$bundle/$first" "$there/damaged"
printf 'x' | dd of="$there/damaged/$first" bs=1 seek=1000000 conv=notrunc status=none
real=$bundle
bundle=$there/damaged
if call "manifest.json $first" bash src/bench/gpu/receive.sh "target-gpu/bundle/$first"; then echo "taken!" >&2; exit 1; fi
bundle=$real
echo "--- too early"
call "manifest.json $first" bash src/bench/gpu/receive.sh "target-gpu/bundle/$first"
if call "" bash src/bench/gpu/run.sh --minutes 1; then echo "ran!" >&2; exit 1; fi
for part in $parts; do
  echo "--- $part"
  time call "manifest.json $part" bash src/bench/gpu/receive.sh "target-gpu/bundle/$part"
done
echo "--- the check"
time call "" bash src/bench/gpu/run.sh "$@" || echo "the check ended with $?"
cp -r "$there/out/." "$out"
du -sh "$there/home"/*
ls -l "$out"
