package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Json;
import org.graphbert.evaluate.Metrics;

/** metrics.jsonl: one JSON object a line, appended and flushed line by line. */
final class MetricsLog implements AutoCloseable {

    private final Writer out;

    MetricsLog(Path file) throws IOException {
        boolean torn = Files.exists(file) && !endsWithNewline(file);
        out = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        // A killed process may have left half a line; what follows begins its own.
        if (torn) {
            out.write("\n");
        }
    }

    /**
     * A line of the log.
     *
     * @param event start, resume, phase, train, held_out, checkpoint, finish or interrupted
     * @param step optimiser steps taken
     * @param phase the number, from 1, of the phase that goes on there; in lines of the event phase alone
     * @param learningRate of the last of these steps
     * @param gradientNorm of the last of these steps, before clipping
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            String event,
            long step,
            Integer phase,
            Double loss,
            Double maskedLmLoss,
            Double maskedLmAccuracy,
            Double nextSentenceLoss,
            Double nextSentenceAccuracy,
            Double learningRate,
            Double gradientNorm,
            Double tokensPerSecond,
            Double seconds) {

        static Line event(String event, long step, double seconds) {
            return new Line(event, step, null, null, null, null, null, null, null, null, null, seconds);
        }

        static Line phase(int phase, long step, double seconds) {
            return new Line("phase", step, phase, null, null, null, null, null, null, null, null, seconds);
        }

        static Line of(
                String event,
                long step,
                Metrics m,
                Double learningRate,
                Double gradientNorm,
                Double tokensPerSecond,
                double seconds) {
            return new Line(
                    event,
                    step,
                    null,
                    m.loss(),
                    m.maskedLmLoss(),
                    m.maskedLmAccuracy(),
                    m.nextSentenceLoss(),
                    m.nextSentenceAccuracy(),
                    learningRate,
                    gradientNorm,
                    tokensPerSecond,
                    seconds);
        }
    }

    void write(Line line) throws IOException {
        out.write(Json.writeLine(line));
        out.write("\n");
        out.flush();
    }

    /**
     * The lines of a log, none if there is no file; one that a killed process left half-written is passed over, and steps
     * that a resumption goes back behind are dropped.
     */
    static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode node;
                try {
                    node = Json.MAPPER.readTree(line);
                } catch (JsonProcessingException torn) {
                    continue;
                }
                long step = node.path("step").asLong();
                if (node.path("event").asText().equals("resume")) {
                    lines.removeIf(earlier -> earlier.path("step").asLong() > step);
                }
                if (node.isObject()) {
                    lines.add(node);
                }
            }
        }
        return lines;
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            if (channel.size() == 0) {
                return true;
            }
            channel.position(channel.size() - 1);
            var last = ByteBuffer.allocate(1);
            channel.read(last);
            return last.get(0) == '\n';
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
