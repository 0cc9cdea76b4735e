"""Puts `graphbert serve` under load over loopback and prints what came of it as JSON: requests, failures, requests a second,
percentiles of latency, the mean batch, and the server's memory in each quarter of the time.

    graphbert serve saved_models/NAME &
    python3 src/bench/serve.py http://127.0.0.1:8501 NAME --connections 32 --seconds 20
    python3 src/bench/serve.py http://127.0.0.1:8501 NAME --seconds 600                              the long run
    python3 src/bench/serve.py http://127.0.0.1:8501 NAME --new-version saved_models/NAME            a version comes meanwhile
    python3 src/bench/serve.py http://127.0.0.1:8501 NAME --connections 2 --seconds 240 --new-version saved_models/NAME --versions 40

    graphbert serve saved_models/NAME --port 8502 --max-batch 1 --max-wait 0 &
    python3 src/bench/serve.py http://127.0.0.1:8501 NAME --against http://127.0.0.1:8502 --seconds 30 --turns 3

asks the two in turns, here with batching and without. A line is printed for each turn. The load is closed: each connection asks
again when it has its answer. A 503 is counted by itself: the server is full and says so. Needs Python 3.9 alone.
"""
import argparse
import asyncio
import json
import pathlib
import random
import re
import shutil
import statistics
import sys
import time
import urllib.parse
import urllib.request

WORDS = "the a of king city river was born in near and old house they it has seen north year war song".split()


def sentence(rng):
    """Of 3 to 40 words, most of them short, with a mask."""
    words = [rng.choice(WORDS) for _ in range(min(40, 3 + int(rng.expovariate(1 / 10))))]
    words[rng.randrange(len(words))] = "[MASK]"
    return " ".join(words) + "."


def request(kind, host, model, rng):
    if kind == "mixed":
        kind = rng.choice(["fill_mask", "next_sentence", "embed"])
    text = sentence(rng)
    body = {
        "fill_mask": {"text": text},
        "next_sentence": {"first": text.replace("[MASK]", "one"), "second": sentence(rng).replace("[MASK]", "two")},
        "embed": {"text": text.replace("[MASK]", "one")},
    }[kind]
    content = json.dumps(body).encode()
    return (f"POST /v1/models/{model}:{kind} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n").encode() + content


async def ask(reader, writer, message):
    """The status of the answer, read to its end."""
    writer.write(message)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head).group(1)))
    return int(head[9:12])


async def client(address, kind, host, model, until, seed, latencies, statuses):
    rng = random.Random(seed)
    reader, writer = await asyncio.open_connection(*address)
    while time.monotonic() < until:
        begun = time.monotonic()
        try:
            status = await asyncio.wait_for(ask(reader, writer, request(kind, host, model, rng)), 60)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as failure:
            status = type(failure).__name__
            reader, writer = await asyncio.open_connection(*address)
        statuses[status] = statuses.get(status, 0) + 1
        if status == 200:
            latencies.append(time.monotonic() - begun)
        elif status == 503:
            await asyncio.sleep(0.05)
    writer.close()


def metrics(server):
    text = urllib.request.urlopen(server + "/metrics").read().decode()
    return {name: float(value) for name, value in re.findall(r"(?m)^([^#\s]+) (\S+)$", text)}


async def watch(server, until, memory):
    """The server's memory, each second."""
    loop = asyncio.get_running_loop()
    while time.monotonic() < until:
        found = await loop.run_in_executor(None, metrics, server)
        memory.append((found.get("process_resident_memory_bytes", 0), found["jvm_heap_used_bytes"]))
        await asyncio.sleep(1)


async def publish(directory, seconds, versions):
    """So many versions, spread over the time."""
    for _ in range(versions):
        await asyncio.sleep(seconds / (versions + 1))
        await copy(directory)


async def copy(directory):
    """The newest version as the next one, written aside and renamed as an export is."""
    newest = max((path for path in directory.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    aside = directory / ".writing-copy"
    await asyncio.get_running_loop().run_in_executor(None, shutil.copytree, newest, aside)
    aside.rename(directory / str(int(newest.name) + 1))


async def run(options, server):
    address = urllib.parse.urlsplit(server)
    place = (address.hostname, address.port)
    before = metrics(server)
    until = time.monotonic() + options.seconds
    latencies, statuses, memory = [], {}, []
    tasks = [client(place, options.kind, address.netloc, options.model, until, options.seed + i, latencies, statuses)
             for i in range(options.connections)]
    tasks.append(watch(server, until, memory))
    if options.new_version:
        tasks.append(publish(pathlib.Path(options.new_version), options.seconds, options.versions))
    await asyncio.gather(*tasks)
    after = metrics(server)

    def gained(name):
        key = f'{name}{{model="{options.model}"}}'
        return after.get(key, 0) - before.get(key, 0)

    latencies.sort()

    def by_quarter(which):
        """Means; of fewer than four samples, each."""
        parts = [memory[len(memory) * i // 4:len(memory) * (i + 1) // 4] for i in range(4)]
        return [round(statistics.mean(sample[which] for sample in part) / 1e6, 1) for part in parts if part]

    batches = gained("graphbert_batch_sequences_count")
    version = f'graphbert_model_version{{model="{options.model}"}}'
    failed = sum(count for status, count in statuses.items() if status not in (200, 503))
    return failed == 0 and len(latencies) > 0, {
        "server": server,
        "kind": options.kind,
        "connections": options.connections,
        "seconds": options.seconds,
        "statuses": {str(status): count for status, count in sorted(statuses.items(), key=str)},
        "requests_per_second": round(len(latencies) / options.seconds, 1),
        "latency_ms": {f"p{p}": round(1e3 * latencies[min(len(latencies) - 1, int(len(latencies) * p / 100))], 1)
                       for p in (50, 90, 95, 99)} | {"max": round(1e3 * latencies[-1], 1)},
        "mean_batch": round(gained("graphbert_batch_sequences_sum") / batches, 2) if batches else None,
        "resident_mb_by_quarter": by_quarter(0),
        "java_heap_mb_by_quarter": by_quarter(1),
        "versions": [int(before[version]), int(after[version])],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("model")
    parser.add_argument("--kind", choices=["fill_mask", "next_sentence", "embed", "mixed"], default="mixed")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--new-version", metavar="DIR", help="NAME's directory: new versions are put there meanwhile")
    parser.add_argument("--versions", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--against", metavar="SERVER", help="another one, asked in turns with the first")
    parser.add_argument("--turns", type=int, default=1)
    options = parser.parse_args()
    servers = [options.server] + ([options.against] if options.against else [])
    for server in servers:
        host = urllib.parse.urlsplit(server).hostname
        if host not in ("127.0.0.1", "localhost", "::1"):
            parser.error(f"{host} is not this machine; the load is for a server of one's own")
    good = True
    for _ in range(options.turns):
        for server in servers:
            sound, figures = asyncio.run(run(options, server))
            good = good and sound
            print(json.dumps(figures), flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
