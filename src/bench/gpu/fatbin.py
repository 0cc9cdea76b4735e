#!/usr/bin/env python3
"""Takes the device code of other architectures out of a CUDA shared library, in place and without moving a byte.

    python3 fatbin.py libcublasLt.so.12                    # what is in it
    python3 fatbin.py --target 90 libcublasLt.so.12        # blank what a GPU of compute capability 9.0 does not run
    python3 fatbin.py --target none libcufft.so.11         # blank all device code: the library opens, but computes nothing

A CUDA library carries each kernel once for every architecture: machine code (a cubin) for some, PTX, which the driver compiles,
for the rest. They lie in containers, "fatbins": a header of 16 bytes

    u32 magic 0xBA55ED50, u16 version 1, u16 header size 16, u64 size of all entries

then entry upon entry, each of a header

    u16 kind (1 PTX, 2 cubin, 8 intermediate code for link-time optimisation), u16 version, u32 header size, u64 payload size,
    u32 compressed size, u32 options, u16 minor, u16 major, u32 architecture (90 for sm_90), u32 name offset, u32 name length,
    u64 flags (0x2000 compressed with LZ4, 0x100000 for one chip alone: sm_90a), u64 reserved, u64 size when decompressed

and its payload. The layout is not documented; it was read off libraries whose entries cuobjdump lists, and walk() checks every
size against the container's end, so that what it does not understand ends in an error and not in a damaged library.

The driver takes, out of a container, the cubin of the GPU's own architecture, else one of the same major and a lower minor
version, else compiles PTX. keep() chooses the same. A container is rewritten where it lies: the entries that are kept, unchanged,
its header with their size, and zeros up to where it ended, which compress to nothing. No container moves, and none has an entry
that cannot be read; one without entries gives CUDA's error that there is no kernel image for the device.
"""

import argparse
import collections
import json
import mmap
import struct
import sys
from typing import NamedTuple

MAGIC = b"\x50\xed\x55\xba"
CONTAINER = struct.Struct("<4sHHQ")
ENTRY = struct.Struct("<HHIQIIHHIIIQQQ")
PTX, CUBIN = 1, 2
ONE_CHIP = 0x100000
NOBITS, SECTION_ALLOCATED = 8, 2
RELOCATABLE = "__nv_relfatbin"
ZEROS = bytes(1 << 20)


class Damaged(Exception):
    """Not a library, or a container that is not as the layout above says."""


class Section(NamedTuple):
    name: str
    type: int
    flags: int
    offset: int
    size: int


class Container(NamedTuple):
    offset: int  # of its first entry
    end: int
    entries: list


class Entry(NamedTuple):
    section: str
    kind: int
    architecture: int
    one_chip: bool
    offset: int  # in the file
    size: int  # with its header

    @property
    def target(self):
        """As cuobjdump names it: sm_90a, compute_90."""
        prefix = {PTX: "compute_", CUBIN: "sm_"}.get(self.kind, f"kind{self.kind}_")
        return f"{prefix}{self.architecture}{'a' if self.one_chip else ''}"


def sections(image):
    """The sections of a 64-bit little-endian ELF file."""
    if image[:6] != b"\x7fELF\x02\x01":
        raise Damaged("not a 64-bit little-endian ELF file")
    table, = struct.unpack_from("<Q", image, 0x28)
    size, count, names = struct.unpack_from("<HHH", image, 0x3A)
    rows = [struct.unpack_from("<IIQQQQ", image, table + i * size) for i in range(count)]
    strings = rows[names][4]

    def name(at):
        return image[strings + at:image.find(b"\0", strings + at)].decode()

    return [Section(name(row[0]), row[1], row[2], row[4], row[5]) for row in rows]


def walk(image):
    """The containers of a library."""
    for section in sections(image):
        if section.type == NOBITS:
            continue
        at, end = section.offset, section.offset + section.size
        while (at := image.find(MAGIC, at, end)) >= 0:
            if at + CONTAINER.size > end:
                break
            _, version, header, size = CONTAINER.unpack_from(image, at)
            # The magic number is also a constant in code that reads fatbins.
            if version != 1 or header != CONTAINER.size or size > end - at - header:
                at += len(MAGIC)
                continue
            yield Container(at + header, at + header + size, entries(image, section.name, at + header, at + header + size))
            at += header + size


def entries(image, section, at, end):
    found = []
    while at < end:
        if at + ENTRY.size > end:
            raise Damaged(f"an entry at {at} of {section} goes beyond its container's end {end}")
        kind, _, header, size, _, _, _, _, architecture, _, _, flags, _, _ = ENTRY.unpack_from(image, at)
        if header < ENTRY.size or at + header + size > end:
            raise Damaged(f"an entry at {at} of {section}, {header} + {size} bytes, goes beyond its container's end {end}")
        found.append(Entry(section, kind, architecture, bool(flags & ONE_CHIP), at, header + size))
        at += header + size
    return found


def keep(container, target):
    """The entries that a GPU of an architecture (90) may run; none for None."""
    # Relocatable code is what the device linker was given; what it made of it lies in .nv_fatbin, and that is loaded.
    if target is None or container.entries and container.entries[0].section == RELOCATABLE:
        return []
    runnable = [entry for entry in container.entries if entry.kind != PTX and fits(entry, target)]
    if not any(entry.kind == CUBIN for entry in runnable):
        runnable = [entry for entry in container.entries if entry.kind == PTX and entry.architecture <= target]
    best = max((entry.architecture for entry in runnable), default=0)
    return [entry for entry in runnable if entry.architecture == best]


def fits(entry, target):
    if entry.one_chip:
        return entry.architecture == target
    return entry.architecture // 10 == target // 10 and entry.architecture <= target


def prune(path, target, symbols=False):
    """
    Blanks in a file what a target does not need.

    target: an architecture, 90 for compute capability 9.0; None for no device code at all
    symbols: whether to blank symbol and debugging sections too, which no loader reads
    Returns {"before": {target name: [entries, bytes]}, "after": the same, "symbol_bytes": n}.
    """
    before, after, symbol_bytes = [], [], 0
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as image:
        for container in list(walk(image)):
            kept = keep(container, target)
            before += container.entries
            after += kept
            rewrite(image, container, kept)
        if symbols:
            for section in unloaded(image):
                symbol_bytes += section.size
                blank(image, section.offset, section.size)
    return {"before": counted(before), "after": counted(after), "symbol_bytes": symbol_bytes}


def rewrite(image, container, kept):
    """Leaves only these of its entries, in their order."""
    at = container.offset
    for entry in kept:
        image.move(at, entry.offset, entry.size)
        at += entry.size
    struct.pack_into("<Q", image, container.offset - 8, at - container.offset)
    blank(image, at, container.end - at)


def unloaded(image):
    """Sections that never reach memory, but for the names of the sections."""
    names, = struct.unpack_from("<H", image, 0x3E)
    return [section for number, section in enumerate(sections(image))
            if number != names and section.type != NOBITS and not section.flags & SECTION_ALLOCATED and section.size]


def blank(image, offset, size):
    for at in range(offset, offset + size, len(ZEROS)):
        length = min(len(ZEROS), offset + size - at)
        image[at:at + length] = ZEROS[:length]


def contents(path):
    """What is in a file: {target name: [entries, bytes]}."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
        return counted([entry for container in walk(image) for entry in container.entries])


def counted(entries_):
    numbers, sizes = collections.Counter(), collections.Counter()
    for entry in entries_:
        numbers[entry.target] += 1
        sizes[entry.target] += entry.size
    return {name: [numbers[name], sizes[name]] for name in sorted(numbers)}


def architecture(text):
    """An argument: 90, 9.0, sm_90 or none."""
    if text == "none":
        return None
    digits = text.removeprefix("sm_").replace(".", "")
    if not digits.isdigit() or not 20 <= int(digits) < 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is no architecture; 90 or 9.0 is Hopper's, 'none' takes all device code out")
    return int(digits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--target", type=architecture, default=argparse.SUPPRESS, help="90, 9.0, sm_90 or none; left out: only list")
    parser.add_argument("--symbols", action="store_true", help="blank symbol and debugging sections too")
    arguments = parser.parse_args()
    try:
        if "target" in arguments:
            print(json.dumps(prune(arguments.library, arguments.target, arguments.symbols), indent=2))
        else:
            print(json.dumps(contents(arguments.library), indent=2))
    except (Damaged, struct.error) as e:
        sys.exit(f"{arguments.library}: {e}")


if __name__ == "__main__":
    main()
