package org.graphbert.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.graphbert.config.Directories;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentCounts;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/**
 * Prepares data sets from text files: one for each length, and with {@link Recipe#heldOut} a second one beside each. All
 * come from one reading.
 *
 * @param inputs text files, packed or not, in the order in which they are to be read
 * @param tokenizer makes the token ids
 * @param outputs where, and everything else that decides the contents; they differ in their lengths only
 * @param effort what it may use
 * @param partition which shards of them it writes; {@link Join} makes whole data sets of the shares of all
 */
public record Preparation(
        List<Path> inputs, Tokenizer tokenizer, List<Output> outputs, Effort effort, Partition partition) {

    /**
     * A data set to be made.
     *
     * @param directory its own; the held-out one lies beside it as NAME-held-out
     */
    public record Output(Path directory, Recipe recipe) {

        public Output {
            directory = directory.toAbsolutePath().normalize();
            if (directory.getFileName() == null) {
                throw Failure.usage("--output %s: expected a directory with a name, such as tfrecords/wiki", directory);
            }
        }
    }

    /**
     * What came of an output.
     *
     * @param manifest of the training part; of a partition's share of it, if the preparation is of one
     * @param reused whether matching data sets were there already
     */
    public record Made(Path directory, Manifest manifest, Optional<Manifest> heldOut, boolean reused) {}

    /**
     * What came of it all.
     *
     * @param textBytes of text that were tokenised; 0 if all was reused
     * @param counts what was left out of the inputs
     */
    public record Result(List<Made> made, long textBytes, DocumentCounts counts) {

        /** Of the first output. */
        public Manifest manifest() {
            return made.get(0).manifest();
        }

        /** Whether nothing had to be written. */
        public boolean reused() {
            return made.stream().allMatch(Made::reused);
        }
    }

    /** What tests can change. */
    record Seams(Block.Size blockSize, UnaryOperator<OutputStream> channel) {
        static final Seams NONE = new Seams(Block.Size.STANDARD, UnaryOperator.identity());
    }

    public Preparation {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** For all shards. */
    public Preparation(List<Path> inputs, Tokenizer tokenizer, List<Output> outputs, Effort effort) {
        this(inputs, tokenizer, outputs, effort, Partition.WHOLE);
    }

    /** For one output and the standard memory, from the start. */
    public Preparation(List<Path> inputs, Tokenizer tokenizer, Recipe recipe, Path output, int threads, int show) {
        this(inputs, tokenizer, List.of(new Output(output, recipe)), new Effort(threads, Memory.DEFAULT, false, show));
    }

    /** What all outputs have in common, and the lengths of the first. */
    Recipe recipe() {
        return outputs.get(0).recipe();
    }

    List<Part> parts() {
        return recipe().heldOut() > 0 ? List.of(Part.values()) : List.of(Part.TRAINING);
    }

    /** The inputs as an error names them. */
    String inputsText() {
        int more = inputs.size() - 1;
        return more == 0 ? inputs.get(0).toString() : inputs.get(0) + " and " + more + " more";
    }

    /**
     * Writes the data sets, or finds them there already.
     *
     * @throws Failure (data) for unreadable inputs, a corpus of too few documents, and a disk that is full; (usage) for an
     *     output that cannot be written, is being written by another process, or holds other data, and for too little
     *     memory
     */
    public Result run(Progress progress) {
        effort.memory().requireMachine();
        Memory.requireHeap();
        return run(progress, Seams.NONE);
    }

    /** With blocks of another size, for tests. */
    Result run(Progress progress, Block.Size blockSize) {
        return run(progress, new Seams(blockSize, UnaryOperator.identity()));
    }

    Result run(Progress progress, Seams seams) {
        List<DirectoryLock> locks = new ArrayList<>();
        try {
            try {
                for (Output output : outputs) {
                    Files.createDirectories(output.directory().getParent());
                    for (Part part : parts()) {
                        locks.add(DirectoryLock.ofOutput(partition.directory(part.directory(output.directory()))));
                    }
                }
            } catch (IOException e) {
                throw Failure.usage("--output %s: cannot be written: %s; choose a place that may be written",
                        outputs.get(0).directory(), Directories.reason(e));
            }
            return run(new PreparedSets(this, seams, progress), seams, progress, () -> locks.forEach(Preparation::close));
        } catch (OutOfMemoryError e) {
            throw Failure.usage("the heap of %s was not enough; give more with --memory, and --resume to go on",
                    Memory.text(Runtime.getRuntime().maxMemory()));
        } catch (UncheckedIOException e) {
            throw notWritten(e.getCause());
        } catch (IOException e) {
            throw notWritten(e);
        } finally {
            locks.forEach(Preparation::close);
        }
    }

    /** @param unlock called before the process is left to its end */
    private Result run(PreparedSets sets, Seams seams, Progress progress, Runnable unlock) throws IOException {
        if (sets.complete()) {
            outputs.forEach(output -> progress.say(
                    "reusing " + output.directory() + ": same inputs, tokenizer, options and seed"));
            return result(sets, 0, DocumentCounts.NONE, progress);
        }
        List<FileTime> before = times();
        SentenceSplitter splitter = SentenceSplitter.forLanguage(recipe().language());
        Sentences sentences = recipe().sentences().resolve(inputs, recipe().documents(), recipe().encoding(), splitter);
        if (recipe().sentences() == Sentences.AUTO) {
            progress.say("--sentences auto: " + (sentences == Sentences.SPLIT
                    ? "lines hold several sentences, so they are split" : "a line is taken for a sentence"));
        }
        try (Interruption interruption = new Interruption()) {
            try (sets) {
                List<Destination> destinations = sets.begin();
                Pipeline pipeline = new Pipeline(this, new UnitWork(tokenizer, splitter, sentences), seams.blockSize(),
                        destinations, interruption::requested, progress);
                try {
                    pipeline.run();
                    if (!times().equals(before)) {
                        throw Failure.data("an input was changed while it was read (%s); prepare the data again", inputsText());
                    }
                    sets.publish(sentences, pipeline.counts());
                } catch (Failure e) {
                    if (e.kind() == Failure.Kind.DATA) {
                        sets.discard(); // whoever mends the inputs has other inputs
                    }
                    throw e.kind() == Failure.Kind.INTERRUPTED ? Failure.interrupted("stopped; %s", sets.savedText()) : e;
                } catch (IOException e) {
                    throw notWritten(e, sets);
                } catch (UncheckedIOException e) {
                    throw notWritten(e.getCause(), sets);
                }
                return result(sets, pipeline.textBytes(), pipeline.counts(), progress);
            } catch (Failure e) {
                if (interruption.requested()) {
                    progress.say(e.getMessage());
                }
                throw e;
            } finally {
                if (interruption.requested()) {
                    unlock.run(); // closing lets the process end
                }
            }
        }
    }

    private Result result(PreparedSets sets, long textBytes, DocumentCounts counts, Progress progress) {
        List<Made> made = sets.made();
        for (Made one : made) {
            Unbalanced.warning(one.manifest()).ifPresent(progress::say);
        }
        UnknownTokens.warning(made.get(0).manifest()).ifPresent(progress::say); // of all lengths alike
        return new Result(made, textBytes, counts);
    }

    /** When the inputs were last changed: what their checksums cover has to be what is read. */
    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path input : inputs) {
            times.add(Files.getLastModifiedTime(input));
        }
        return times;
    }

    private Failure notWritten(IOException e) {
        return Failure.usage("--output %s: cannot be written: %s; choose a place with room that may be written",
                outputs.stream().map(o -> o.directory().toString()).collect(Collectors.joining(", ")), Directories.reason(e), e);
    }

    private Failure notWritten(IOException e, PreparedSets sets) {
        return Failure.data("--output %s: cannot be written: %s; make room, then go on: %s",
                outputs.get(0).directory(), Directories.reason(e), sets.savedText(), e);
    }

    private static void close(DirectoryLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
