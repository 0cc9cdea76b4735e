package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.text.SpecialTokens;

/** A beam search for the tokens of some [MASK]s of a text, each a given number of places, from left to right. */
final class WordBeam {

    private final MaskedText text;
    private final SpecialTokens special;
    private final boolean wholeWords;
    /** How many places each mask of the text is. */
    private final int[] lengths;
    /** Those to be filled, in order. */
    private final List<Place> places = new ArrayList<>();
    private List<Path> paths = List.of(new Path(new int[0], 0));

    /**
     * Tokens for the first places.
     *
     * @param logProbability the sum over them
     */
    record Path(int[] ids, double logProbability) {

        Path with(int id, double log) {
            int[] longer = Arrays.copyOf(ids, ids.length + 1);
            longer[ids.length] = id;
            return new Path(longer, logProbability + log);
        }
    }

    /**
     * A place to be filled.
     *
     * @param mask of the text that it belongs to
     * @param piece of that mask's word
     * @param number among all places of the text
     */
    private record Place(int mask, int piece, int number) {}

    /** A path with the question what follows it. */
    private record Step(WordBeam beam, Path path, Scorer.Query query) {}

    /**
     * Nothing is found yet.
     *
     * @param masks those to be filled, ascending; the others of the text stay one [MASK] each
     * @param pieces of each of these, how many places it is
     */
    WordBeam(MaskedText text, List<Integer> masks, int[] pieces, SpecialTokens special, boolean wholeWords) {
        this.text = text;
        this.special = special;
        this.wholeWords = wholeWords;
        lengths = new int[text.masks()];
        int number = 0;
        for (int mask = 0; mask < lengths.length; mask++) {
            int asked = masks.indexOf(mask);
            lengths[mask] = asked < 0 ? 1 : pieces[asked];
            for (int piece = 0; piece < lengths[mask]; piece++, number++) {
                if (asked >= 0) {
                    places.add(new Place(mask, piece, number));
                }
            }
        }
    }

    /** Fills all of them, a place at a time, those of the same kind together. */
    static void fill(List<WordBeam> beams, Scorer scorer, TokenKinds kinds, int width, int batchSize) {
        int most = beams.stream().mapToInt(beam -> beam.places.size()).max().orElse(0);
        for (int place = 0; place < most; place++) {
            int at = place;
            List<WordBeam> open = beams.stream().filter(beam -> beam.places.size() > at).toList();
            for (float[] kind : List.of(kinds.any(), kinds.ordinary(), kinds.starting(), kinds.continuing())) {
                List<WordBeam> alike = open.stream().filter(beam -> beam.kind(beam.places.get(at), kinds) == kind).toList();
                List<Step> steps = alike.stream()
                        .flatMap(beam -> beam.paths.stream().map(path -> new Step(beam, path, beam.query(path))))
                        .toList();
                List<Likely> likely = new SortedBatches<Step, Likely>(
                        batchSize,
                        step -> step.query.inputIds().length,
                        some -> Arrays.stream(scorer.likeliest(some.stream().map(Step::query).toList(), width, kind))
                                .map(ofQuery -> ofQuery[0])
                                .toList()).answer(steps);
                int from = 0;
                for (WordBeam beam : alike) {
                    int to = from + beam.paths.size();
                    beam.extend(likely.subList(from, to), width);
                    from = to;
                }
            }
        }
    }

    private void extend(List<Likely> likely, int width) {
        List<Path> longer = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            Likely next = likely.get(i);
            for (int j = 0; j < next.ids().length; j++) {
                longer.add(paths.get(i).with(next.ids()[j], next.logProbabilities()[j]));
            }
        }
        paths = longer.stream()
                .sorted(Comparator.comparingDouble(Path::logProbability).reversed())
                .limit(width)
                .toList();
    }

    private float[] kind(Place place, TokenKinds kinds) {
        if (!wholeWords) {
            return kinds.any();
        }
        return place.piece > 0 ? kinds.continuing() : text.inWord()[place.mask] ? kinds.ordinary() : kinds.starting();
    }

    /** The text with a path's tokens in their places, [MASK] in the others; the first of these is asked. */
    private Scorer.Query query(Path path) {
        List<int[]> fillings = new ArrayList<>();
        for (int length : lengths) {
            int[] filling = new int[length];
            Arrays.fill(filling, special.mask());
            fillings.add(filling);
        }
        for (int i = 0; i < path.ids.length; i++) {
            fillings.get(places.get(i).mask)[places.get(i).piece] = path.ids[i];
        }
        Scorer.Query query = text.query(special, fillings);
        int next = query.maskedPositions()[places.get(path.ids.length).number];
        return new Scorer.Query(query.inputIds(), query.segmentIds(), new int[] {next});
    }

    /** The likeliest, the likeliest first. */
    List<Path> paths() {
        return paths;
    }

    MaskedText text() {
        return text;
    }

    /** The masks that it fills, ascending. */
    List<Integer> masks() {
        return places.stream().map(Place::mask).distinct().toList();
    }

    /** A path's tokens, those of each mask by themselves. */
    List<int[]> words(Path path) {
        return masks().stream()
                .map(mask -> IntStream.range(0, path.ids.length)
                        .filter(i -> places.get(i).mask == mask)
                        .map(i -> path.ids[i])
                        .toArray())
                .toList();
    }
}
