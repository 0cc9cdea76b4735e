package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {

    private static final int CLS = 2;
    private static final int SEP = 3;
    private static final int MASK = 4;
    private static final int FLIPS = 120;

    @TempDir
    private Path directory;

    private Path set;

    @BeforeEach
    void prepare() throws IOException {
        Path corpus = Corpora.write(directory.resolve("corpus.txt"), 40, 10, 4);
        Recipe recipe = new Recipe(
                PairOptions.nextSentence(64, 0.1, 0.5), MaskOptions.standard(64), 1, Sentences.LINES, "en", 0.1, 3, 42);
        set = directory.resolve("set");
        new Preparation(List.of(corpus), digits(directory), recipe, set, 2, 0)
                .run(Progress.SILENT, PreparationTest.SMALL_BLOCKS);
    }

    @Test
    void aPreparedSetIsValid() {
        for (Path part : List.of(set, directory.resolve("set-held-out"))) {
            VerificationReport report = verify(part);
            assertTrue(report.valid(), report.text());
            try (DataSet data = DataSet.open(part)) {
                assertEquals(data.size(), report.records());
                assertEquals(data.bytes(), report.bytes());
            }
            assertTrue(report.text().contains("verified, nothing is wrong"), report.text());
            assertTrue(report.json().contains("\"valid\" : true"), report.json());
        }
    }

    @Test
    void withoutAManifest() throws IOException {
        makeForeign();
        VerificationReport report = verify(set);
        assertTrue(report.valid(), report.text());
        assertTrue(report.text().contains("[CLS] is 2, [SEP] is 3, [MASK] is 4"), report.text());
        Tokenizer tokenizer = Tokenizers.load(set.resolve("tokenizer"), null);
        assertTrue(Verification.run(set, Optional.of(tokenizer), 2, Progress.SILENT).valid());
        // A vocabulary of six entries has no id 6.
        Tokenizer small = tokenizer(directory.resolve("small"), List.of("x"));
        report = Verification.run(set, Optional.of(small), 2, Progress.SILENT);
        assertEquals(report.records(), report.violationsByRule().get(Rule.VOCABULARY));
    }

    @Test
    void aTokenizerIsForForeignFiles() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(set.resolve("tokenizer"), null);
        Failure failure = assertThrows(Failure.class,
                () -> Verification.run(set, Optional.of(tokenizer), 2, Progress.SILENT));
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().contains("has its own tokenizer"), failure.getMessage());
        assertEquals(2, assertThrows(Failure.class,
                () -> Verification.run(set, Optional.empty(), 0, Progress.SILENT)).exitCode());
    }

    /** Whatever bit of whatever file: the file is named, and in a shard the record's offset. */
    @Test
    void everyFlippedBitIsNamed() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>(files(".tfrecord"));
        files.addAll(files(".index"));
        files.add(set.resolve(Manifest.FILE));
        files.add(set.resolve("unigram_counts.txt"));
        files.add(set.resolve("tokenizer/tokenizer.json"));
        files.add(set.resolve("tokenizer/vocab.txt"));
        for (int i = 0; i < FLIPS; i++) {
            Path file = files.get(i % files.size());
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bad);
            String name = set.relativize(file).toString();
            String what = "seed " + seed + ": a bit of byte " + at + " of " + name + " flipped: ";
            if (name.equals(Manifest.FILE)) {
                Failure failure = assertThrows(Failure.class, () -> verify(set), what);
                assertTrue(failure.getMessage().startsWith(file.toString()) && failure.exitCode() == 3, what + failure.getMessage());
            } else {
                VerificationReport report = verify(set);
                assertFalse(report.valid(), what);
                // A tokenizer that reads otherwise is named as a whole, too.
                assertTrue(report.violations().stream().allMatch(v -> v.file().equals(name) || v.rule() == Rule.TOKENIZER
                        && name.startsWith("tokenizer/")), what + report.text());
                if (!name.endsWith(".tfrecord")) {
                    assertEquals(1, report.violationsByRule().get(Rule.FILE_SHA256), what + report.text());
                }
                if (name.endsWith(".tfrecord")) {
                    long frame = frameAt(good, at);
                    assertTrue(report.violations().stream().anyMatch(v -> v.offset() != null && v.offset() == frame), what + report.text());
                    assertEquals(1, report.violationsByRule().get(Rule.SHARD_SHA256), what + report.text());
                    assertEquals(2, report.violationCount(), what + report.text());
                }
            }
            Files.write(file, good);
        }
        assertTrue(verify(set).valid());
    }

    /** Without a manifest the two checksums of each record are left. */
    @Test
    void everyFlippedBitOfAForeignFileIsNamed() throws IOException {
        makeForeign();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = files(".tfrecord").get(1);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < FLIPS / 3; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bad);
            VerificationReport report = verify(set);
            long frame = frameAt(good, at);
            assertEquals(1, report.violationCount(), report.text());
            assertEquals(frame, report.violations().get(0).offset(), "seed " + seed + ", byte " + at + ": " + report.text());
        }
    }

    /** One after the other every file beside the shards. */
    @Test
    void everyMissingFileIsNamed() throws IOException {
        List<Manifest.File> beside = Manifest.read(set).files();
        try (Stream<Path> all = Files.walk(set)) {
            assertEquals(all.filter(Files::isRegularFile).map(file -> set.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> !name.equals(Manifest.FILE) && !name.endsWith(".tfrecord")).sorted().toList(),
                    beside.stream().map(Manifest.File::file).toList());
        }
        for (Manifest.File one : beside) {
            Path file = set.resolve(one.file());
            byte[] good = Files.readAllBytes(file);
            assertEquals(one.bytes(), good.length);
            Files.delete(file);
            VerificationReport report = verify(set);
            Violation found = violation(report, Rule.FILE_MISSING);
            assertEquals(String.format("%s: file_missing: found no such file, expected %,d bytes as in the manifest", one.file(),
                    one.bytes()), found.text());
            Files.write(file, Arrays.copyOf(good, good.length + 1));
            found = violation(verify(set), Rule.FILE_BYTES);
            assertEquals(String.format("%s: file_bytes: found %,d, expected %,d bytes as in the manifest", one.file(),
                    one.bytes() + 1, one.bytes()), found.text());
            Files.write(file, good);
        }
        assertTrue(verify(set).valid());
    }

    /** Files that belong together, with one record that breaks one rule. */
    @Test
    void eachRuleOfARecord() throws IOException {
        rule(Rule.INPUT_MASK, e -> at(e.inputMask(), 3, 0), "found 3 ones before the first zero");
        rule(Rule.PADDING, e -> at(e.segmentIds(), 63, 1), "segment 1 at position 63");
        rule(Rule.PADDING, e -> at(e.inputIds(), 63, 7), "id 7");
        rule(Rule.VOCABULARY, e -> at(e.inputIds(), unchosen(e), 27), "found id 27 at position");
        rule(Rule.VOCABULARY, e -> at(e.maskedLmIds(), 0, 27), "found label 27, expected less than 27");
        rule(Rule.CLS, e -> at(e.inputIds(), 0, 7), "found id 7 at position 0, expected [CLS] (2)");
        rule(Rule.CLS, e -> at(e.inputIds(), unchosen(e), CLS), "found [CLS] at position");
        rule(Rule.SEP, e -> at(e.inputIds(), e.length() - 1, 7), "found 1 [SEP], the last token being 7, expected 2 [SEP]");
        rule(Rule.SEP, e -> at(e.inputIds(), unchosen(e), SEP), "found 3 [SEP]");
        rule(Rule.SEGMENT_IDS, e -> at(e.segmentIds(), 0, 1), "found 1 at position 0, expected 0");
        rule(Rule.SEGMENT_IDS, e -> at(e.segmentIds(), e.length() - 1, 0), "expected 1");
        rule(Rule.POSITIONS, e -> at(e.maskedLmPositions(), 0, e.maskedLmPositions()[1]), "expected ascending");
        rule(Rule.POSITIONS, e -> at(e.maskedLmPositions(), e.predictions() - 1, e.length()), "less than the length");
        rule(Rule.CHOSEN_SPECIAL, e -> {
            e.inputIds()[e.maskedLmPositions()[0]] = e.maskedLmIds()[0]; // no [MASK] is left behind
            e.maskedLmPositions()[0] = 0;
            e.maskedLmIds()[0] = CLS;
        }, "found [CLS] chosen at position 0");
        rule(Rule.PREDICTIONS, e -> {
            Arrays.fill(e.maskedLmWeights(), 0);
            Arrays.fill(e.maskedLmPositions(), 0);
            Arrays.fill(e.maskedLmIds(), 0);
            e.inputIds()[1] = 7; // whatever was masked
            IntStream.range(1, e.length()).filter(p -> e.inputIds()[p] == MASK).forEach(p -> e.inputIds()[p] = 7);
        }, "found 0, expected 1 to 10");
        rule(Rule.WEIGHTS, e -> e.maskedLmWeights()[0] = 0, "expected ones, then zeros");
        rule(Rule.WEIGHTS, e -> e.maskedLmWeights()[0] = 0.5f, "found 0.5 at 0, behind 0 ones");
        rule(Rule.PREDICTION_PADDING, e -> at(e.maskedLmPositions(), 9, 1), "found position 1 and label 0 at 9");
        rule(Rule.PREDICTION_PADDING, e -> at(e.maskedLmIds(), 9, 1), "found position 0 and label 1 at 9");
        rule(Rule.MASK_NOT_CHOSEN, e -> at(e.inputIds(), unchosen(e), MASK), "which is not chosen");
        violates(Rule.FEATURE_LENGTHS, e -> new Example(Arrays.copyOf(e.inputIds(), 65), Arrays.copyOf(e.inputMask(), 65),
                Arrays.copyOf(e.segmentIds(), 65), e.maskedLmPositions(), e.maskedLmIds(), e.maskedLmWeights(), 0),
                "found 65 positions and 10 predictions, expected 64 and 10");
    }

    /** Records of another kind under a manifest whose pairs are none. */
    @Test
    void withoutPairs() throws IOException {
        List<Example> examples = examples();
        Manifest without = edited("/request/recipe/pairs", "task", "none");
        write(without, examples.stream().map(e -> new Example(e.inputIds(), e.inputMask(), new int[64], e.maskedLmPositions(),
                e.maskedLmIds(), e.maskedLmWeights(), 0)).toList());
        Map<Rule, Long> rules = verify(set).violationsByRule();
        assertEquals(Map.of(Rule.STATISTICS, 1L), rules, "labels were counted");
        write(without, examples.stream().map(e -> new Example(e.inputIds(), e.inputMask(), e.segmentIds(), e.maskedLmPositions(),
                e.maskedLmIds(), e.maskedLmWeights(), e.nextSentenceLabel())).toList());
        rules = verify(set).violationsByRule();
        assertEquals(examples.size(), rules.get(Rule.SEGMENT_IDS));
        assertEquals(examples.stream().filter(e -> e.nextSentenceLabel() == 1).count(), rules.get(Rule.NEXT_SENTENCE_LABELS));
    }

    @Test
    void filesThatDoNotBelongTogether() throws IOException {
        List<Path> shards = files(".tfrecord");
        List<Path> indexes = files(".index");
        byte[] index = Files.readAllBytes(indexes.get(0));
        Files.copy(indexes.get(1), indexes.get(0), StandardCopyOption.REPLACE_EXISTING);
        one(Rule.INDEX, "data-00000-of-00003.index", "made for a shard of");
        Files.write(indexes.get(0), index);

        byte[] unigrams = Files.readAllBytes(set.resolve("unigram_counts.txt"));
        Files.write(set.resolve("unigram_counts.txt"), Arrays.copyOf(unigrams, unigrams.length - 4));
        one(Rule.UNIGRAM_COUNTS, "unigram_counts.txt", "");
        Files.writeString(set.resolve("unigram_counts.txt"), new String(unigrams).replaceFirst("\n0\n", "\n1\n"));
        one(Rule.UNIGRAM_COUNTS, "unigram_counts.txt", "tokens in all");
        Files.delete(set.resolve("unigram_counts.txt"));
        one(Rule.UNIGRAM_COUNTS, "unigram_counts.txt", "no such file");
        Files.write(set.resolve("unigram_counts.txt"), unigrams);

        Path vocabulary = set.resolve("tokenizer/vocab.txt");
        String words = Files.readString(vocabulary);
        Files.writeString(vocabulary, words.replace("+", "*"));
        one(Rule.TOKENIZER, "tokenizer", "expected wordpiece, 27 entries, checksum ");
        Files.delete(vocabulary);
        Path json = set.resolve("tokenizer/tokenizer.json");
        byte[] contents = Files.readAllBytes(json);
        Files.delete(json);
        one(Rule.TOKENIZER, "tokenizer", "expected a tokenizer's directory");
        Files.writeString(vocabulary, words);
        Files.write(json, contents);

        byte[] shard = Files.readAllBytes(shards.get(2));
        Files.delete(shards.get(2));
        one(Rule.SHARD_MISSING, "data-00002-of-00003.tfrecord", "no such file");
        Files.write(shards.get(2), Arrays.copyOf(shard, shard.length - 1));
        Map<Rule, Long> rules = verify(set).violationsByRule();
        assertEquals(Map.of(Rule.SHARD_BYTES, 1L, Rule.SHARD_SHA256, 1L, Rule.INDEX, 1L, Rule.RECORD_LENGTH, 1L), rules);
    }

    @Test
    void statisticsThatAreNotTheRecords() throws IOException {
        Manifest m = Manifest.read(set);
        List<Example> examples = new ArrayList<>(examples());
        examples.remove(5);
        write(m, examples);
        VerificationReport report = verify(set);
        assertEquals(List.of(Rule.STATISTICS), List.copyOf(report.violationsByRule().keySet()), report.text());
        assertTrue(report.text().contains(String.format("manifest.json: statistics: found pairs.records %,d, expected %,d as counted",
                examples.size() + 1, examples.size())), report.text());
    }

    @Test
    void eachStatistic() throws IOException {
        List<Example> examples = examples();
        Manifest good = Manifest.read(set);
        for (String[] each : new String[][] {{"pairs", "records", "7"}, {"masks", "selected", "7"}, {"masks", "selected_share", "0.5"},
            {"masks", "mask_share", "0.7"}, {"masks", "mask_share", "0.9"}, {"masks", "kept_share", "0.05"}, {"masks", "kept_share", "0.2"},
            {"lengths", "mean", "7.5"}, {"lengths", "padding_share", "0.01"}, {"lengths", "histogram", "[]"},
            {"pairs", "labels", "{}"}}) {
            write(edited("/statistics/" + each[0], each[1], new ObjectMapper().readTree(each[2])), examples);
            VerificationReport report = verify(set);
            assertEquals(1, report.violationCount(), report.text());
            assertTrue(report.text().contains("  manifest.json: statistics: found " + each[0] + "." + each[1] + " "), report.text());
            write(good, examples);
        }
    }

    /** The first violations are the same whatever the threads, and the others are counted. */
    @Test
    void theFirstTenAreListed() throws IOException {
        write(Manifest.read(set), examples().stream().map(e -> {
            e.inputIds()[0] = 7;
            return e;
        }).toList());
        VerificationReport one = verify(set, 1);
        assertEquals(10, one.violations().size());
        assertEquals(one.records(), one.violationsByRule().get(Rule.CLS));
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), one.violations().stream().map(Violation::record).toList());
        assertEquals(one.violations(), verify(set, 7).violations());
        assertTrue(one.text().contains(String.format("  and %,d more", one.records() - 10)), one.text());
    }

    /** Frames that do not fit what is read at a time, each with its data's last byte flipped or not. */
    @Test
    void longRecords() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            out.writeBytes(TfRecord.frame(ExampleEncoder.encode(ExampleCodecTest.random(400_000, 3, i))));
            ends.add(out.size());
        }
        byte[] bytes = out.toByteArray();
        bytes[ends.get(2) - 5] ^= 1;
        Path file = Files.write(directory.resolve("long.tfrecord"), bytes);
        VerificationReport report = verify(file);
        assertEquals(3, report.records());
        assertEquals(1, report.violationsByRule().get(Rule.RECORD_DATA));
        assertFalse(report.violationsByRule().containsKey(Rule.RECORD_LENGTH));
        assertTrue(report.text().contains(String.format("long.tfrecord, record 2 at byte %,d: record_data: found data that", ends.get(1))),
                report.text());
    }

    @Test
    void nothingToCheck() throws IOException {
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.write(foreign.resolve("a.tfrecord"), new byte[0]);
        Failure failure = assertThrows(Failure.class, () -> verify(foreign));
        assertTrue(failure.getMessage().contains("no record that can be read in 1 file"), failure.getMessage());
        assertEquals(3, failure.exitCode());
    }

    /** A record changed in place. */
    private interface Change {
        void to(Example example);
    }

    private void rule(Rule rule, Change change, String message) throws IOException {
        violates(rule, example -> {
            change.to(example);
            return example;
        }, message);
    }

    /** One record of the set is changed; the rule that it breaks is found, in that record, and no other rule of records. */
    private void violates(Rule rule, UnaryOperator<Example> change, String message) throws IOException {
        List<Example> good = examples();
        // A short one, with room behind its tokens and its predictions.
        int chosen = IntStream.range(0, good.size())
                .filter(i -> good.get(i).length() < 60 && good.get(i).predictions() > 2 && good.get(i).predictions() < 9)
                .findFirst().orElseThrow();
        Manifest manifest = Manifest.read(set);
        List<Example> bad = examples();
        bad.set(chosen, change.apply(bad.get(chosen)));
        write(manifest, bad);
        VerificationReport report = verify(set);
        List<Violation> found = report.violations().stream().filter(v -> v.rule() != Rule.STATISTICS).toList();
        assertEquals(1, found.size(), report.text());
        assertEquals(rule, found.get(0).rule(), report.text());
        assertEquals(chosen, found.get(0).record());
        assertTrue(found.get(0).text().contains(message), found.get(0).text());
        write(manifest, good);
        assertTrue(verify(set).valid());
    }

    /** The set's manifest with one value changed; its checksum is that of the change. */
    private Manifest edited(String where, String key, Object value) throws IOException {
        ObjectNode json = (ObjectNode) Manifest.JSON.readTree(Files.readString(set.resolve(Manifest.FILE)));
        ((ObjectNode) json.at(where)).set(key, Manifest.JSON.valueToTree(value));
        return Manifest.JSON.treeToValue(json, Manifest.class);
    }

    private static void at(int[] array, int place, int value) {
        array[place] = value;
    }

    /** A position of a token in the first segment that is neither chosen nor beside [CLS] or [SEP]. */
    private static int unchosen(Example example) {
        return IntStream.range(2, example.length() - 2)
                .filter(p -> example.inputIds()[p] > MASK && example.inputIds()[p - 1] != SEP && example.inputIds()[p + 1] != SEP)
                .filter(p -> Arrays.stream(example.maskedLmPositions()).noneMatch(chosen -> chosen == p))
                .findFirst().orElseThrow();
    }

    /** What google-research/bert would have written: the records alone, and a tokenizer. */
    private void makeForeign() throws IOException {
        for (Path index : files(".index")) {
            Files.delete(index);
        }
        Files.delete(set.resolve("unigram_counts.txt"));
        Files.delete(set.resolve(Manifest.FILE));
    }

    private static Violation violation(VerificationReport report, Rule rule) {
        assertEquals(1, report.violationsByRule().get(rule), report.text());
        return report.violations().stream().filter(v -> v.rule() == rule).findFirst().orElseThrow();
    }

    /** One violation, but for those that the files' sizes and checksums are, which are tested elsewhere. */
    private void one(Rule rule, String file, String message) {
        VerificationReport report = verify(set);
        List<Violation> others = report.violations().stream().filter(v -> !v.rule().name().startsWith("FILE_")).toList();
        assertEquals(1, others.size(), report.text());
        Violation violation = others.get(0);
        assertEquals(rule, violation.rule());
        assertEquals(file, violation.file());
        assertTrue(violation.text().contains(message), violation.text());
    }

    private List<Example> examples() {
        try (DataSet data = DataSet.open(set)) {
            return new ArrayList<>(LongStream.range(0, data.size()).mapToObj(data::example).toList());
        }
    }

    /** The set again, its records in one shard, with an index and a manifest that fit the file. */
    private void write(Manifest manifest, List<Example> examples) throws IOException {
        for (Path file : Stream.concat(files(".tfrecord").stream(), files(".index").stream()).toList()) {
            Files.delete(file);
        }
        ByteArrayOutputStream shard = new ByteArrayOutputStream();
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.writeBytes(OffsetIndex.header());
        for (Example example : examples) {
            index.writeBytes(OffsetIndex.entry(shard.size(), example.length()));
            shard.writeBytes(TfRecord.frame(ExampleEncoder.encode(example)));
        }
        index.writeBytes(OffsetIndex.entry(shard.size(), 0));
        Path file = Files.write(set.resolve("data-00000-of-00001.tfrecord"), shard.toByteArray());
        Files.write(ShardWriter.indexOf(file), index.toByteArray());
        List<Manifest.File> beside = manifest.files().stream().map(stated -> set.resolve(stated.file())).filter(Files::exists)
                .map(stated -> Manifest.File.of(set, stated)).toList();
        Manifest.Shard facts = new Manifest.Shard(file.getFileName().toString(), examples.size(), shard.size(), Sha256.of(file));
        Files.write(set.resolve(Manifest.FILE), new Manifest(manifest.formatVersion(), manifest.preparedBy(), manifest.part(),
                manifest.request(), manifest.sentences(), manifest.statistics(), List.of(facts), beside).bytes());
    }

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> entries = Files.list(set)) {
            return entries.filter(p -> p.toString().endsWith(end)).sorted().toList();
        }
    }

    /** Where the frame begins that a byte lies in. */
    private static long frameAt(byte[] shard, int at) {
        int from = 0;
        while (TfRecord.end(shard, from, shard.length) <= at) {
            from = (int) TfRecord.end(shard, from, shard.length);
        }
        return from;
    }

    private VerificationReport verify(Path path) {
        return verify(path, 2);
    }

    private static VerificationReport verify(Path path, int threads) {
        return Verification.run(path, Optional.empty(), threads, Progress.SILENT);
    }

    /** A vocabulary of 27 entries: the special tokens, digits and what stands between them. */
    static Tokenizer digits(Path directory) throws IOException {
        return tokenizer(directory.resolve("digits"), Stream.concat(Stream.of("+", "."),
                IntStream.range(0, 10).boxed().flatMap(d -> Stream.of("" + d, "##" + d))).toList());
    }

    private static Tokenizer tokenizer(Path directory, List<String> words) throws IOException {
        List<String> entries = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        entries.addAll(words);
        Files.createDirectories(directory);
        return Tokenizers.load(Files.write(directory.resolve("vocab.txt"), entries), null);
    }
}
