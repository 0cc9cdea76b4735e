package org.graphbert.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.Version;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/**
 * Prepares a data set, and with {@link Recipe#heldOut} a second one beside it, from text files.
 *
 * @param inputs text files, packed or not, in the order in which they are to be read
 * @param tokenizer makes the token ids
 * @param recipe everything else that decides the contents
 * @param output the data set's directory; the held-out one lies beside it as NAME-held-out
 * @param threads how many work; the output does not depend on it
 * @param show how many examples to print
 */
public record Preparation(
        List<Path> inputs, Tokenizer tokenizer, Recipe recipe, Path output, int threads, int show) {

    public Preparation {
        inputs = List.copyOf(inputs);
        output = output.toAbsolutePath().normalize();
        if (threads < 1) {
            throw Failure.usage("--threads is %d, expected at least 1", threads);
        }
        if (output.getFileName() == null) {
            throw Failure.usage("--output %s: expected a directory with a name, such as tfrecords/wiki", output);
        }
    }

    /**
     * What came of it.
     *
     * @param reused whether matching data sets were there already
     * @param characters of text that were read; 0 if reused
     */
    public record Result(Path directory, Manifest manifest, Optional<Manifest> heldOut, boolean reused, long characters) {}

    /**
     * Writes the data sets, or finds them there already.
     *
     * @throws Failure (data) for unreadable inputs and a corpus of fewer than two documents; (usage) for an output that
     *     cannot be written, is being written by another process, or holds other data
     */
    public Result run(Progress progress) {
        return run(progress, Block.Size.STANDARD);
    }

    /** With blocks of another size, for tests. */
    Result run(Progress progress, Block.Size blockSize) {
        List<Part> parts = recipe.heldOut() > 0 ? List.of(Part.values()) : List.of(Part.TRAINING);
        List<AutoCloseable> locks = new ArrayList<>();
        try {
            Files.createDirectories(output.getParent());
            for (Part part : parts) {
                locks.add(OutputLock.take(part.directory(output)));
            }
            Manifest.Request request = request(progress);
            Map<Part, Manifest> existing = existing(parts, request);
            if (existing.keySet().containsAll(parts)) {
                progress.say("reusing " + output + ": same inputs, tokenizer, options and seed");
                return result(existing, true, 0, progress);
            }
            return build(parts, request, blockSize, progress);
        } catch (UncheckedIOException e) {
            throw notWritten(e.getCause());
        } catch (IOException e) {
            throw notWritten(e);
        } finally {
            locks.forEach(Preparation::close);
        }
    }

    private Result build(List<Part> parts, Manifest.Request request, Block.Size blockSize, Progress progress)
            throws IOException {
        SentenceSplitter splitter = SentenceSplitter.forLanguage(recipe.language());
        Sentences sentences = recipe.sentences().resolve(inputs, recipe.documents(), recipe.encoding(), splitter);
        if (recipe.sentences() == Sentences.AUTO) {
            progress.say("--sentences auto: " + (sentences == Sentences.SPLIT
                    ? "lines hold several sentences, so they are split" : "a line is taken for a sentence"));
        }
        int shards = recipe.shards(inputs.stream().mapToLong(DocumentReader::size).sum());
        Map<Part, DataSetWriter> writers = new EnumMap<>(Part.class);
        try {
            for (Part part : parts) {
                // Held-out data are a small part: one file, unless another number was asked for.
                int files = part == Part.TRAINING || recipe.shards() > 0 ? shards : 1;
                writers.put(part, new DataSetWriter(part.directory(output), files));
            }
            Pipeline pipeline = new Pipeline(this, new BlockWork(tokenizer, splitter, recipe, sentences), blockSize, writers, progress);
            pipeline.run();
            Map<Part, Manifest> manifests = new EnumMap<>(Part.class);
            for (Part part : parts) {
                DataSetWriter writer = writers.get(part);
                Manifest manifest = new Manifest(Manifest.FORMAT_VERSION, "graphbert " + Version.CURRENT,
                        part.toString(), request, sentences.toString(),
                        Statistics.of(pipeline.tally(part), recipe.pairs().task()), writer.finishShards());
                // Both carry the training part's counts: evaluation compares with a unigram model of the training data.
                writer.finish(manifest, pipeline.tally(Part.TRAINING).unigrams, tokenizer);
                manifests.put(part, manifest);
            }
            for (Part part : List.of(Part.HELD_OUT, Part.TRAINING)) {
                if (writers.containsKey(part)) {
                    writers.get(part).publish();
                }
            }
            return result(manifests, false, pipeline.characters(), progress);
        } finally {
            writers.values().forEach(Preparation::close);
        }
    }

    private Manifest.Request request(Progress progress) {
        List<Manifest.Input> facts = new ArrayList<>();
        progress.start("checking the inputs", inputs.size(), "files");
        for (Path input : inputs) {
            facts.add(new Manifest.Input(input.toString(), DocumentReader.size(input), Sha256.of(input)));
            progress.at(facts.size(), "");
        }
        progress.done();
        return new Manifest.Request(facts,
                new Manifest.TokenizerFacts(tokenizer.type(), tokenizer.size(), tokenizer.checksum()), recipe);
    }

    /** The data sets that are there and match; one that does not match is refused. */
    private Map<Part, Manifest> existing(List<Part> parts, Manifest.Request request) throws IOException {
        Map<Part, Manifest> existing = new EnumMap<>(Part.class);
        for (Part part : parts) {
            Path directory = part.directory(output);
            if (Manifest.in(directory)) {
                Manifest manifest = Manifest.read(directory);
                String difference = manifest.part().equals(part.toString())
                        ? Difference.between(manifest.request(), request) : "it holds the " + manifest.part() + " part";
                if (difference != null) {
                    throw Failure.usage("%s holds other data: %s; choose another --output, or delete it first",
                            directory, difference);
                }
                existing.put(part, manifest);
            } else if (Files.exists(directory) && !isEmptyDirectory(directory)) {
                throw Failure.usage("%s exists and is not a data set (no %s); choose another --output",
                        directory, Manifest.FILE);
            }
        }
        return existing;
    }

    private Result result(Map<Part, Manifest> manifests, boolean reused, long characters, Progress progress) {
        UnknownTokens.warning(manifests.get(Part.TRAINING)).ifPresent(progress::say);
        Unbalanced.warning(manifests.get(Part.TRAINING)).ifPresent(progress::say);
        return new Result(output, manifests.get(Part.TRAINING), Optional.ofNullable(manifests.get(Part.HELD_OUT)), reused,
                characters);
    }

    private Failure notWritten(IOException e) {
        String reason = e.getClass().getSimpleName().replaceFirst("Exception$", "") + " " + e.getMessage();
        return Failure.usage("--output %s: cannot be written: %s; choose a place with room that may be written", output, reason);
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
