package org.graphbert.data;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentReader;

/** What the user sees of a preparation: how much of the files is read, how fast, and the first examples. */
final class PreparationProgress {

    private static final int KIB = 1024;
    private static final double NANOS_A_MICRO = 1e3;

    private final Progress progress;
    private final Preparation preparation;
    private final LongAdder textBytes = new LongAdder();
    private long total;
    private long started;

    PreparationProgress(Progress progress, Preparation preparation) {
        this.progress = progress;
        this.preparation = preparation;
    }

    void start() {
        total = preparation.inputs().stream().mapToLong(DocumentReader::size).sum();
        started = System.nanoTime();
        progress.start("preparing", total / KIB, "KiB");
    }

    /** So many bytes of the files and so many documents are read. */
    void read(long bytes, long documents) {
        double micros = (System.nanoTime() - started) / NANOS_A_MICRO;
        progress.at(bytes / KIB, String.format("%,d documents, %.1f MB/s", documents, textBytes.sum() / micros));
    }

    /** Documents are being tokenised. */
    void text(long bytes) {
        textBytes.add(bytes);
    }

    /** Of all documents that were tokenised, in UTF-8. */
    long textBytes() {
        return textBytes.sum();
    }

    /** The first records of all. */
    void show(List<Framed> frames) {
        for (int i = 0; i < Math.min(preparation.effort().show(), frames.size()); i++) {
            byte[] frame = frames.get(i).frame();
            Example example = ExampleDecoder.decode(
                    Arrays.copyOfRange(frame, TfRecord.HEADER, frame.length - TfRecord.FOOTER));
            progress.say("example " + i + ": " + ReadableExample.of(example, preparation.tokenizer()::token,
                    preparation.recipe().pairs().task()));
        }
    }

    void done() {
        progress.at(total / KIB, "");
        progress.done();
    }
}
