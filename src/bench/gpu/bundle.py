#!/usr/bin/env python3
"""Cuts what graphbert's check needs on a GPU machine without Java, Maven, CUDA 12 and network, into parts of a limited size.

    python3 src/bench/gpu/bundle.py --data tfrecords/corpus --held-out tfrecords/corpus-held-out

Needs what building graphbert needs (a JDK with jlink, Maven), and builds with the profile gpu first. Into target-gpu/bundle come
manifest.json, bundle.json (what is in it, every library before and after) and the parts of two groups:

  core    graphbert with TensorFlow's GPU native, a Java runtime of the modules it needs, the golden tests and JUnit's console,
          records and vocabulary, these scripts, libcudart and libcupti of CUDA 12
  cuda12  the other libraries that TensorFlow opens by name; not needed where the machine's own serve under those names

Device code of other architectures than --target is blanked (see fatbin.py), and all of it in libraries of which TensorFlow wants
that they open but of which no step of BERT calls a kernel: the table LIBRARIES. Symbol tables and debugging sections are blanked
too. The README beside this file says how the parts travel and what runs there.
"""

import argparse
import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import fatbin
import parts

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
BENCH = HERE.parent
JUNIT = "org.junit.platform:junit-platform-console-standalone:1.14.4"
# Where the profile gpu builds.
TARGET = REPOSITORY / "target-gpu"
NATIVE = "org/tensorflow/internal/c_api/linux-x86_64-gpu"
# TensorFlow's GPU native opens these by name: the first seven before it uses a GPU at all, cupti for profiles. nvJitLink is
# asked for by cusparse and cusolver. "target": a step runs its kernels; "none": it must open, none of its kernels is called.
LIBRARIES = {
    "libcudart.so.12": ("core", "target"),
    "libcupti.so.12": ("core", "target"),
    "libcublas.so.12": ("cuda12", "target"),
    "libcublasLt.so.12": ("cuda12", "target"),
    "libcufft.so.11": ("cuda12", "none"),
    "libcusolver.so.11": ("cuda12", "none"),
    "libcusparse.so.12": ("cuda12", "none"),
    "libnvJitLink.so.12": ("cuda12", "none"),
    "libcudnn.so.9": ("cuda12", "none"),
    "libcudnn_graph.so.9": ("cuda12", "none"),
    "libcudnn_ops.so.9": ("cuda12", "none"),
    "libcudnn_cnn.so.9": ("cuda12", "none"),
    "libcudnn_adv.so.9": ("cuda12", "none"),
}
# What cudnnCreate does not open: they come with --whole alone.
WHOLE = {
    "libcudnn_heuristic.so.9": ("cuda12", "target"),
    "libcudnn_engines_precompiled.so.9": ("cuda12", "target"),
    "libcudnn_engines_runtime_compiled.so.9": ("cuda12", "target"),
    "libnvrtc.so.12": ("cuda12", "target"),
    "libnvrtc-builtins.so.12.6": ("cuda12", "target"),
    "libnccl.so.2": ("cuda12", "target"),
}
# Every Linux has these; what else the runtime's libraries ask for travels with them.
EVERYWHERE = re.compile(r"linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so")
# A machine without a screen: nothing opens these, and they ask for X11 and sound.
SCREEN = ("libawt_xawt.so", "libjawt.so", "libjsound.so", "libsplashscreen.so")
# What is reached by reflection alone, of which jdeps sees nothing.
MORE_MODULES = {"java.logging", "java.management", "java.naming", "java.xml", "jdk.management", "jdk.unsupported", "jdk.zipfs"}


def main():
    arguments = parse()
    try:
        cut(arguments)
    except (parts.Refused, fatbin.Damaged) as e:
        sys.exit(f"bundle: {e}")
    except subprocess.CalledProcessError as e:
        sys.exit(f"bundle: {' '.join(map(str, e.cmd))} ended with {e.returncode}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a data set that graphbert prepare wrote")
    parser.add_argument("--held-out", type=Path, required=True, help="its held-out part")
    parser.add_argument("--records", type=int, default=16000, help="of --data, from its beginning: 500 steps of 32 (%(default)s)")
    parser.add_argument("--output", type=Path, default=TARGET / "bundle", help="(target-gpu/bundle)")
    parser.add_argument("--work", type=Path, default=TARGET / "bundle-work",
                        help="for the files before compression, about 4 GB (target-gpu/bundle-work)")
    parser.add_argument("--target", type=fatbin.architecture, default=90, help="the GPU's architecture, 90 (%(default)s)")
    parser.add_argument("--whole", action="store_true",
                        help="keep the target's device code in every library, and bring cuDNN's engines and NCCL too")
    parser.add_argument("--part-mib", type=int, default=56, help="(%(default)s: beside the repository's files it stays below 64)")
    parser.add_argument("--preset", type=int, choices=range(10), default=6, help="xz's: 9 the smallest, 1 the fastest (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="that compress (%(default)s)")
    parser.add_argument("--skip-build", action="store_true", help="take target-gpu/ as it is")
    arguments = parser.parse_args()
    if arguments.target is None:
        parser.error("--target none leaves nothing that runs; give an architecture")
    if not 1 <= arguments.part_mib <= 60:
        parser.error(f"--part-mib {arguments.part_mib}: 1 to 60, what one call carries")
    return arguments


def cut(arguments):
    if not arguments.skip_build:
        say("building with the profile gpu")
        maven("-Pgpu", "-DskipTests", "package")
    work, output = arguments.work, arguments.output
    for directory in (work, output):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    core, cuda = work / "core", work / "cuda12"
    application(core)
    libraries = natives(core, arguments.target) + cuda_libraries(core, cuda, arguments)
    runtime(core)
    vocabulary = data(core, arguments)
    scripts(core)
    facts = {
        "graphbert": json.loads(command("git", "-C", REPOSITORY, "log", "-1", "--format=\"%H\"")),
        "target": f"sm_{arguments.target}", "cut_on": platform.platform(), "vocabulary_size": vocabulary,
        "records": arguments.records, "blanked": "device code of other architectures than the target's; all of it in libraries "
        "marked none, which open and of which no kernel can run; symbol tables and debugging sections",
        "libraries": libraries}
    (core / "bundle.json").write_text(json.dumps(facts, indent=2))
    manifest = {"groups": {}}
    cache = work.with_name(work.name + "-pieces")
    cache.mkdir(exist_ok=True)
    for name, directory in (("core", core), ("cuda12", cuda)):
        files = {str(path.relative_to(directory)): path for path in directory.rglob("*") if path.is_file()}
        manifest["groups"][name] = parts.pack(files, output, name, arguments.part_mib * parts.MIB, arguments.preset,
                                              arguments.workers, cache,
                                              lambda line: None if "0.0 MiB compressed" in line else say(line))
    (output / parts.MANIFEST).write_text(json.dumps(manifest))
    shutil.copy(core / "bundle.json", output)
    report(manifest, facts)


def application(core):
    """graphbert, its libraries but for the native, the test classes and what runs them."""
    (core / "app/lib").mkdir(parents=True)
    stored(TARGET / "graphbert.jar", core / "app/graphbert.jar")
    for jar in sorted((TARGET / "lib").glob("*.jar")):
        if "-linux-" not in jar.name:
            stored(jar, core / "app/lib" / jar.name)
    (core / "tests").mkdir()
    with zipfile.ZipFile(core / "tests/classes.jar", "w", zipfile.ZIP_STORED) as jar:
        for path in sorted((TARGET / "test-classes").rglob("*.class")):
            jar.write(path, path.relative_to(TARGET / "test-classes"))
    shutil.copytree(REPOSITORY / "src/test/resources/golden", core / "src/test/resources/golden")
    shutil.copytree(REPOSITORY / "config", core / "config")
    maven("dependency:copy", f"-Dartifact={JUNIT}", f"-DoutputDirectory={core / 'tests'}", "-Dmdep.useBaseVersion=true")


def stored(jar, to):
    """A jar's classes uncompressed, which compress better together; without natives for other machines."""
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as copy:
        for item in source.infolist():
            foreign = re.match(r"(win|darwin|aix|freebsd|linux/(?!amd64))[^/]*/.*\.(so|dll|dylib|jnilib)$", item.filename)
            # Read as a plain class path: descriptions of modules only hinder jdeps.
            if not foreign and not item.filename.endswith("module-info.class"):
                copy.writestr(zipfile.ZipInfo(item.filename, item.date_time), source.read(item))


def natives(core, target):
    """TensorFlow's libraries as plain files on the class path, from where JavaCPP loads them without a copy."""
    jar, = (TARGET / "lib").glob("tensorflow-core-native-*-linux-x86_64-gpu.jar")
    directory = core / "native" / NATIVE
    directory.mkdir(parents=True)
    rows = []
    with zipfile.ZipFile(jar) as archive:
        for item in archive.infolist():
            if item.filename.startswith(NATIVE) and ".so" in item.filename:
                rows.append(library(archive, item, directory, target, "core", "target"))
    return rows


def cuda_libraries(core, cuda, arguments):
    jar, = (TARGET / "lib").glob("cuda-*-linux-x86_64-redist.jar")
    rows = []
    with zipfile.ZipFile(jar) as archive:
        items = {Path(item.filename).name: item for item in archive.infolist() if ".so" in item.filename}
        for name, (group, code) in {**LIBRARIES, **(WHOLE if arguments.whole else {})}.items():
            directory = (core if group == "core" else cuda) / group.replace("core", "cuda")
            directory.mkdir(parents=True, exist_ok=True)
            code = "target" if arguments.whole else code
            rows.append(library(archive, items[name], directory, arguments.target if code == "target" else None, group, code))
    return rows


def library(archive, item, directory, target, group, code):
    """Unpacks a library and blanks what is not needed. Returns its row of bundle.json."""
    path = directory / Path(item.filename).name
    with archive.open(item) as source, open(path, "wb") as to:
        shutil.copyfileobj(source, to, parts.MIB)
    path.chmod(0o755)
    pruned = fatbin.prune(path, target, symbols=True)
    return {"name": path.name, "group": group, "device_code": code, "bytes": item.file_size,
            "compressed_before": item.compress_size, **pruned}


def runtime(core):
    """A Java runtime of the modules that anything in the bundle names, and the system libraries that it asks for."""
    jars = [core / "app/graphbert.jar", *sorted((core / "app/lib").glob("*.jar")), core / "tests/classes.jar"]
    listed = command("jdeps", "-s", "--multi-release", "17", "--ignore-missing-deps", "-cp", core / "app/lib/*", *jars)
    found = set(re.findall(r"-> ((?:java|jdk)\.[a-z.]+)$", listed, re.MULTILINE))
    modules = sorted(found | MORE_MODULES)
    say(f"Java runtime of {', '.join(modules)}")
    command("jlink", "--add-modules", ",".join(modules), "--strip-java-debug-attributes", "--no-header-files", "--no-man-pages",
            "--output", core / "runtime")
    for name in SCREEN:
        (core / "runtime/lib" / name).unlink(missing_ok=True)
    (core / "system").mkdir()
    for path in sorted((core / "runtime").rglob("*.so")) + sorted((core / "native").rglob("*.so*")):
        for name, at in re.findall(r"^\s*(\S+) => (/\S+) ", command("ldd", path), re.MULTILINE):
            if not EVERYWHERE.match(name) and not Path(at).is_relative_to(core) and not (core / "system" / name).exists():
                shutil.copy(Path(at).resolve(), core / "system" / name)


def data(core, arguments):
    """The first records of a data set as a plain TFRecord file, all of the held-out ones, the vocabulary. Returns its size."""
    manifest = json.loads((arguments.data / "manifest.json").read_text())
    (core / "data").mkdir()
    taken = copy_records(arguments.data, manifest, core / "data/train.tfrecord", arguments.records)
    if taken < arguments.records:
        raise parts.Refused(f"{arguments.data}: {taken:,} records, --records asks for {arguments.records:,}; ask for fewer")
    held_out = json.loads((arguments.held_out / "manifest.json").read_text())
    copy_records(arguments.held_out, held_out, core / "data/held-out.tfrecord", sys.maxsize)
    shutil.copytree(arguments.data / "tokenizer", core / "data/tokenizer")
    return manifest["request"]["tokenizer"]["vocabulary_size"]


def copy_records(directory, manifest, to, limit):
    """Whole records, framing and checksums as they are: u64 length, u32 checksum, the bytes, u32 checksum."""
    taken = 0
    with open(to, "wb") as copy:
        for shard in manifest["shards"]:
            with open(directory / shard["file"], "rb") as source:
                while taken < limit and (head := source.read(12)):
                    length, = struct.unpack("<Q", head[:8])
                    copy.write(head + source.read(length + 4))
                    taken += 1
    return taken


def scripts(core):
    """These scripts, the other side's, and the launcher."""
    to = core / "src/bench/gpu"
    to.mkdir(parents=True)
    for path in [*HERE.glob("*.py"), *HERE.glob("*.sh")]:
        if not path.name.startswith("test_"):
            shutil.copy(path, to)
    for path in BENCH.glob("torch_*.py"):
        shutil.copy(path, core / "src/bench")
    shutil.copy(HERE / "launch.sh", core / "graphbert")
    (core / "graphbert").chmod(0o755)


def report(manifest, facts):
    print(f"{'library':28} {'group':7} {'MiB':>8} {'device code':>12} {'kept':>8}  for")
    packed = {file["name"].rsplit("/", 1)[-1]: sum(piece["stored"] for piece in file["pieces"])
              for group in manifest["groups"].values() for file in group["files"]}
    for row in facts["libraries"]:
        before, after = (sum(size for _, size in row[key].values()) for key in ("before", "after"))
        print(f"{row['name']:28} {row['group']:7} {row['bytes'] / parts.MIB:8.1f} {before / parts.MIB:12.1f} "
              f"{after / parts.MIB:8.1f}  {', '.join(row['after']) or 'none'}; "
              f"{packed[row['name']] / parts.MIB:.1f} MiB compressed, {row['compressed_before'] / parts.MIB:.1f} in its jar")
    for name, group in manifest["groups"].items():
        sizes = [part["size"] / parts.MIB for part in group["parts"]]
        print(f"group {name}: {len(group['files'])} files, {sum(file['size'] for file in group['files']) / parts.MIB:,.0f} MiB, "
              f"in {len(sizes)} parts: {', '.join(f'{size:.1f}' for size in sizes)} MiB, {sum(sizes):.1f} in all")


def maven(*arguments):
    subprocess.run(["mvn", "-B", "-ntp", "-q", "-f", REPOSITORY / "pom.xml", *arguments], check=True)


def command(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
