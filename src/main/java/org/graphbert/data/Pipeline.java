package org.graphbert.data;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.DocumentCounts;
import org.graphbert.corpus.DocumentReader;

/**
 * Documents in, records out. This thread reads documents and cuts them into units and blocks; the pool tokenises a unit as
 * soon as it is cut, and pairs, masks and encodes those of a block that is complete; a third writes the finished records in
 * order. In memory are the token ids of three blocks for each part, and the units that the {@link Budget} lets be under
 * way, whatever the size of the corpus.
 */
final class Pipeline {

    private static final int TOKENS_A_UNIT = 1 << 18; // what a MiB of English has
    private static final long LONGEST_END_SECONDS = 60;

    private final Preparation preparation;
    private final UnitWork unitWork;
    private final Block.Size blockSize;
    private final List<Destination> destinations;
    private final Budget budget;
    private final BooleanSupplier stop;
    private final PreparationProgress progress;
    private final ExecutorService pool;
    private final ExecutorService writing;
    private final Map<Part, Block.Cutter> cutters = new EnumMap<>(Part.class);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
    private DocumentCounts counts = DocumentCounts.NONE;

    /**
     * @param destinations what is to be written; empty parts of the corpus are only counted
     * @param stop asked often: whether to give up
     */
    Pipeline(
            Preparation preparation,
            UnitWork unitWork,
            Block.Size blockSize,
            List<Destination> destinations,
            BooleanSupplier stop,
            Progress progress) {
        this.preparation = preparation;
        this.unitWork = unitWork;
        this.blockSize = blockSize;
        this.destinations = destinations;
        this.stop = stop;
        List<Part> parts = preparation.parts();
        budget = new Budget(preparation.effort().memory(), preparation.effort().threads(), blockSize, parts.size());
        this.progress = new PreparationProgress(progress, preparation);
        for (Part part : parts) {
            List<Destination> wanting = destinations.stream().filter(d -> d.part() == part).toList();
            cutters.put(part, new Block.Cutter(part, blockSize, preparation.tokenizer().size(),
                    number -> wanting.stream().anyMatch(d -> d.wants(number)), this::tokenize));
        }
        pool = threads(preparation.effort().threads(), "prepare");
        writing = threads(1, "write");
    }

    /**
     * Runs to the end of the inputs.
     *
     * @throws Failure (data) for what is wrong with them; (interrupted) if it was stopped
     */
    void run() {
        Recipe recipe = preparation.recipe();
        HeldOut heldOut = new HeldOut(recipe.heldOut(), recipe.seed());
        progress.start();
        try (DocumentReader documents = new DocumentReader(preparation.inputs(), recipe.documents(), recipe.encoding())) {
            long number = 0;
            long whole = 0;
            Part part = null;
            Document before = null;
            for (Document document = documents.next(); document != null; document = documents.next()) {
                check();
                budget.holdBeside(documents.memory());
                part = document.goesOnFrom(before) ? part : heldOut.of(whole++); // pieces of one stay together
                Block block = cutters.get(part).add(document);
                before = document;
                progress.read(documents.bytesRead(), ++number);
                if (block != null) {
                    submit(block);
                }
            }
            counts = documents.counts();
            requireDocuments(number);
            for (Block.Cutter cutter : cutters.values()) {
                cutter.finish().forEach(this::submit);
            }
            InOrder.join(written);
            requireRecords();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        } finally {
            end(pool);
            end(writing);
        }
        progress.done();
    }

    /** What the reader left out. */
    DocumentCounts counts() {
        return counts;
    }

    /** How much text was tokenised, in bytes of UTF-8. */
    long textBytes() {
        return progress.textBytes();
    }

    private CompletableFuture<TokenUnit> tokenize(List<Document> documents, long textBytes, Tally corpus) {
        long weight = 1 + textBytes / blockSize.unitBytes();
        try {
            budget.beginText(weight);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted", e);
        }
        CompletableFuture<TokenUnit> begun = begin(() -> {
            progress.text(textBytes);
            TokenUnit unit = unitWork.tokenize(documents, textBytes, corpus);
            budget.hold(unit.bytes(), textBytes);
            return unit;
        });
        // Work that was given up before it began ends too: this thread may be waiting for its room.
        begun.whenComplete((unit, e) -> budget.endText(weight));
        return begun;
    }

    /** Hands a complete block to the writing thread, when that is through with the one before. */
    private void submit(Block block) {
        List<Destination> wanting = destinations.stream()
                .filter(d -> d.part() == block.part() && d.wants(block.number()))
                .toList();
        InOrder.join(written);
        if (!wanting.isEmpty()) {
            written = CompletableFuture.runAsync(() -> write(block, wanting), writing);
            written.whenComplete((nothing, e) -> failure.compareAndSet(null, e));
        }
    }

    private void write(Block block, List<Destination> wanting) {
        BlockTokens tokens = block.tokens();
        for (Destination destination : wanting) {
            DataSetWriter writer = destination.writer();
            InOrder<BlockWork.Records> order = new InOrder<>(budget::units, writer::write);
            for (int copy = 0; copy < destination.copies(); copy++) {
                for (int i = 0; i < tokens.units(); i++) {
                    check();
                    int duplicate = copy;
                    int unit = i;
                    long weight = 1 + tokens.tokens(unit) / TOKENS_A_UNIT;
                    order.makeRoom(weight);
                    CompletableFuture<BlockWork.Records> records =
                            begin(() -> destination.work().records(block, tokens, unit, duplicate));
                    if (destination == destinations.get(0) && block.number() == 0 && copy == 0 && unit == 0) {
                        progress.show(InOrder.join(records).frames());
                    }
                    order.add(records, weight);
                }
            }
            order.finish();
            block.addCorpus(writer.tally());
            writer.tally().skippedDocuments += destination.work().skipped(tokens);
            writer.endBlock(block.number());
        }
        budget.release(tokens.bytes(), block.textBytes());
    }

    /** Begins work in the pool, unless all is in vain. */
    private <T> CompletableFuture<T> begin(Supplier<T> work) {
        CompletableFuture<T> begun = CompletableFuture.supplyAsync(() -> {
            if (failure.get() != null) {
                throw new CancellationException("another failed");
            }
            return work.get();
        }, pool);
        begun.whenComplete((result, e) -> failure.compareAndSet(null, e));
        return begun;
    }

    /** Throws what failed elsewhere, as it was, or that the user wants to stop. */
    private void check() {
        Throwable failed = failure.get();
        if (failed != null) {
            InOrder.join(CompletableFuture.failedFuture(failed));
        }
        if (stop.getAsBoolean()) {
            throw Failure.interrupted("stopped");
        }
    }

    private void requireDocuments(long number) {
        PairTask task = preparation.recipe().pairs().task();
        if (number == 0) {
            String left = counts.describe();
            throw Failure.data("no text in the inputs (%s)%s; expected documents with blank lines between them",
                    preparation.inputsText(), left.isEmpty() ? "" : ": " + left);
        }
        if (number < task.leastDocuments()) {
            throw Failure.data("one document only in the inputs (%s): next-sentence prediction needs another document; "
                    + "put blank lines between documents, or take --pairs sop or none", preparation.inputsText());
        }
        cutters.forEach((part, cutter) -> {
            if (cutter.documents() < task.leastDocuments()) {
                throw Failure.data("--held-out %s of %,d documents leaves the %s set %d, but --pairs %s needs %d; choose "
                        + "another share, or give more documents", preparation.recipe().heldOut(), number, part,
                        cutter.documents(), task, task.leastDocuments());
            }
        });
    }

    private void requireRecords() {
        for (Destination destination : destinations) {
            Tally tally = destination.writer().tally();
            if (tally.records == 0 && preparation.partition().isWhole()) {
                throw Failure.data("the %s set has no records: %s", destination.part(),
                        preparation.recipe().pairs().task().whyNoRecords(tally.documents));
            }
        }
    }

    private static ExecutorService threads(int number, String name) {
        return Executors.newFixedThreadPool(number, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Waits until the threads are through with what they have begun: they write files. */
    private static void end(ExecutorService executor) {
        executor.shutdown();
        try {
            executor.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
