package org.graphbert.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.PairTask;

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

    /** The model that the run trains. */
    public ModelConfig model() throws IOException {
        return record().model();
    }

    /** What the run's pair head learns; runs older than the question learnt next sentences, and so did BERT elsewhere. */
    public PairTask pairTask() throws IOException {
        RunRecord record = record();
        if (record.imported() != null) {
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

    /** The newest checkpoint, without which a run cannot be used. */
    public Checkpoints.Checkpoint newest() throws IOException {
        record();
        return checkpoints().latest().orElseThrow(() -> Failure.usage(
                "%s has no checkpoint yet; train it until the first one is written", path));
    }

    /** Keeps other processes from this run until it is closed. */
    FileLock lock() throws IOException {
        Directories.createOutput("--run", path);
        FileChannel channel = FileChannel.open(
                path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            // As below.
        }
        if (lock == null) {
            channel.close();
            throw Failure.usage("%s is being trained by another process; wait for it, or choose another --run", path);
        }
        return lock;
    }
}
