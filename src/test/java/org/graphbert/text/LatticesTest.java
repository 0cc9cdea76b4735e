package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Lattices, and what is computed on them, against listing every segmentation. */
class LatticesTest {

    /** Pieces a, b (characters), ab; of "ab" the segmentations are a b with .2 × .3 and ab with .5. */
    @Test
    void expectationsByHand() {
        Text text = new Text(counted("ab 2"));
        assertEquals(List.of("a", "b", "ab"), text.pieces());
        Marginals marginals = text.marginals(new double[] {.2, .3, .5});
        double[] expected = Marginals.expected(List.of(marginals), 3, text.one);
        assertArrayEquals(new double[] {2 * .06 / .56, 2 * .06 / .56, 2 * .5 / .56}, expected, 1e-10);
        assertEquals(2 * Math.log(.56), marginals.logLikelihood(), 1e-12);
    }

    @Test
    void keepsWhatIsMarked() {
        Text text = new Text(counted("abc 2 ab 2"));
        assertEquals(List.of("a", "b", "c", "ab", "abc", "bc"), text.pieces());
        assertArrayEquals(new int[] {0, 1, 2, -1, 3, 4}, text.lattices.keep(new boolean[] {false, false, false, false, true, true}));
        assertEquals(List.of("a", "b", "c", "abc", "bc"), text.pieces());
        double[] expected = Marginals.expected(
                List.of(text.marginals(new double[] {.5, .5, .5, .25, .5})), 5, text.one);
        // abc: a b c .125, abc .25, a bc .25; ab: a b
        assertArrayEquals(new double[] {2 * .6 + 2, 2 * .2 + 2, 2 * .2, 2 * .4, 2 * .4}, expected, 1e-10);
    }

    @Property(tries = 200)
    void agreesWithListingAllSegmentations(@ForAll Random random) {
        WordCounts words = new WordCounts();
        for (int i = random.nextInt(6); i >= 0; i--) {
            int[] word = random.ints(1 + random.nextInt(9), 'a', 'd').toArray();
            words.add(word, word.length, 1 + random.nextInt(3));
        }
        Text text = new Text(words);
        boolean[] kept = new boolean[text.lattices.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextInt(4) > 0;
        }
        text.lattices.keep(kept);
        List<String> pieces = text.pieces();
        // From moderate to so small that values must be raised within a word.
        double[] probabilities = random.doubles(pieces.size()).map(p -> Math.pow(10, -25 * p)).toArray();
        Map<String, Double> dictionary = new HashMap<>();
        for (int i = 0; i < pieces.size(); i++) {
            dictionary.put(pieces.get(i), probabilities[i]);
        }
        double[] expected = new double[pieces.size()];
        long[] uses = new long[pieces.size()];
        double logLikelihood = 0;
        for (int word = 0; word < words.size(); word++) {
            String string = new String(words.letters(), words.start(word), words.end(word) - words.start(word));
            List<List<String>> all = new ArrayList<>();
            list(string, dictionary, new ArrayList<>(), all);
            double total = all.stream().mapToDouble(one -> product(one, dictionary)).sum();
            logLikelihood += words.count(word) * Math.log(total);
            List<String> best = all.get(0);
            for (List<String> one : all) {
                for (String piece : one) {
                    expected[pieces.indexOf(piece)] += words.count(word) * product(one, dictionary) / total;
                }
                best = product(one, dictionary) > product(best, dictionary) ? one : best;
            }
            for (String piece : best) {
                uses[pieces.indexOf(piece)] += words.count(word);
            }
        }
        Marginals marginals = text.marginals(probabilities);
        assertArrayEquals(
                expected, Marginals.expected(List.of(marginals), pieces.size(), text.one), 1e-9, pieces.toString());
        assertEquals(logLikelihood, marginals.logLikelihood(), 1e-9 * Math.abs(logLikelihood));

        double[] scores = Arrays.stream(probabilities).map(Math::log).toArray();
        BestPaths paths = new BestPaths(text.lattices, scores);
        for (int unit = 0; unit < text.units.size(); unit++) {
            paths.count(unit);
        }
        for (int piece = 0; piece < uses.length; piece++) {
            assertEquals(uses[piece], paths.uses(piece), pieces.get(piece));
        }
        for (int piece = text.lattices.characters(); piece < pieces.size(); piece++) {
            List<List<String>> all = new ArrayList<>();
            list(pieces.get(piece), dictionary, new ArrayList<>(), all);
            double best = all.stream()
                    .filter(one -> one.size() > 1)
                    .mapToDouble(one -> Math.log(product(one, dictionary)))
                    .max()
                    .orElseThrow();
            assertEquals(best, paths.split(piece), 1e-9 * Math.abs(best));
            StringBuilder joined = new StringBuilder();
            for (int part : paths.parts(piece)) {
                joined.insert(0, pieces.get(part));
            }
            assertTrue(paths.parts(piece).length > 1);
            assertEquals(pieces.get(piece), joined.toString());
        }
    }

    /** Dempster, Laird and Rubin 1977: with expected shares as the new probabilities the likelihood never falls. */
    @Property(tries = 100)
    void expectationMaximisationNeverLowersTheLikelihood(@ForAll Random random) {
        WordCounts words = new WordCounts();
        for (int i = 0; i < 20; i++) {
            int[] word = random.ints(1 + random.nextInt(9), 'a', 'e').toArray();
            words.add(word, word.length, 1 + random.nextInt(3));
        }
        Text text = new Text(words);
        double[] probabilities = random.doubles(text.lattices.size(), 0.01, 1).toArray();
        double before = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < 20; i++) {
            double sum = Arrays.stream(probabilities).sum();
            double[] normalised = Arrays.stream(probabilities).map(p -> p / sum).toArray();
            Marginals marginals = text.marginals(normalised);
            assertTrue(marginals.logLikelihood() >= before - 1e-9, before + " to " + marginals.logLikelihood());
            before = marginals.logLikelihood();
            probabilities = Marginals.expected(List.of(marginals), probabilities.length, text.one);
        }
    }

    /**
     * A unit whose probability is far below the smallest double. With a (p) and aa (q) the sums are f(n) = p f(n-1) + q
     * f(n-2), so their ratios r(n) = p + q / r(n-1); the expected count of aa is the derivative by log q.
     */
    @Test
    void aLongUnitDoesNotVanish() {
        Text text = new Text(counted("a".repeat(1024) + " 3"));
        double[] probabilities = new double[text.pieces().size()];
        probabilities[0] = 1e-9;
        probabilities[1] = 2e-18;
        assertEquals("aa", text.pieces().get(1));
        Marginals marginals = text.marginals(probabilities);
        double[] expected = Marginals.expected(List.of(marginals), probabilities.length, text.one);
        assertEquals(3 * logSum(1e-9, 2e-18), marginals.logLikelihood(), 1e-6);
        double step = 1e-5;
        double derivative = (logSum(1e-9, 2e-18 * (1 + step)) - logSum(1e-9, 2e-18 * (1 - step))) / (2 * step);
        assertEquals(3 * derivative, expected[1], 1e-4);
        assertEquals(3 * 1024, expected[0] + 2 * expected[1], 1e-6);
    }

    private static double logSum(double p, double q) {
        double ratio = p;
        double log = Math.log(p);
        for (int n = 2; n <= 1024; n++) {
            ratio = p + q / ratio;
            log += Math.log(ratio);
        }
        return log;
    }

    private static double product(List<String> pieces, Map<String, Double> dictionary) {
        return pieces.stream().mapToDouble(dictionary::get).reduce(1, (a, b) -> a * b);
    }

    private static void list(
            String rest, Map<String, Double> dictionary, List<String> before, List<List<String>> all) {
        if (rest.isEmpty()) {
            all.add(List.copyOf(before));
        }
        for (int end = 1; end <= rest.length(); end++) {
            if (dictionary.containsKey(rest.substring(0, end))) {
                before.add(rest.substring(0, end));
                list(rest.substring(end), dictionary, before, all);
                before.remove(before.size() - 1);
            }
        }
    }

    /** Words with the lattices of all their seeds. */
    private static final class Text {
        final CharacterCoverage characters;
        final Units units;
        final Lattices lattices;
        final double one;

        Text(WordCounts words) {
            characters = CharacterCoverage.of(words, 1);
            units = Units.of(words, characters, Integer.MAX_VALUE);
            one = Marginals.one(units);
            try (Workers workers = new Workers(1)) {
                SeedPieces seeds = SeedPieces.find(units, characters, Integer.MAX_VALUE, workers);
                lattices = new Lattices(units, characters.size(), seeds);
            }
        }

        List<String> pieces() {
            List<String> pieces = new ArrayList<>();
            for (int piece = 0; piece < lattices.size(); piece++) {
                pieces.add(piece < characters.size()
                        ? Character.toString(characters.codePoint(piece))
                        : characters.text(units.letters(), lattices.place(piece), lattices.place(piece) + lattices.length(piece)));
            }
            return pieces;
        }

        Marginals marginals(double[] probabilities) {
            Marginals marginals = new Marginals(lattices, probabilities, one);
            for (int unit = 0; unit < units.size(); unit++) {
                marginals.add(unit);
            }
            return marginals;
        }
    }
}
