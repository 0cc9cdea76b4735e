package org.graphbert.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.graphbert.config.Json;

/**
 * metrics.jsonl: one JSON object a line, each written through at once. A line has the keys event (start, resume, phase,
 * train, held_out, probe, checkpoint, warning, finish, interrupted, early_stop), step (optimiser steps taken) and seconds
 * (of training this run, over all processes); those of training and of evaluations have the figures.
 */
public final class MetricsLog implements AutoCloseable {

    /** Not every program writes NaN as a string, as JSON would have it. */
    private static final ObjectReader LINES = Json.MAPPER.reader().with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS);

    /** A run that was killed before its first checkpoint starts once more. */
    private static final Set<String> BEGINNINGS = Set.of("start", "resume");

    private final FileChannel channel;
    /** Whether half a line may stand at the end, of a killed process or of a write that failed. */
    private boolean torn;

    MetricsLog(Path file) throws IOException {
        torn = Files.exists(file) && !endsWithNewline(file);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Appends a line; where half a one stands, this one begins behind it. */
    void write(ObjectNode line) throws IOException {
        String text = (torn ? "\n" : "") + Json.writeLine(line) + "\n";
        torn = true;
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        torn = false;
    }

    /**
     * The lines of a log, none if there is no file; one that a killed process left half-written is passed over, and steps
     * that a resumption goes back behind are dropped.
     */
    public static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
        try (FileChannel channel = FileChannel.open(file);
                BufferedReader reader = new BufferedReader(Channels.newReader(channel, decoder, -1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode node;
                try {
                    node = LINES.readTree(line);
                } catch (JsonProcessingException half) {
                    continue;
                }
                long step = node.path("step").asLong();
                if (BEGINNINGS.contains(node.path("event").asText())) {
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
        channel.close();
    }
}
