package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.PairTask;
import org.graphbert.text.Tokenizer;
import org.graphbert.train.Checkpoints.Checkpoint;

/** runs/NAME: run.json, checkpoints/, metrics.jsonl, tensorboard/, tokenizer/. */
public record RunDirectory(Path path) {

    /** run.json. */
    Path recordFile() {
        return path.resolve("run.json");
    }

    /** metrics.jsonl. */
    public Path metricsFile() {
        return path.resolve("metrics.jsonl");
    }

    /** pace.jsonl, of a run in a budget of time. */
    Path paceFile() {
        return path.resolve("pace.jsonl");
    }

    /** Another run begins in this place: what this one decided and the time that it spent are not of that one. */
    void forgetCourse() throws IOException {
        Files.deleteIfExists(paceFile());
        if (Files.exists(metricsFile())) {
            Files.move(metricsFile(), path.resolve("metrics-before.jsonl"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** TensorBoard's events. */
    Path eventsDirectory() {
        return path.resolve("tensorboard");
    }

    /** The tokenizer's directory, for what cannot do without. */
    public Path requiredTokenizer() {
        if (!Files.exists(tokenizer())) {
            throw Failure.usage(
                    "%s has no tokenizer: the run was trained on TFRecords, or imported from files, that came without one; "
                            + "put vocab.txt and tokenizer_config.json or a SentencePiece .model into it, or use --tokenizer there",
                    tokenizer());
        }
        return tokenizer();
    }

    /** The tokenizer's directory. */
    public Path tokenizer() {
        return path.resolve("tokenizer");
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(path.resolve("checkpoints"));
    }

    /** Whether this looks like a run. */
    public boolean exists() {
        return Files.isRegularFile(recordFile());
    }

    /** What the run was made from. */
    public RunRecord record() throws IOException {
        if (!exists()) {
            throw Failure.usage("%s: found no run.json in it; expected a run made by 'graphbert pretrain' or 'graphbert import'", path);
        }
        return RunRecord.read(recordFile());
    }

    /**
     * The model that the run trains.
     *
     * @throws Failure (usage) of a fine-tuned run, which has no heads of pre-training any more
     */
    public ModelConfig model() throws IOException {
        RunRecord record = record();
        if (record.fineTuned() != null) {
            String task = record.fineTuned().config().task();
            throw Failure.usage("%s: is a run of 'graphbert finetune %s', and has neither a masked-LM nor a pair head; ask it with "
                    + "'graphbert predict %s', or name a pre-trained run", path, task, task);
        }
        return record.model();
    }

    /**
     * A fine-tuned run.
     *
     * @throws Failure (usage) of another run
     */
    public RunRecord.FineTuned fineTuned() throws IOException {
        RunRecord.FineTuned found = record().fineTuned();
        if (found == null) {
            throw Failure.usage("%s: is a pre-trained run, and has no head for a task; expected one made by 'graphbert finetune'", path);
        }
        return found;
    }

    /** What a fine-tuned run came to; absent until it is finished. */
    Path resultsFile() {
        return path.resolve("results.json");
    }

    /** Where the restarts of a fine-tuning are, by their seeds. */
    Path restarts() {
        return path.resolve("restarts");
    }

    /** Copies a tokenizer into the run, once; the directory is complete or absent, as checkpoints are. */
    void saveTokenizer(Tokenizer tokenizer) throws IOException {
        if (Files.exists(tokenizer())) {
            return;
        }
        Path aside = path.resolve(".tokenizer.writing");
        Directories.delete(aside);
        tokenizer.save(aside);
        Files.move(aside, tokenizer(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What the run's pair head learns; runs older than the question learnt next sentences, and so did BERT elsewhere. */
    public PairTask pairTask() throws IOException {
        RunRecord record = record();
        if (record.data() == null) {
            return PairTask.NSP;
        }
        String pairs = record.data().get(0).pairs();
        return pairs == null ? PairTask.NSP : PairTask.valueOf(pairs.toUpperCase(Locale.ROOT));
    }

    /** What is to be said before the masked-LM head of an imported run answers; empty where it has learnt something. */
    public Optional<String> untrainedMaskedLm() throws IOException {
        RunRecord.Imported imported = record().imported();
        return imported == null || !imported.untrainedMaskedLm() ? Optional.empty() : Optional.of(untrained("masked-LM head", imported));
    }

    /** The same of the head for pairs. */
    public Optional<String> untrainedPairs() throws IOException {
        RunRecord.Imported imported = record().imported();
        return imported == null || !imported.untrainedPairs() ? Optional.empty() : Optional.of(untrained("pair head", imported));
    }

    private String untrained(String head, RunRecord.Imported imported) {
        return String.format("%s: its %s was initialised when %s was imported and has learnt nothing yet; 'graphbert pretrain --init "
                + "%s' trains it.", path, head, imported.from(), path);
    }

    /** The newest checkpoint, without which a run cannot be used; it may have been damaged since it was written. */
    public Checkpoint newest() throws IOException {
        record();
        return checkpoints().latest().orElseThrow(this::none);
    }

    /**
     * The checkpoint to use a run by: the newest that is sound, or the best.
     *
     * @param best the one of the lowest masked-LM loss on held-out data instead of the newest
     * @param say takes a line for each damaged one that is passed over
     * @throws Failure (usage) if there is none, (data) if there is no sound one
     */
    public Checkpoint checkpoint(boolean best, Consumer<String> say) throws IOException {
        record();
        return best ? checkpoints().requireBest() : checkpoints().newestSound(say).orElseThrow(this::none);
    }

    private Failure none() {
        return Failure.usage("%s has no checkpoint yet; train it until the first one is written", path);
    }
}
