package org.graphbert.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    /** Appends a line. */
    void write(ObjectNode line) throws IOException {
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
