package org.graphbert.text;

import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Learns the pieces of a unigram language model (Kudo 2018, section 3.2): from a large set of seeds, in turns, fit the
 * pieces' probabilities by expectation maximisation and drop those that the likelihood misses least. The steps and
 * constants are those of sentencepiece's unigram_model_trainer.cc.
 *
 * <p>Where that departs from the reference: there are more seeds ({@link SeedPieces}); a character whose expectation
 * vanished comes back when the pieces that took its place are gone; unknown characters count for no piece; and any size
 * up to the number of seeds is reached.
 */
final class UnigramTrainer {

    private static final int SEEDS = 1_000_000;
    private static final int SUB_ITERATIONS = 2;
    private static final double SHRINKING_FACTOR = 0.75;

    /** Pieces are pruned down to so many times the vocabulary; the last of them go by their scores. */
    private static final double LAST_PRUNING = 1.1;

    private static final double LEAST_EXPECTATION = 0.5;

    private final Units units;
    private final UnigramModel model;
    private final Workers workers;
    private final int wanted;
    private final int beforeLast;
    private final double one;
    private double logLikelihood;

    /**
     * Begins with seeds.
     *
     * @param wanted not to go below so many pieces
     * @param beforeLast to prune down to so many, at least as many as wanted
     */
    UnigramTrainer(Units units, UnigramModel model, int wanted, int beforeLast, Workers workers) {
        this.units = units;
        this.model = model;
        this.wanted = wanted;
        this.beforeLast = beforeLast;
        this.workers = workers;
        one = Marginals.one(units);
    }

    /**
     * Learns pieces from normalised words, those at a word's start beginning with '▁'. Neither the order of the words nor
     * the number of threads matters.
     *
     * @param pieces how many are wanted: the vocabulary size without its other entries
     * @return so many pieces, the best score first; of ties the first in code point order
     * @throws Failure (data) if there is no word; (usage) if the size is below the alphabet or above what the text gives
     */
    static List<ScoredPiece> train(WordCounts words, SentencePieceTraining settings, int pieces, Progress progress) {
        PieceBudget budget = new PieceBudget(settings, pieces);
        CharacterCoverage characters = budget.characters(words);
        try (Workers workers = new Workers(settings.threads())) {
            progress.start("finding seed pieces", -1, "pieces");
            Units units = Units.of(words, characters, settings.maxWords());
            SeedPieces seeds = SeedPieces.find(units, characters, Math.max(SEEDS, pieces), workers);
            progress.at(seeds.size(), "");
            progress.done();
            budget.reachedBy(characters.size() + seeds.size());
            int beforeLast = Math.max(pieces, (int) (settings.vocabularySize() * LAST_PRUNING));
            UnigramModel model = new UnigramModel(characters, units, seeds);
            new UnigramTrainer(units, model, pieces, beforeLast, workers).fit(progress);
            return model.best(pieces);
        }
    }

    private void fit(Progress progress) {
        progress.start("expectation maximisation", -1, "iterations");
        for (int iteration = 0; ; prune()) {
            for (int i = 0; i < SUB_ITERATIONS; i++) {
                maximise(expect());
                progress.at(++iteration, String.format("%,d pieces", model.size()));
            }
            if (model.size() <= beforeLast) {
                break;
            }
        }
        progress.done();
    }

    /** The E-step: the expected count of each piece. */
    double[] expect() {
        double[] probabilities = model.probabilities();
        List<Marginals> parts =
                workers.share(units.size(), () -> new Marginals(model.lattices(), probabilities, one), Marginals::add);
        logLikelihood = parts.stream().mapToDouble(Marginals::logLikelihood).sum();
        return Marginals.expected(parts, probabilities.length, one);
    }

    /** The logarithm of the text's likelihood, as the last E-step found it; its last digits depend on the threads. */
    double logLikelihood() {
        return logLikelihood;
    }

    /** The M-step of variational Bayes, which makes what is rare rarer (Liang and Klein 2007, ACL tutorial). */
    void maximise(double[] expected) {
        boolean[] kept = new boolean[expected.length];
        for (int piece = 0; piece < expected.length; piece++) {
            kept[piece] = expected[piece] >= LEAST_EXPECTATION;
        }
        fill(kept, expected);
        double[] scores = new double[expected.length];
        double sum = 0;
        for (int piece = 0; piece < expected.length; piece++) {
            if (kept[piece]) {
                scores[piece] = Math.max(expected[piece], LEAST_EXPECTATION);
                sum += scores[piece];
            }
        }
        double logSum = Digamma.of(sum);
        for (int piece = 0; piece < expected.length; piece++) {
            scores[piece] = kept[piece] ? Digamma.of(scores[piece]) - logSum : 0;
        }
        model.keep(kept, scores);
    }

    private void prune() {
        int most = Math.max(beforeLast, (int) (SHRINKING_FACTOR * model.size()));
        boolean[] kept = Largest.of(PruningLoss.of(model, workers), most - model.characters());
        for (int character = 0; character < model.characters(); character++) {
            kept[character] = model.isPresent(character);
        }
        fill(kept, model.scores());
        model.keep(kept, model.scores());
    }

    /** If fewer are marked than wanted, marks as many more of the longer pieces, by their values. */
    private void fill(boolean[] kept, double[] values) {
        int size = model.characters();
        double[] rest = values.clone();
        Arrays.fill(rest, 0, model.characters(), Largest.NEVER);
        for (int piece = model.characters(); piece < kept.length; piece++) {
            if (kept[piece]) {
                rest[piece] = Largest.NEVER;
                size++;
            }
        }
        if (size < wanted) {
            boolean[] more = Largest.of(rest, wanted - size);
            for (int piece = 0; piece < kept.length; piece++) {
                kept[piece] |= more[piece];
            }
        }
    }
}
