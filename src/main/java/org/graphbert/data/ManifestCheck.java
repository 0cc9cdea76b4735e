package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.graphbert.config.Directories;

/** Compares what a manifest states with what was counted in the records. */
final class ManifestCheck {

    /** Shares are rounded to six digits. */
    private static final double ROUNDING = 1.5e-6;
    private static final int SPECIALS = 5;
    /** So many standard deviations above what is to be expected are no chance. */
    private static final double DEVIATIONS = 6;

    private final Manifest manifest;
    private final Path directory;
    private final Consumer<Violation> violations;

    ManifestCheck(Manifest manifest, Path directory, Consumer<Violation> violations) {
        this.manifest = manifest;
        this.directory = directory;
        this.violations = violations;
    }

    /** The counts and shares of all records, which have all been read. */
    void statistics(RecordCounts counts, RecordRules rules) {
        Statistics stated = manifest.statistics();
        equal("pairs.records", stated.pairs().records(), counts.records());
        equal("pairs.labels", stated.pairs().labels(), counts.labels(rules.task()));
        long selected = counts.replacements().selected();
        equal("masks.selected", stated.masks().selected(), selected);
        equal("masks.selected_share", stated.masks().selectedShare(), Statistics.share(selected, counts.tokens()));
        equal("lengths.mean", stated.lengths().mean(), Statistics.share(counts.tokens(), counts.records()));
        equal("lengths.padding_share", stated.lengths().paddingShare(),
                Statistics.padding(counts.tokens(), counts.records() * rules.maxSeqLength()));
        equal("lengths.histogram", stated.lengths().histogram(), Statistics.histogram(counts.lengths()));
        // A random token may happen to be [MASK], or the original.
        double random = stated.masks().randomShare();
        if (rules.mask().isPresent()) {
            shareWithChance("masks.mask_share", stated.masks().maskShare(), counts.replacements().by(rules.mask()), selected, random);
        }
        shareWithChance("masks.kept_share", stated.masks().keptShare(), counts.replacements().kept(), selected, random);
    }

    /** What lies beside the shards, file by file. */
    void files() {
        for (Manifest.File stated : manifest.files()) {
            Path file = directory.resolve(stated.file());
            String expected = String.format("%,d bytes as in the manifest", stated.bytes());
            if (!Files.isRegularFile(file)) {
                violations.accept(Violation.of(stated.file(), Rule.FILE_MISSING, "no such file", expected));
                continue;
            }
            Manifest.File found = Manifest.File.of(directory, file);
            if (found.bytes() != stated.bytes()) {
                violations.accept(Violation.of(stated.file(), Rule.FILE_BYTES, String.format("%,d", found.bytes()), expected));
            } else if (!found.sha256().equals(stated.sha256())) {
                violations.accept(Violation.of(stated.file(), Rule.FILE_SHA256, found.sha256(), stated.sha256()));
            }
        }
    }

    /** The file that evaluation takes its unigram model from. */
    void unigramCounts() {
        Path file = directory.resolve(PartialSet.UNIGRAM_COUNTS);
        int entries = manifest.request().tokenizer().vocabularySize();
        long[] counts;
        try {
            counts = Files.readAllLines(file).stream().mapToLong(Long::parseLong).toArray();
        } catch (NumberFormatException e) {
            unigrams(e.getMessage(), "a count a line");
            return;
        } catch (IOException e) {
            unigrams(Directories.reason(e), "a count a line");
            return;
        }
        if (counts.length != entries || Arrays.stream(counts).anyMatch(count -> count < 0)) {
            unigrams(String.format("%,d lines, the smallest %,d", counts.length, Arrays.stream(counts).min().orElse(0)),
                    String.format("%,d counts, one for each token", entries));
            return;
        }
        // The held-out part has the training part's counts, and its manifest not the training part's tokens.
        Statistics.Corpus corpus = manifest.statistics().corpus();
        long sum = Arrays.stream(counts).sum();
        if (manifest.part().equals(Part.TRAINING.toString()) && sum != corpus.tokens() - corpus.unknownTokens()) {
            unigrams(String.format("%,d tokens in all", sum), String.format("%,d as in the manifest, [UNK] left out",
                    corpus.tokens() - corpus.unknownTokens()));
        }
    }

    private void shareWithChance(String key, double stated, long found, long selected, double random) {
        // Drawn from all entries, or all but the special ones.
        double draws = selected * random / Math.max(1, manifest.request().tokenizer().vocabularySize() - SPECIALS);
        double most = stated + (draws + DEVIATIONS * Math.sqrt(draws) + 1) / Math.max(1, selected);
        double share = Statistics.share(found, selected);
        if (share < stated - ROUNDING || share > most + ROUNDING) {
            violates(key, String.valueOf(stated), String.valueOf(share));
        }
    }

    private void equal(String key, double stated, double counted) {
        if (Math.abs(stated - counted) > ROUNDING) {
            violates(key, String.valueOf(stated), String.valueOf(counted));
        }
    }

    private void equal(String key, long stated, long counted) {
        if (stated != counted) {
            violates(key, String.format("%,d", stated), String.format("%,d", counted));
        }
    }

    private void equal(String key, Object stated, Object counted) {
        if (!stated.equals(counted)) {
            violates(key, stated.toString(), counted.toString());
        }
    }

    private void violates(String key, String stated, String counted) {
        violations.accept(Violation.of(Manifest.FILE, Rule.STATISTICS, key + " " + stated, counted + " as counted in the records"));
    }

    private void unigrams(String found, String expected) {
        violations.accept(Violation.of(PartialSet.UNIGRAM_COUNTS, Rule.UNIGRAM_COUNTS, found, expected));
    }
}
