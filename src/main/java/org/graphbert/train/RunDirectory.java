package org.graphbert.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.PairTask;

/** runs/NAME: run.json, checkpoints/, metrics.jsonl, tokenizer/. */
public record RunDirectory(Path path) {

    /** run.json. */
    Path recordFile() {
        return path.resolve("run.json");
    }

    Path metricsFile() {
        return path.resolve("metrics.jsonl");
    }

    /** The tokenizer's directory, for what cannot do without. */
    public Path requiredTokenizer() {
        if (!Files.exists(tokenizer())) {
            throw Failure.usage(
                    "%s has no tokenizer: it was trained on TFRecords that came without one; "
                            + "put vocab.txt and tokenizer_config.json or a SentencePiece .model into it, or train with --tokenizer",
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
            throw Failure.usage("%s: found no run.json in it; expected a run made by 'graphbert pretrain'", path);
        }
        return RunRecord.read(recordFile());
    }

    /** The model that the run trains. */
    public ModelConfig model() throws IOException {
        return record().model();
    }

    /** What the run's pair head learns; runs older than the question learnt next sentences. */
    public PairTask pairTask() throws IOException {
        String pairs = record().data().get(0).pairs();
        return pairs == null ? PairTask.NSP : PairTask.valueOf(pairs.toUpperCase(Locale.ROOT));
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
