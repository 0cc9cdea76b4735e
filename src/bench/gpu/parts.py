#!/usr/bin/env python3
"""Cuts files into compressed parts of a limited size, and makes them files again on another machine.

    python3 parts.py check STORE             # which parts have come, and whether each is whole
    python3 parts.py store FILE... --store STORE --manifest manifest.json      # check parts and keep them
    python3 parts.py unpack STORE DIRECTORY  # the files of all groups that are complete

Each file is cut into pieces of 64 MiB, each piece compressed alone (xz, with its filter for x86 code), and the compressed pieces
are laid one after another into parts. So every part can be checked by itself, and pieces are unpacked by as many processes as the
machine has. Pieces of nothing but zeros are not stored: the file has a hole there. manifest.json says all of it:

    {"groups": {"core": {"parts": [{"name", "size", "sha256"}],
                         "files": [{"name", "mode", "size", "sha256", "pieces": [{"at", "length", "part", "offset", "stored"}]}]}}}

A group is of use by itself; its parts are not. Needs Python 3.9's standard library alone.
"""

import argparse
import concurrent.futures
import hashlib
import json
import lzma
import os
import shutil
import sys
from pathlib import Path

MIB = 1 << 20
PIECE = 64 * MIB
SMALLEST_DICTIONARY = 4096
MANIFEST = "manifest.json"


class Refused(Exception):
    """One line: what was found, what was expected, what to do."""


def pack(files, directory, group, part_bytes, preset=6, workers=2, cache=None, say=lambda line: None):
    """
    Writes the parts of a group.

    files: {name: path}; names are relative, with slashes
    preset: xz's, 0 to 9; the dictionary is as large as a piece anyway
    cache: a directory that keeps compressed pieces by the sums of what they hold, so that another cut takes seconds
    Returns the group's entry of the manifest.
    """
    writer = Writer(directory, group, part_bytes)
    entries = []
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for name, path in sorted(files.items()):
            size = path.stat().st_size
            starts = range(0, size, PIECE)
            pieces = []
            for at, (length, stored) in zip(starts, pool.map(lambda at: compressed(path, at, preset, cache), starts)):
                if stored:
                    pieces.append({"at": at, "length": length, **writer.append(stored)})
            entries.append({"name": name, "mode": path.stat().st_mode & 0o777, "size": size, "sha256": digest(path),
                            "pieces": pieces})
            say(f"{name}: {size / MIB:.1f} MiB, {sum(piece['stored'] for piece in pieces) / MIB:.1f} MiB compressed")
    return {"parts": writer.close(), "files": entries}


def compressed(path, at, preset, cache=None):
    """A piece of a file: its length, and it compressed; nothing for zeros."""
    with open(path, "rb") as file:
        file.seek(at)
        piece = file.read(PIECE)
    if piece.count(0) == len(piece):
        return len(piece), b""
    known = cache / f"{hashlib.sha256(piece).hexdigest()}.{preset}" if cache else None
    # What was compressed harder before serves too.
    better = [path for path in (known.with_suffix(f".{level}") for level in range(9, preset - 1, -1)) if path.exists()] if known else []
    if better:
        return len(piece), better[0].read_bytes()
    filters = [{"id": lzma.FILTER_X86},
               {"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": max(SMALLEST_DICTIONARY, len(piece))}]
    stored = lzma.compress(piece, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=filters)
    if known:
        new = known.with_name(f"{known.name}.{os.getpid()}.{at}")
        new.write_bytes(stored)
        os.replace(new, known)
    return len(piece), stored


class Writer:
    """Lays pieces into parts; a piece that does not fit into what is left of a part goes on in the next."""

    def __init__(self, directory, group, part_bytes):
        self.directory, self.group, self.part_bytes = directory, group, part_bytes
        self.parts, self.current, self.size = [], None, part_bytes

    def append(self, stored):
        """Where the piece lies: its first part, the offset there and its length over all parts."""
        if self.size >= self.part_bytes:
            self.next()
        place = {"part": len(self.parts) - 1, "offset": self.size, "stored": len(stored)}
        while stored:
            if self.size >= self.part_bytes:
                self.next()
            taken, stored = stored[:self.part_bytes - self.size], stored[self.part_bytes - self.size:]
            self.current.write(taken)
            self.size += len(taken)
        return place

    def next(self):
        if self.current:
            self.current.close()
        self.parts.append(self.directory / f"{self.group}.{len(self.parts):02d}")
        self.current, self.size = open(self.parts[-1], "wb"), 0

    def close(self):
        if self.current:
            self.current.close()
        return [{"name": part.name, "size": part.stat().st_size, "sha256": digest(part)} for part in self.parts]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else plain_digest(file)


def plain_digest(file):
    """For Python before 3.11."""
    sum_ = hashlib.sha256()
    while block := file.read(MIB):
        sum_.update(block)
    return sum_.hexdigest()


def read_manifest(store):
    try:
        return json.loads((Path(store) / MANIFEST).read_text())
    except FileNotFoundError:
        raise Refused(f"{store}: no {MANIFEST} here; store a part with its manifest first") from None
    except ValueError as e:
        raise Refused(f"{store}/{MANIFEST}: {e}; copy it again from the machine that cut the parts") from None


def check(path, expected):
    """Refuses a part that is not as the manifest says."""
    size = path.stat().st_size
    if size != expected["size"]:
        raise Refused(f"{path}: {size:,} bytes, the manifest says {expected['size']:,}; bring this part over again")
    found = digest(path)
    if found != expected["sha256"]:
        raise Refused(f"{path}: sha256 {found[:16]}..., the manifest says {expected['sha256'][:16]}...; bring this part over again")


def store(files, manifest, directory):
    """Checks parts and moves them into a directory outside of what the next call replaces. Says what is still to come."""
    if not manifest.exists():
        raise Refused(f"{manifest}: not here; name it in the call's carried paths, beside the part")
    directory.mkdir(parents=True, exist_ok=True)
    kept = directory / MANIFEST
    if kept.exists() and kept.read_bytes() != manifest.read_bytes():
        raise Refused(f"{manifest}: another one than {kept}, so the parts there are another bundle's; remove {directory} and begin again")
    expected = {part["name"]: part for group in json.loads(manifest.read_text())["groups"].values() for part in group["parts"]}
    for file in files:
        if file.name not in expected:
            raise Refused(f"{file}: the manifest knows no such part; it has {', '.join(sorted(expected))}")
        if not file.exists():
            raise Refused(f"{file}: not here; name it in the call's carried paths")
        check(file, expected[file.name])
    if not kept.exists():
        shutil.copyfile(manifest, kept)
    for file in files:
        # Under its own name only when it is complete.
        shutil.copyfile(file, directory / (file.name + ".new"))
        os.replace(directory / (file.name + ".new"), directory / file.name)
        print(f"{file.name}: {file.stat().st_size / MIB:.1f} MiB, checksum as in the manifest")
    for line in state(directory):
        print(line)


def missing(directory, group):
    return [part["name"] for part in group["parts"] if not (directory / part["name"]).exists()]


def state(directory):
    for name, group in read_manifest(directory)["groups"].items():
        absent = missing(directory, group)
        yield (f"group {name}: {len(group['parts']) - len(absent)} of {len(group['parts'])} parts are here"
               + (f"; {', '.join(absent)} to come" if absent else ", complete"))


def unpack(directory, target, groups=None, workers=None):
    """
    Makes the files of groups; those of all complete ones if none is named.

    Each part is checked first, each file after. A group that was unpacked before, from the same parts, is left as it is.
    Returns the names of the groups.
    """
    manifest = read_manifest(directory)["groups"]
    for name in groups or []:
        if name not in manifest:
            raise Refused(f"no group '{name}' in the manifest; it has {', '.join(manifest)}")
        if absent := missing(directory, manifest[name]):
            raise Refused(f"group {name}: {', '.join(absent)} not in {directory}; bring them over first")
    chosen = groups or [name for name, group in manifest.items() if not missing(directory, group)]
    if not chosen:
        raise Refused(f"{directory}: no group is complete; " + "; ".join(state(directory)))
    with concurrent.futures.ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        for name in chosen:
            group = manifest[name]
            parts = [directory / part["name"] for part in group["parts"]]
            marker = target / f".{name}.unpacked"
            sums = "".join(part["sha256"] + "\n" for part in group["parts"])
            if marker.exists() and marker.read_text() == sums:
                continue
            for _ in pool.map(check, parts, group["parts"]):
                pass
            jobs = []
            for entry in group["files"]:
                path = target / entry["name"]
                path.parent.mkdir(parents=True, exist_ok=True)
                with open(path, "wb") as file:
                    file.truncate(entry["size"])
                path.chmod(entry["mode"])
                jobs += [(path, piece, parts) for piece in entry["pieces"]]
            # The long ones first, so that no process is left alone with one.
            jobs.sort(key=lambda job: -job[1]["stored"])
            for _ in pool.map(restore, *zip(*jobs)):
                pass
            paths = [target / entry["name"] for entry in group["files"]]
            for entry, found in zip(group["files"], pool.map(digest, paths)):
                if found != entry["sha256"]:
                    raise Refused(f"{target / entry['name']}: sha256 {found[:16]}... after unpacking, the manifest says "
                                  f"{entry['sha256'][:16]}...; cut the bundle again")
            marker.write_text(sums)
    return chosen


def restore(path, piece, parts):
    """Writes one piece into its file."""
    stored, number, offset = b"", piece["part"], piece["offset"]
    while len(stored) < piece["stored"]:
        with open(parts[number], "rb") as part:
            part.seek(offset)
            stored += part.read(piece["stored"] - len(stored))
        number, offset = number + 1, 0
    data = lzma.decompress(stored)
    if len(data) != piece["length"]:
        raise Refused(f"{path}: a piece of {len(data)} bytes, the manifest says {piece['length']}; cut the bundle again")
    with open(path, "r+b") as file:
        file.seek(piece["at"])
        file.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(dest="mode", required=True)
    mode = modes.add_parser("check")
    mode.add_argument("store", type=Path)
    mode = modes.add_parser("store")
    mode.add_argument("parts", type=Path, nargs="+")
    mode.add_argument("--store", type=Path, required=True)
    mode.add_argument("--manifest", type=Path, required=True)
    mode = modes.add_parser("unpack")
    mode.add_argument("store", type=Path)
    mode.add_argument("directory", type=Path)
    mode.add_argument("--group", action="append", help="only this one, repeatable")
    arguments = parser.parse_args()
    try:
        if arguments.mode == "store":
            store(arguments.parts, arguments.manifest, arguments.store)
        elif arguments.mode == "unpack":
            done = unpack(arguments.store, arguments.directory, arguments.group)
            print(f"unpacked into {arguments.directory}: {', '.join(done)}")
        else:
            for group in read_manifest(arguments.store)["groups"].values():
                for part in group["parts"]:
                    if (arguments.store / part["name"]).exists():
                        check(arguments.store / part["name"], part)
            print("\n".join(state(arguments.store)))
    except Refused as e:
        sys.exit(f"graphbert bundle: {e}")


if __name__ == "__main__":
    main()
