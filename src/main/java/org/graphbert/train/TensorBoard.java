package org.graphbert.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.SessionLog.SessionStatus;
import org.tensorflow.proto.Summary;

/**
 * A run's events for TensorBoard, in two directories, so that its charts lay the curves over each other: train/ and
 * held_out/. Where a run goes on from a checkpoint, TensorBoard is told to forget the steps that are computed again.
 */
final class TensorBoard implements AutoCloseable {

    private static final Map<String, String> TAGS = new LinkedHashMap<>();

    static {
        tags("losses", "loss", "masked_lm_loss", "next_sentence_loss");
        tags("accuracies", "masked_lm_accuracy", "next_sentence_accuracy", "score", "accuracy");
        tags("scores", "f1", "f1_macro", "f1_binary", "precision", "recall", "matthews", "pearson", "spearman", "exact");
        tags("optimiser", "learning_rate", "gradient_norm", "loss_scale", "skipped_updates");
        tags("speed", "tokens_per_second", "teraflops_per_second", "peak_share");
        tags("memory", "memory_bytes");
    }

    private static final String TRAIN = "train";
    private static final String HELD_OUT = "held_out";

    private final Path directory;
    /** Of each run that was written to; absent again where writing failed. */
    private final Map<String, EventFile> files = new HashMap<>();
    private boolean graphDue;

    /**
     * Goes on with the events of a run, or begins them.
     *
     * @param step how many steps are done
     */
    TensorBoard(Path directory, long step) throws IOException {
        this.directory = directory;
        this.graphDue = EventFile.list(directory.resolve(TRAIN)).isEmpty();
        start(TRAIN, step);
        if (!EventFile.list(directory.resolve(HELD_OUT)).isEmpty()) {
            start(HELD_OUT, step);
        }
    }

    /** TensorBoard drops what it has of the event's step and later ones; what it has of the checkpoint's own stays true. */
    private void start(String run, long step) throws IOException {
        SessionLog.Builder start = SessionLog.newBuilder().setStatus(SessionStatus.START);
        write(run, Event.newBuilder().setStep(step == 0 ? 0 : step + 1).setSessionLog(start));
    }

    private static void tags(String group, String... keys) {
        for (String key : keys) {
            TAGS.put(key, group + "/" + key);
        }
    }

    /** Writes what a line of metrics.jsonl says that can be drawn. */
    void scalars(ObjectNode line) throws IOException {
        Summary.Builder summary = Summary.newBuilder();
        TAGS.forEach((key, tag) -> {
            if (line.path(key).isNumber()) {
                summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue(line.get(key).floatValue()));
            }
        });
        String run = line.path("event").asText().equals("held_out") ? HELD_OUT : TRAIN;
        write(run, Event.newBuilder().setStep(line.path("step").asLong()).setSummary(summary));
    }

    /** Writes a graph: the first one of the run, and where there are phases each one's. */
    void graph(long step, GraphDef graph) throws IOException {
        if (graphDue) {
            write(TRAIN, Event.newBuilder().setStep(step).setGraphDef(graph.toByteString()));
        }
        graphDue = true;
    }

    void histograms(long step, Map<String, HistogramProto> histograms) throws IOException {
        Summary.Builder summary = Summary.newBuilder();
        histograms.forEach((name, histogram) ->
                summary.addValue(Summary.Value.newBuilder().setTag("weights/" + name).setHisto(histogram)));
        write(TRAIN, Event.newBuilder().setStep(step).setSummary(summary));
    }

    private void write(String run, Event.Builder event) throws IOException {
        boolean written = false;
        try {
            if (!files.containsKey(run)) {
                files.put(run, EventFile.create(directory.resolve(run)));
            }
            files.get(run).write(event);
            written = true;
        } finally {
            // What failed may be there in part: the next event begins a file of its own.
            if (!written && files.containsKey(run)) {
                files.remove(run).close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (EventFile file : files.values()) {
            file.close();
        }
    }
}
