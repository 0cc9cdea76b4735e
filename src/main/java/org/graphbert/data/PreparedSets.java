package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentCounts;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.Sentences;

/**
 * The data sets of a preparation: those that are there and match, and those that are still to be written. Close it when the
 * writing has ended, well or not.
 */
final class PreparedSets implements AutoCloseable {

    /** One part of one output. */
    private static final class Set {
        private final Recipe recipe;
        private final DataSetWriter.Plan plan;
        private final Manifest existing;
        private Optional<SavedState> begun = Optional.empty();
        private DataSetWriter writer;
        private Manifest manifest;

        Set(Recipe recipe, DataSetWriter.Plan plan, Manifest existing) {
            this.recipe = recipe;
            this.plan = plan;
            this.existing = existing;
            manifest = existing;
        }
    }

    private final Preparation preparation;
    private final Map<Preparation.Output, Map<Part, Set>> sets = new HashMap<>();

    /**
     * Looks at what is there, and changes nothing.
     *
     * @throws Failure (usage) where other data are in the place of an output
     */
    PreparedSets(Preparation preparation, Preparation.Seams seams, Progress progress) throws IOException {
        this.preparation = preparation;
        List<Manifest.Input> facts = inputs(progress);
        Manifest.TokenizerFacts tokenizer = new Manifest.TokenizerFacts(
                preparation.tokenizer().type(), preparation.tokenizer().size(), preparation.tokenizer().checksum());
        for (Preparation.Output output : preparation.outputs()) {
            Recipe recipe = output.recipe();
            Manifest.Request request = new Manifest.Request(facts, tokenizer, recipe);
            Map<Part, Set> parts = new EnumMap<>(Part.class);
            requireShardOf(request.shards(Part.TRAINING));
            for (Part part : preparation.parts()) {
                int shards = request.shards(part);
                if (preparation.partition().ownsAnyOf(shards)) {
                    DataSetWriter.Plan plan = new DataSetWriter.Plan(part.directory(output.directory()),
                            preparation.partition(), part, request, seams.blockSize(), shards, seams.channel());
                    parts.put(part, new Set(recipe, plan, existing(plan)));
                }
            }
            sets.put(output, parts);
        }
        for (Set set : missing()) {
            set.begun = set.plan.found(preparation.effort().resume());
            set.begun.ifPresent(state -> progress.say("resuming " + set.plan.target() + ": " + state.text() + " are there"));
        }
    }

    /** Whether there is nothing to do. */
    boolean complete() {
        return missing().isEmpty();
    }

    /** Opens what is still to be written. */
    List<Destination> begin() throws IOException {
        List<Destination> destinations = new ArrayList<>();
        for (Set set : missing()) {
            Recipe recipe = set.recipe;
            Tally empty = new Tally(recipe.pairs().maxSeqLength(), preparation.tokenizer().size());
            set.writer = new DataSetWriter(set.plan, set.begun, empty);
            int copies = set.plan.part() == Part.TRAINING ? recipe.duplicates() : 1;
            destinations.add(new Destination(
                    set.plan.part(), copies, new BlockWork(preparation.tokenizer(), recipe), set.writer));
        }
        return destinations;
    }

    /** Completes what was written, and gives it its names. */
    void publish(Sentences sentences, DocumentCounts counts) throws IOException {
        for (Set set : missing()) {
            set.manifest = set.writer.finish(
                    sentences.toString(), counts, this::trainingUnigrams, preparation.tokenizer());
        }
        for (Part part : List.of(Part.HELD_OUT, Part.TRAINING)) {
            for (Set set : missing()) {
                if (set.plan.part() == part) {
                    set.writer.publish();
                }
            }
        }
    }

    /** In the order of the outputs. */
    List<Preparation.Made> made() {
        List<Preparation.Made> made = new ArrayList<>();
        for (Preparation.Output output : preparation.outputs()) {
            Map<Part, Set> parts = sets.get(output);
            made.add(new Preparation.Made(output.directory(), parts.get(Part.TRAINING).manifest,
                    Optional.ofNullable(parts.get(Part.HELD_OUT)).map(set -> set.manifest),
                    parts.values().stream().allMatch(set -> set.existing != null)));
        }
        return made;
    }

    /** What is saved of the sets that are not complete, and how to go on. */
    String savedText() {
        List<String> saved = missing().stream()
                .filter(set -> set.writer != null)
                .flatMap(set -> set.writer.savedText().stream())
                .toList();
        return saved.isEmpty() ? "no block is finished yet, so the same command starts anew"
                : String.join(" and ", saved) + (saved.size() == 1 ? " is" : " are")
                        + " saved; the same command with --resume continues";
    }

    /** Nothing of it is to be kept. */
    void discard() {
        missing().stream().filter(set -> set.writer != null).forEach(set -> set.writer.discard());
    }

    @Override
    public void close() throws IOException {
        for (Set set : missing()) {
            if (set.writer != null) {
                set.writer.close();
            }
        }
    }

    private List<Set> missing() {
        return preparation.outputs().stream()
                .flatMap(output -> sets.getOrDefault(output, Map.of()).values().stream())
                .filter(set -> set.existing == null)
                .toList();
    }

    /** All sets carry those of the training part: evaluation compares with a unigram model of the training data. */
    private long[] trainingUnigrams() {
        List<Set> training = sets.values().stream().map(parts -> parts.get(Part.TRAINING)).toList();
        for (Set set : training) {
            if (set.writer != null) {
                return set.writer.tally().unigrams;
            }
        }
        try (DataSet data = DataSet.open(training.get(0).plan.target())) {
            return data.unigramCounts().orElseThrow();
        }
    }

    /** The data set that is there and matches, or null; one that does not match is refused. */
    private static Manifest existing(DataSetWriter.Plan plan) throws IOException {
        Manifest whole = existing(plan, plan.dataSet());
        if (whole != null || plan.partition().isWhole()) {
            return whole;
        }
        SavedState state = SavedState.read(plan.target()).orElse(null);
        if (state == null) {
            requireAbsent(plan.target());
            return null;
        }
        return plan.finished(state);
    }

    private static Manifest existing(DataSetWriter.Plan plan, Path directory) throws IOException {
        if (Manifest.in(directory)) {
            Manifest manifest = Manifest.read(directory);
            String difference = manifest.part().equals(plan.part().toString())
                    ? Difference.between(manifest.request(), plan.request()) : "it holds the " + manifest.part() + " part";
            if (difference != null) {
                throw Failure.usage("%s holds other data: %s; choose another --output, or delete it first",
                        directory, difference);
            }
            Files.deleteIfExists(directory.resolve(SavedState.FILE)); // of a process that ended right after the renaming
            return manifest;
        }
        requireAbsent(directory);
        return null;
    }

    private static void requireAbsent(Path directory) throws IOException {
        if (Files.exists(directory) && !isEmptyDirectory(directory)) {
            throw Failure.usage("%s exists and is not a data set (no %s); choose another --output",
                    directory, Manifest.FILE);
        }
    }

    private void requireShardOf(int shards) {
        Partition partition = preparation.partition();
        if (!partition.ownsAnyOf(shards)) {
            throw Failure.usage("--partition %s: the data set has %d shard%s, a partition needs one at least; give --shards %d or "
                    + "more, the same to all partitions", partition, shards, shards == 1 ? "" : "s", partition.count());
        }
    }

    private List<Manifest.Input> inputs(Progress progress) {
        List<Manifest.Input> facts = new ArrayList<>();
        progress.start("checking the inputs", preparation.inputs().size(), "files");
        for (Path input : preparation.inputs()) {
            facts.add(new Manifest.Input(input.toString(), DocumentReader.size(input), Sha256.of(input)));
            progress.at(facts.size(), "");
        }
        progress.done();
        return facts;
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }
}
