package org.graphbert.text;

import java.util.Arrays;
import java.util.List;

/**
 * How much of a text's likelihood each piece of a unigram model is worth (Kudo 2018, section 3.2, the loss of step 3;
 * sentencepiece's PruneSentencePieces): what would be lost if every use of it in the best segmentations were written
 * with other pieces instead, their counts growing by its own.
 */
final class PruningLoss {

    private final double[] uses;
    private final double logSum;
    private final double sum;

    private PruningLoss(double[] uses) {
        this.uses = uses;
        sum = Arrays.stream(uses).sum();
        logSum = Math.log(sum);
    }

    /**
     * The loss of each piece.
     *
     * @return {@link Largest#NEVER} for a piece that no best segmentation uses, not even its own; and for characters
     */
    static double[] of(UnigramModel model, Workers workers) {
        PruningLoss loss = new PruningLoss(uses(model, workers));
        double[] losses = new double[model.size()];
        Arrays.fill(losses, Largest.NEVER);
        workers.share(losses.length, () -> new BestPaths(model.lattices(), model.scores()), (own, piece) -> {
            if (piece >= model.characters()
                    && loss.uses[piece] > 0
                    && own.split(piece) <= model.scores()[piece]) {
                losses[piece] = loss.of(piece, own.parts(piece));
            }
        });
        return losses;
    }

    private static double[] uses(UnigramModel model, Workers workers) {
        Lattices lattices = model.lattices();
        List<BestPaths> parts = workers.share(
                lattices.units.size(), () -> new BestPaths(lattices, model.scores()), BestPaths::count);
        double[] uses = new double[model.size()];
        for (BestPaths part : parts) {
            for (int piece = 0; piece < uses.length; piece++) {
                uses[piece] += part.uses(piece);
            }
        }
        return uses;
    }

    private double of(int piece, int[] parts) {
        double logSumWithout = Math.log(sum + uses[piece] * (parts.length - 1));
        double without = 0;
        for (int part : parts) {
            without += Math.log(uses[part] + uses[piece]) - logSumWithout;
        }
        return uses[piece] * (Math.log(uses[piece]) - logSum - without);
    }
}
