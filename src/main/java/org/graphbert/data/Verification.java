package org.graphbert.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/**
 * Reads all of a data set and checks every {@link Rule}. A file or record that is wrong does not end it: the rest is
 * checked all the same. Shards are read side by side; what is in them is checked by as many threads again.
 */
public final class Verification {

    private static final double MB = 1e6;
    private static final double NANO = 1e-9;
    private static final int FRAMES_WAITING = 4;

    private final Path path;
    private final int threads;
    private final Progress progress;
    private final Optional<Manifest> manifest;
    private final List<Path> files;
    private final Violations violations = new Violations();
    private final Collection<OffsetIndex> opened = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong unread = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Verification(Path path, int threads, Progress progress) {
        this.path = path;
        this.threads = threads;
        this.progress = progress;
        manifest = Manifest.in(path) ? Optional.of(Manifest.read(path)) : Optional.empty();
        files = DataSetFiles.of(path, manifest);
    }

    /**
     * Checks a data set.
     *
     * @param path as for {@link DataSet#open}
     * @param given the tokenizer of files without a manifest, if it is known; see {@link ForeignRecords}
     * @param threads as many shards are read, and the records of as many megabytes checked, at a time
     * @throws Failure (data) if nothing can be checked: the manifest is missing, damaged or edited, or there is no record
     *     that can be read; (usage) if a tokenizer is given for a data set that has its own
     */
    public static VerificationReport run(Path path, Optional<Tokenizer> given, int threads, Progress progress) {
        if (threads < 1) {
            throw Failure.usage("--threads is %d, expected at least 1", threads);
        }
        Verification verification = new Verification(path, threads, progress);
        if (given.isPresent() && verification.manifest.isPresent()) {
            throw Failure.usage("--tokenizer is for files without %s; %s has its own tokenizer", Manifest.FILE, path);
        }
        return verification.run(given);
    }

    private VerificationReport run(Optional<Tokenizer> given) {
        long start = System.nanoTime();
        List<Optional<TfRecordFile>> shards = new ArrayList<>();
        try {
            for (int i = 0; i < files.size(); i++) {
                shards.add(open(i));
            }
            Optional<Tokenizer> tokenizer = manifest.isPresent() ? ownTokenizer(manifest.get()) : given;
            RecordRules rules = rules(tokenizer, shards);
            RecordCounts counts = new RecordCounts(rules.maxSeqLength());
            long bytes = shards.stream().flatMap(Optional::stream).mapToLong(TfRecordFile::bytes).sum();
            progress.start("verifying", Math.round(bytes / MB), "MB");
            readAll(shards, rules, counts);
            progress.done();
            manifest.ifPresent(m -> {
                ManifestCheck check = new ManifestCheck(m, path, this::add);
                check.files();
                check.unigramCounts();
                if (unread.get() == 0) { // otherwise they cannot agree
                    check.statistics(counts, rules);
                }
            });
            boolean indexed = manifest.isPresent() && files.stream().map(ShardWriter::indexOf).anyMatch(Files::exists);
            double seconds = (System.nanoTime() - start) * NANO;
            return new VerificationReport(path.toString(), files.size(), counts.records(), bytes, seconds, bytes / MB / seconds,
                    Checked.lines(rules, manifest.isPresent(), indexed, tokenizer.isPresent()),
                    violations.count(), violations.byRule(), violations.first());
        } finally {
            shards.forEach(shard -> shard.ifPresent(TfRecordFile::close));
        }
    }

    /** Opens a shard and compares it with the manifest; empty if it is missing. */
    private Optional<TfRecordFile> open(int number) {
        Path file = files.get(number);
        if (manifest.isEmpty()) {
            TfRecordFile shard = TfRecordFile.open(file);
            shard.note().ifPresent(progress::say);
            return Optional.of(shard);
        }
        Manifest.Shard expected = manifest.get().shards().get(number);
        if (!Files.isRegularFile(file)) {
            unread.addAndGet(expected.records());
            violations.add(number, Violation.of(expected.file(), Rule.SHARD_MISSING, "no such file",
                    String.format("%,d records in %,d bytes", expected.records(), expected.bytes())));
            return Optional.empty();
        }
        TfRecordFile shard = TfRecordFile.plain(file);
        if (shard.bytes() != expected.bytes()) {
            violations.add(number, Violation.of(expected.file(), Rule.SHARD_BYTES, String.format("%,d", shard.bytes()),
                    String.format("%,d as in the manifest", expected.bytes())));
        }
        return Optional.of(shard);
    }

    /** The tokenizer that lies with the records, if it can be read. */
    private Optional<Tokenizer> ownTokenizer(Manifest manifest) {
        Manifest.TokenizerFacts facts = manifest.request().tokenizer();
        String expected = String.format("%s, %,d entries, checksum %.12s", facts.type(), facts.vocabularySize(), facts.checksum());
        Optional<Tokenizer> tokenizer = Optional.empty();
        String found;
        try {
            Tokenizer own = Tokenizers.load(path.resolve(PartialSet.TOKENIZER), null);
            found = String.format("%s, %,d entries, checksum %.12s", own.type(), own.size(), own.checksum());
            tokenizer = Optional.of(own);
        } catch (Failure e) {
            found = e.getMessage();
        }
        if (tokenizer.isEmpty() || !tokenizer.get().checksum().equals(facts.checksum())) {
            add(Violation.of(PartialSet.TOKENIZER, Rule.TOKENIZER, found, expected));
            return Optional.empty();
        }
        return tokenizer;
    }

    private RecordRules rules(Optional<Tokenizer> tokenizer, List<Optional<TfRecordFile>> shards) {
        if (manifest.isPresent() && tokenizer.isPresent()) {
            SpecialTokens special = tokenizer.get().special();
            return RecordRules.of(manifest.get().request(), special.cls(), special.sep(), Optional.of(special.mask()));
        }
        List<Example> some = shards.stream().flatMap(Optional::stream).map(ShardCheck::some)
                .filter(examples -> !examples.isEmpty()).findFirst()
                .orElseThrow(() -> Failure.data("%s: no record that can be read in %d file%s; copy or prepare the data again",
                        path, files.size(), files.size() == 1 ? "" : "s"));
        RecordRules foreign = ForeignRecords.rules(some, tokenizer);
        return manifest.map(m -> RecordRules.of(m.request(), foreign.cls(), foreign.sep(), foreign.mask())).orElse(foreign);
    }

    private void readAll(List<Optional<TfRecordFile>> shards, RecordRules rules, RecordCounts counts) {
        ExecutorService readers = Executors.newFixedThreadPool(Math.min(threads, shards.size()));
        // A reader whose frames find no room checks them itself, which bounds what waits in memory.
        ThreadPoolExecutor checkers = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(FRAMES_WAITING * threads), new ThreadPoolExecutor.CallerRunsPolicy());
        try {
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < shards.size(); i++) {
                int number = i;
                shards.get(i).ifPresent(shard -> reading.add(readers.submit(() -> read(number, shard, rules, counts, checkers))));
            }
            for (Future<?> one : reading) {
                one.get();
            }
            checkers.shutdown();
            checkers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            if (failure.get() != null) {
                throw new ExecutionException(failure.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while verifying", e);
        } finally {
            readers.shutdownNow();
            checkers.shutdownNow();
            opened.forEach(OffsetIndex::close);
        }
    }

    private void read(int number, TfRecordFile shard, RecordRules rules, RecordCounts counts, ExecutorService checkers) {
        OffsetIndex index = manifest.isPresent() ? index(number, shard) : null;
        Consumer<Violation> sink = violation -> violations.add(number, violation);
        FramesCheck contents = new FramesCheck(files.get(number), index, rules, counts, sink);
        ShardCheck check = new ShardCheck(shard, index, sink, frames -> checkers.execute(() -> {
            try {
                unread.addAndGet(contents.check(frames));
                progress.at(Math.round(bytesDone.addAndGet(frames.length()) / MB), "");
            } catch (Throwable e) { // an OutOfMemoryError, too, must not pass for success
                failure.set(e);
            }
        }));
        check.run();
        if (!check.whole()) {
            unread.incrementAndGet();
        }
        manifest.ifPresent(m -> compare(number, check, m.shards().get(number)));
    }

    private void compare(int number, ShardCheck check, Manifest.Shard expected) {
        String sha256 = check.sha256();
        if (!sha256.equals(expected.sha256())) {
            violations.add(number, Violation.of(expected.file(), Rule.SHARD_SHA256, sha256, expected.sha256()));
        }
        if (check.whole() && check.records() != expected.records()) {
            violations.add(number, Violation.of(expected.file(), Rule.SHARD_RECORDS, String.format("%,d", check.records()),
                    String.format("%,d as in the manifest", expected.records())));
        }
    }

    /** The index of a shard; null if there is none that can be used. */
    private OffsetIndex index(int number, TfRecordFile shard) {
        Path file = ShardWriter.indexOf(shard.file());
        if (!Files.exists(file)) {
            return null; // the shard is scanned instead
        }
        try {
            OffsetIndex index = OffsetIndex.open(file, shard.bytes());
            opened.add(index);
            return index;
        } catch (Failure e) {
            violations.add(number, Violation.of(file.getFileName().toString(), Rule.INDEX, e.getMessage(),
                    "the index of " + shard.file().getFileName()));
            return null;
        }
    }

    /** What is not in a shard is told behind them. */
    private void add(Violation violation) {
        violations.add(files.size(), violation);
    }
}
