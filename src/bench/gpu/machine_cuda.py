#!/usr/bin/env python3
"""Finds CUDA libraries that a machine has, of whatever version, and links them under the names that TensorFlow opens.

    python3 machine_cuda.py DIRECTORY          # prints the directories for LD_LIBRARY_PATH, colons between; what is missing on stderr

TensorFlow 2.18 opens CUDA 12's libraries by their names and asks each for functions by theirs; a library's version is not looked at.
CUDA 13's libcublas has every function of libcublas 12 that TensorFlow names, and cuDNN 9 has one name for both. cufft, cusolver and
cusparse must only open. libcudart comes with the bundle: TensorFlow's own kernels are registered with it, and it is small.
Looked at: the directories of python3's nvidia packages (pip's CUDA, which PyTorch brings), the CUDA toolkit, the system's.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

# The name that is opened, and what may stand for it, the best first.
NAMES = {
    "libcublas.so.12": ["libcublas.so.12", "libcublas.so.13"],
    "libcublasLt.so.12": ["libcublasLt.so.12", "libcublasLt.so.13"],
    "libcufft.so.11": ["libcufft.so.11", "libcufft.so.12"],
    "libcusolver.so.11": ["libcusolver.so.11", "libcusolver.so.12"],
    "libcusparse.so.12": ["libcusparse.so.12", "libcusparse.so.13"],
    "libcudnn.so.9": ["libcudnn.so.9"],
}


def directories():
    """Where to look, in order; those that exist."""
    roots = [Path(entry) for entry in python_path()]
    found = [lib for root in roots for lib in sorted(root.glob("nvidia/*/lib"))]
    toolkits = [Path(os.environ[name]) for name in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(name)]
    toolkits += [Path("/usr/local/cuda"), *sorted(Path("/usr/local").glob("cuda-*"), reverse=True)]
    found += [toolkit / lib for toolkit in toolkits for lib in ("lib64", "targets/x86_64-linux/lib")]
    found += [Path("/usr/lib/x86_64-linux-gnu"), Path("/usr/lib64")]
    return [path for path in dict.fromkeys(found) if path.is_dir()]


def python_path():
    """Of the machine's python3, which may be another than this one."""
    try:
        printed = subprocess.run(["python3", "-c", "import sys; print('\\n'.join(sys.path))"], capture_output=True, text=True, timeout=30)
        return [line for line in printed.stdout.splitlines() if line]
    except (OSError, subprocess.TimeoutExpired):
        return [entry for entry in sys.path if entry]


def link(directory, places):
    """
    Links what places have.

    Returns {name: what it leads to}, the names that nothing serves, and the directories that the libraries' own needs lie in.
    """
    directory.mkdir(parents=True, exist_ok=True)
    linked, missing, needed = {}, [], []
    for name, candidates in NAMES.items():
        target = next((place / candidate for candidate in candidates for place in places if (place / candidate).is_file()), None)
        path = directory / name
        if path.is_symlink():
            path.unlink()
        if target is None:
            missing.append(name)
            continue
        path.symlink_to(target.resolve())
        linked[name] = str(target)
        # The linker looks beside the link, not beside what it leads to.
        needed.append(str(target.parent))
    return linked, missing, list(dict.fromkeys(needed))


def search_path(directory):
    """For LD_LIBRARY_PATH: the links first, then the directories of what they lead to. Empty unless every name is served."""
    linked, missing, needed = link(directory, directories())
    system = re.compile(r"/usr/lib")
    path = "" if missing else ":".join([str(directory), *(place for place in needed if not system.match(place))])
    return path, linked, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    path, linked, missing = search_path(parser.parse_args().directory)
    for name, target in linked.items():
        print(f"{name} -> {target}", file=sys.stderr)
    if missing:
        sys.exit(f"not on this machine: {', '.join(missing)}; the group cuda12 has them")
    print(path)


if __name__ == "__main__":
    main()
