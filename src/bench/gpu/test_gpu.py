#!/usr/bin/env python3
"""Quick tests of the bundle's tools:  python3 src/bench/gpu/test_gpu.py"""

import contextlib
import io
import json
import os
import random
import struct
import tempfile
import unittest
from pathlib import Path

import check
import fatbin
import machine_cuda
import parts
import summary


def entry(kind, architecture, payload, flags=0x2011, header=64):
    return fatbin.ENTRY.pack(kind, 0x101, header, len(payload), len(payload), 0x40, 7, 1, architecture, 0, 0, flags, 0, 0).ljust(
        header, b"\0") + payload


def container(*entries):
    body = b"".join(entries)
    return fatbin.CONTAINER.pack(fatbin.MAGIC, 1, 16, len(body)) + body


def library(**contents):
    """An ELF file with these sections, each by its name; 'symtab' is one that is not loaded."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name in contents) + b"names\0"
    image, rows = bytearray(64), [struct.pack("<IIQQQQIIQQ", *[0] * 10)]
    for name, content in [*contents.items(), ("names", names)]:
        flags = 0 if name in ("symtab", "names") else fatbin.SECTION_ALLOCATED
        rows.append(struct.pack("<IIQQQQIIQQ", names.index(name.encode() + b"\0"), 1, flags, 0, len(image), len(content), 0, 0, 1, 0))
        image += content
    image[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", image, 0x28, len(image))
    struct.pack_into("<HHH", image, 0x3A, 64, len(rows), len(rows) - 1)
    return bytes(image) + b"".join(rows)


class Directory(unittest.TestCase):

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = Path(temporary.name)

    def write(self, name, content):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def refused(self, *words):
        return self.assertRaisesRegex(parts.Refused, ".*".join(words))


class FatbinTest(Directory):

    def targets(self, *entries, target=90):
        image = library(fatbin_section=container(*entries))
        return [entry.target for found in fatbin.walk(image) for entry in fatbin.keep(found, target)]

    def test_keeps_what_the_driver_would_take(self):
        cubin = [entry(2, architecture, b"x" * 80) for architecture in (70, 80, 86, 89, 90)]
        ptx = entry(1, 90, b"p" * 80)
        self.assertEqual(self.targets(*cubin, ptx), ["sm_90"])
        self.assertEqual(self.targets(*cubin, ptx, target=87), ["sm_86"], "the same major, the highest minor not above")
        self.assertEqual(self.targets(*cubin[:4], ptx), ["compute_90"], "PTX where no cubin fits")
        self.assertEqual(self.targets(*cubin[:4], entry(1, 52, b"p" * 80), entry(1, 80, b"p" * 80)), ["compute_80"])
        self.assertEqual(self.targets(*cubin[:4], entry(1, 100, b"p" * 80)), [], "no newer PTX")
        self.assertEqual(self.targets(entry(2, 90, b"x" * 80, 0x102011, 72), *cubin), ["sm_90a", "sm_90"])
        self.assertEqual(self.targets(entry(2, 100, b"x" * 80, 0x102011), target=103), [], "sm_100a is for that chip alone")
        self.assertEqual(self.targets(*cubin, ptx, target=None), [])

    def test_rewrites_containers_where_they_lie(self):
        seed = random.randrange(1 << 32)
        source = random.Random(seed)
        text = b"code " + fatbin.MAGIC + source.randbytes(100)
        kept, also = entry(2, 90, source.randbytes(1000)), entry(2, 90, source.randbytes(400), 0x102011, 72)
        ptx = entry(1, 90, source.randbytes(800))
        old = [entry(2, 80, source.randbytes(3_000_000)), entry(2, 70, source.randbytes(160))]
        image = library(text=text, fatbin_section=container(old[0], kept, ptx, also) + bytes(8) + container(ptx) + container(old[1]),
                        symtab=b"s" * 500)
        path = self.write("lib.so", image)
        report = fatbin.prune(path, 90, symbols=True)

        def rewritten(*entries, was):
            return container(*entries).ljust(len(container(*was)), b"\0")

        fatbins = (rewritten(kept, also, was=(old[0], kept, ptx, also)) + bytes(8) + container(ptx) + rewritten(was=old[1:]))
        self.assertEqual(path.read_bytes(), library(text=text, fatbin_section=fatbins, symtab=bytes(500)), f"seed {seed}")
        self.assertEqual(report["before"], {
            "compute_90": [2, 2 * 864], "sm_70": [1, 224], "sm_80": [1, 3_000_064], "sm_90": [1, 1064], "sm_90a": [1, 472]})
        self.assertEqual(report["after"], {"compute_90": [1, 864], "sm_90": [1, 1064], "sm_90a": [1, 472]})
        self.assertEqual(report["symbol_bytes"], 500)
        self.assertEqual(fatbin.contents(path), report["after"])

    def test_code_for_the_device_linker_goes(self):
        image = library(__nv_relfatbin=container(entry(2, 90, b"x" * 80)))
        self.assertEqual([fatbin.keep(found, 90) for found in fatbin.walk(image)], [[]])

    def test_what_is_not_understood_is_refused(self):
        with self.assertRaises(fatbin.Damaged):
            list(fatbin.walk(b"MZ" + bytes(100)))
        damaged = entry(2, 90, b"x" * 80)
        damaged = damaged[:8] + struct.pack("<Q", 10_000) + damaged[16:]
        path = self.write("lib.so", library(fatbin_section=container(entry(2, 80, b"y" * 80), damaged)))
        before = path.read_bytes()
        with self.assertRaisesRegex(fatbin.Damaged, "beyond its container"):
            fatbin.prune(path, 90)
        self.assertEqual(path.read_bytes(), before, "nothing blanked in a library that is refused")


class PartsTest(Directory):

    def setUp(self):
        super().setUp()
        self.seed = random.randrange(1 << 32)
        noise = random.Random(self.seed).randbytes
        self.files = {
            "a/first.so": self.write("in/first", noise(300_000)), "zeros": self.write("in/zeros", bytes(200_000)),
            "mixed": self.write("in/mixed", bytes(100_000) + noise(50_000) + bytes(77)), "empty": self.write("in/empty", b"")}
        self.files["mixed"].chmod(0o755)
        self.piece, parts.PIECE = parts.PIECE, 65536
        self.addCleanup(setattr, parts, "PIECE", self.piece)
        (self.directory / "parts").mkdir()
        manifest = {"groups": {"core": parts.pack(self.files, self.directory / "parts", "core", 100_000)}}
        self.manifest = self.write("parts/manifest.json", json.dumps(manifest).encode())
        self.names = [part["name"] for part in manifest["groups"]["core"]["parts"]]
        self.store = self.directory / "store"

    def received(self, *names):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            parts.store([self.directory / "parts" / name for name in names], self.manifest, self.store)
        return said.getvalue()

    def test_files_come_out_as_they_went_in(self):
        self.assertEqual(len(self.names), 4, "350 KB of noise in parts of 100 KB")
        self.assertTrue(all((self.directory / "parts" / name).stat().st_size <= 100_000 for name in self.names))
        self.assertIn("1 of 4 parts are here; core.00, core.01, core.02 to come", self.received(self.names[3]))
        with self.refused("no group is complete"):
            parts.unpack(self.store, self.directory / "out", workers=2)
        with self.refused("core.00, core.01, core.02 not in"):
            parts.unpack(self.store, self.directory / "out", ["core"], workers=2)
        self.assertIn("complete", self.received(*self.names[:3]))
        self.assertEqual(parts.unpack(self.store, self.directory / "out", workers=2), ["core"])
        for name, path in self.files.items():
            self.assertEqual((self.directory / "out" / name).read_bytes(), path.read_bytes(), f"{name}, seed {self.seed}")
        self.assertTrue(os.access(self.directory / "out/mixed", os.X_OK))
        self.assertFalse(any(piece for piece in json.loads(self.manifest.read_text())["groups"]["core"]["files"][-1]["pieces"]),
                         "zeros are not stored")

    def test_a_damaged_part_is_refused(self):
        path = self.directory / "parts" / self.names[1]
        content = bytearray(path.read_bytes())
        content[5000] ^= 1
        path.write_bytes(content)
        with self.refused("core.01", "sha256", "the manifest says", "bring this part over again"):
            self.received(self.names[1])
        path.write_bytes(content[:-1])
        with self.refused("99,999 bytes, the manifest says 100,000"):
            self.received(self.names[1])
        self.assertFalse((self.store / self.names[1]).exists())

    def test_a_forgotten_manifest_is_named(self):
        with self.refused("manifest.json: not here; name it in the call's carried paths"):
            parts.store([self.directory / "parts" / self.names[0]], self.directory / "nowhere/manifest.json", self.store)

    def test_damage_after_receipt_is_found_when_unpacking(self):
        self.received(*self.names)
        path = self.store / self.names[2]
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with self.refused("core.02", "sha256"):
            parts.unpack(self.store, self.directory / "out", workers=2)

    def test_parts_of_another_bundle_are_refused(self):
        self.received(self.names[0])
        self.manifest.write_text(self.manifest.read_text().replace("mixed", "other"))
        with self.refused("another bundle's"):
            self.received(self.names[1])


class MachineCudaTest(Directory):

    def test_newer_libraries_stand_for_older_ones(self):
        places = [self.directory / "cu13", self.directory / "cudnn"]
        for name in ("cu13/libcublas.so.13", "cu13/libcublasLt.so.13", "cu13/libcufft.so.12", "cu13/libcusparse.so.12",
                     "cudnn/libcudnn.so.9"):
            self.write(name, b"")
        linked, missing, needed = machine_cuda.link(self.directory / "links", places)
        self.assertEqual(missing, ["libcusolver.so.11"])
        self.assertEqual(os.readlink(self.directory / "links/libcublas.so.12"), str((places[0] / "libcublas.so.13").resolve()))
        self.assertEqual(needed, [str(place) for place in places])
        self.write("cu13/libcusolver.so.12", b"")
        self.assertEqual(machine_cuda.link(self.directory / "links", places)[1], [])
        self.assertEqual(len(linked) + 1, len(machine_cuda.NAMES))


class CheckTest(Directory):

    def test_steps_end_and_are_told_apart(self):
        self.write("graphbert", b"")
        arguments = type("Arguments", (), {"home": self.directory, "out": self.directory / "out", "state": self.directory / "state",
                                           "minutes": 1, "sizes": "tiny", "steps": None})
        one = check.Check(arguments)
        one.gpu, one.torch = False, False
        (one.state / "logs").mkdir(parents=True)
        one.out.mkdir()

        def result(*command, seconds=20, needs=()):
            with contextlib.redirect_stdout(io.StringIO()):
                found = one.one(check.Step("s", seconds, [list(words) for words in command], needs))
                one.keep("s", found)
            return found

        passed = result(["bash", "-c", "echo a line; echo '{\"tokens_per_second\": 7}'"])
        self.assertEqual((passed["status"], passed["figures"]), ("passed", {"tokens_per_second": 7}))
        second = result(["bash", "-c", "echo graphbert: out of memory >&2; exit 3"], ["true"])
        self.assertEqual((second["status"], second["command"]), ("passed", ["true"]))
        failed = result(["bash", "-c", "echo graphbert: too large >&2; exit 3"])
        self.assertEqual((failed["status"], failed["code"], failed["why"]), ("failed", 3, "graphbert: too large"))
        late = result(["bash", "-c", "sleep 30 & sleep 30"], ["true"], seconds=0.2)
        self.assertEqual((late["status"], late["why"]), ("timed out", "not done after 0 s"))
        self.assertIn("needs a GPU", result(["true"], needs=("gpu",))["why"])
        self.assertEqual([line["status"] for line in map(json.loads, (one.out / "results.jsonl").read_text().splitlines())],
                         ["passed", "passed", "failed", "timed out", "skipped"])

    def test_every_step_has_one_name(self):
        for sizes in (check.FULL, check.TINY):
            names = [step.name for step in check.steps(self.directory, self.directory, sizes, "gpu")]
            self.assertEqual(len(names), len(set(names)))
            self.assertEqual(names[:3], ["doctor", "golden", "large-s128-bf16-graphbert-1"])

    def test_reads_what_commands_print(self):
        self.assertEqual(check.figures("note\n{\n \"a\": 1\n}\n"), None)
        self.assertEqual(check.figures("{\n \"a\": 1\n}\n"), {"a": 1})
        self.assertEqual(check.figures("note\n{\"a\": 1}\n"), {"a": 1})
        found = check.tests_run("[        20 tests found           ]\n[         1 tests failed          ]\n  [X] steps() expected: 1\n")
        self.assertEqual((found["found"], found["failed"], len(found["failures"])), (20, 1, 1))


class SummaryTest(Directory):

    def test_tables(self):
        facts = {"model": "bert-large", "sequence_length": 128, "precision": "bfloat16"}

        def line(step, side, tokens, flops, rate, **more):
            return {"step": step, "status": "passed", "seconds": 1, "facts": {**facts, "side": side}, "device_mib": 2048, "figures": {
                "batch_size": 64, "tokens_per_second": tokens, "teraflops_per_second": flops, "product_teraflops_per_second": rate}, **more}

        curves = [{"step": name, "status": "passed", "facts": {}, "curve": {"train": train, "held_out": None}}
                  for name, train in (("curve-float32", [[10, 9.9], [20, 8.0]]), ("curve-cpu", [[10, 10.0], [20, 8.0]]))]
        lines = [
            {"step": "golden", "status": "passed", "seconds": 40.0, "on_gpu": True, "tests": {"found": 22, "successful": 22}},
            line("x-graphbert-1", "graphbert", 1000, 300, 500), line("x-torch-1", "PyTorch", 900, 270, 600),
            line("x-graphbert-2", "graphbert", 2000, 330, 500), *curves,
            {"step": "y", "status": "skipped", "why": "no time left"}, {"step": "golden", "status": "skipped", "why": "no time left"}]
        path = self.write("results.jsonl", "".join(json.dumps(line) + "\n" for line in lines).encode())
        text = summary.text([path])
        self.assertIn("golden: passed, 22 of 22 tests passed, on the GPU, 40.0 s", text)
        self.assertIn("| bert-large | 128 | bfloat16 | 64 | graphbert | 1,500 | 315.0 | 52% | 2.0 GiB |", text)
        self.assertIn("| bert-large | 128 | bfloat16 | 64 | PyTorch | 900 | 270.0 | 45% | 2.0 GiB |", text)
        self.assertIn("mean 5.0e-03, at most 1.0e-02 up to step 20", text)
        self.assertIn("y: skipped: no time left", text)

    def test_curve(self):
        path = self.write("metrics.jsonl", b"""{"event":"start","step":0}
{"event":"train","step":10,"masked_lm_loss":9.5,"seconds":1}
{"event":"held_out","step":10,"masked_lm_loss":9.25}
{"event":"train","step":20,"masked_lm_loss":8.5}
""")
        self.assertEqual(summary.curve(path), {"train": [[10, 9.5], [20, 8.5]], "held_out": 9.25})


if __name__ == "__main__":
    unittest.main()
