package org.graphbert.data;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.DocumentReader;

/**
 * Documents in, records out. This thread reads documents, cuts them into blocks and writes finished records in order;
 * the pool tokenises, pairs, masks and encodes. In memory are at most two blocks of text, the token ids of the two before
 * them, and threads + 2 units of records (some 5 MB each): about 300 MB, whatever the size of the corpus.
 */
final class Pipeline {

    private static final int UNITS_AHEAD = 2;
    private static final int KIB = 1024;

    private final Preparation preparation;
    private final BlockWork work;
    private final Block.Size blockSize;
    private final Map<Part, DataSetWriter> writers;
    private final Map<Part, Block.Cutter> cutters = new EnumMap<>(Part.class);
    private final Map<Part, Tally> tallies = new EnumMap<>(Part.class);
    private final Progress progress;
    private final ExecutorService pool;
    private final InOrder<BlockWork.Records> order;
    private long bytesRead;
    private long characters;
    private int shown;

    Pipeline(
            Preparation preparation,
            BlockWork work,
            Block.Size blockSize,
            Map<Part, DataSetWriter> writers,
            Progress progress) {
        this.preparation = preparation;
        this.work = work;
        this.blockSize = blockSize;
        this.writers = writers;
        this.progress = progress;
        for (Part part : writers.keySet()) {
            cutters.put(part, new Block.Cutter(part, blockSize));
            tallies.put(part, work.newTally());
        }
        pool = Executors.newFixedThreadPool(preparation.threads(), task -> {
            Thread thread = new Thread(task, "prepare");
            thread.setDaemon(true);
            return thread;
        });
        order = new InOrder<>(preparation.threads() + UNITS_AHEAD, this::write);
    }

    /**
     * Runs to the end of the inputs.
     *
     * @throws Failure (data) for what is wrong with them
     */
    void run() {
        long total = preparation.inputs().stream().mapToLong(DocumentReader::size).sum();
        progress.start("preparing", total / KIB, "KiB");
        HeldOut heldOut = new HeldOut(preparation.recipe().heldOut(), preparation.recipe().seed());
        Recipe recipe = preparation.recipe();
        try (DocumentReader documents = new DocumentReader(preparation.inputs(), recipe.documents(), recipe.encoding())) {
            long number = 0;
            for (Document document = documents.next(); document != null; document = documents.next()) {
                characters += document.characters();
                Block block = cutters.get(heldOut.of(number++)).add(document);
                bytesRead = documents.bytesRead();
                if (block != null) {
                    submit(block);
                }
            }
            requireDocuments(number);
            for (Block.Cutter cutter : cutters.values()) {
                cutter.finish().forEach(this::submit);
            }
            order.finish();
            requireRecords();
        } finally {
            pool.shutdownNow();
        }
        progress.at(total / KIB, "");
        progress.done();
    }

    Tally tally(Part part) {
        return tallies.get(part);
    }

    /** How much text was read. */
    long characters() {
        return characters;
    }

    private void submit(Block block) {
        Part part = block.part();
        long number = block.number();
        Tally tally = tallies.get(part);
        List<CompletableFuture<List<int[][]>>> units = block.units(blockSize.unitCharacters()).stream()
                .map(unit -> CompletableFuture.supplyAsync(() -> work.tokenize(unit, tally), pool))
                .toList();
        CompletableFuture<BlockWork.Tokens> tokens = CompletableFuture.allOf(units.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> work.join(part, number, units.stream().map(CompletableFuture::join).toList(), tally));
        int copies = part == Part.TRAINING ? preparation.recipe().duplicates() : 1;
        for (int copy = 0; copy < copies; copy++) {
            for (int i = 0; i < units.size(); i++) {
                int duplicate = copy;
                int unit = i;
                boolean first = part == Part.TRAINING && number == 0 && copy == 0 && i == 0;
                int show = first ? preparation.show() : 0;
                order.add(tokens.thenApplyAsync(t -> work.records(t, unit, duplicate, show, tally), pool));
            }
        }
    }

    private void write(BlockWork.Records records) {
        writers.get(records.part()).write(records);
        for (Example example : records.examples()) {
            progress.say("example " + shown++ + ": " + ReadableExample.of(example, preparation.tokenizer()::token,
                    preparation.recipe().pairs().task()));
        }
        progress.at(bytesRead / KIB, String.format("%,d records", tallies.get(Part.TRAINING).records));
    }

    private void requireDocuments(long number) {
        if (number == 0) {
            throw Failure.data("no text in the inputs (%s); expected documents with blank lines between them", inputs());
        }
        int least = preparation.recipe().pairs().task().leastDocuments();
        if (number < least) {
            throw Failure.data("one document only in the inputs (%s): next-sentence prediction needs another document; "
                    + "put blank lines between documents, or take --pairs sop or none", inputs());
        }
        cutters.forEach((part, cutter) -> {
            if (cutter.documents() < least) {
                throw Failure.data("--held-out %s of %,d documents leaves the %s set %d, but --pairs %s needs %d; choose "
                        + "another share, or give more documents", preparation.recipe().heldOut(), number, part,
                        cutter.documents(), preparation.recipe().pairs().task(), least);
            }
        });
    }

    private void requireRecords() {
        tallies.forEach((part, tally) -> {
            if (tally.records == 0) {
                throw Failure.data("the %s set has no records: %s", part, preparation.recipe().pairs().task()
                        .whyNoRecords(tally.documents));
            }
        });
    }

    private String inputs() {
        Path first = preparation.inputs().get(0);
        int more = preparation.inputs().size() - 1;
        return more == 0 ? first.toString() : first + " and " + more + " more";
    }
}
