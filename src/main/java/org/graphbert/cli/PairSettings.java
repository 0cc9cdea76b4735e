package org.graphbert.cli;

import org.graphbert.data.Negatives;
import org.graphbert.data.PairOptions;
import org.graphbert.data.PairTask;
import picocli.CommandLine.Option;

/** The options of {@code prepare} that say how pairs are made. */
final class PairSettings {

    @Option(
            names = "--pairs",
            paramLabel = "TASK",
            description = "nsp: next sentence or a random one; sop: two in order or swapped; none: one stretch of text "
                    + "(${DEFAULT-VALUE}).")
    private PairTask task = PairOptions.DEFAULT.task();

    @Option(
            names = "--positive-ratio",
            paramLabel = "R",
            description = "nsp: how often the actual next sentences follow, where there are some; sop: how often the two are in "
                    + "order (${DEFAULT-VALUE}).")
    private double positiveRatio = PairOptions.DEFAULT.positiveRatio();

    @Option(names = "--balance", description = "nsp: bring the share of IsNext over all records to --positive-ratio.")
    private boolean balance;

    @Option(
            names = "--negatives",
            paramLabel = "WHERE",
            description = "nsp: the other sentences are random (of another document) or same-document (${DEFAULT-VALUE}).")
    private Negatives negatives = PairOptions.DEFAULT.negatives();

    @Option(names = "--across-documents", description = "none: records go on into the next document, behind [SEP].")
    private boolean acrossDocuments;

    @Option(
            names = "--short-seq-prob",
            paramLabel = "R",
            description = "Share of documents cut into shorter records (${DEFAULT-VALUE}).")
    private double shortSeqProb = PairOptions.DEFAULT.shortSeqProb();

    PairOptions options(int maxSeqLength) {
        return new PairOptions(maxSeqLength, shortSeqProb, task, positiveRatio, negatives, balance, acrossDocuments);
    }
}
