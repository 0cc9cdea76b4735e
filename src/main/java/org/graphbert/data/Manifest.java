package org.graphbert.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.graphbert.config.Failure;

/**
 * {@code manifest.json} of a data set: what it was made from, what it holds. It bears no time and no machine, so that the
 * same preparation gives the same bytes.
 *
 * @param formatVersion of the directory's layout
 * @param preparedBy program and version
 * @param part training or held-out
 * @param request what decides the contents
 * @param sentences how lines were read: lines or split, where the recipe may say auto
 * @param statistics counts and shares
 * @param shards the record files, in order
 */
public record Manifest(
        int formatVersion,
        String preparedBy,
        String part,
        Request request,
        String sentences,
        Statistics statistics,
        List<Shard> shards) {

    public static final int FORMAT_VERSION = 2;
    public static final String FILE = "manifest.json";

    /** Everything that decides the contents; data sets of equal requests are equal. */
    public record Request(List<Input> inputs, TokenizerFacts tokenizer, Recipe recipe) {}

    /** A file that was read. */
    public record Input(String file, long bytes, String sha256) {}

    /** The tokenizer; its files lie in the directory {@code tokenizer}. */
    public record TokenizerFacts(String type, int vocabularySize, String checksum) {}

    /** A file of records. */
    public record Shard(String file, long records, long bytes, String sha256) {}

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a later version may add statistics
            .build();

    /** The number of records over all shards. */
    public long records() {
        return shards.stream().mapToLong(Shard::records).sum();
    }

    /** SHA-256 over the records' checksums, the tokenizer and the recipe: wherever the inputs and the data set lie. */
    public String checksum() {
        try {
            Object[] facts = {part, request.tokenizer(), request.recipe(), shards};
            return HexFormat.of().formatHex(Sha256.digest().digest(JSON.writeValueAsBytes(facts)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The files are small enough to be read whole. */
    public static boolean in(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE));
    }

    /**
     * Reads the manifest of a data set.
     *
     * @throws Failure (data) if it is missing, damaged or of another format version
     */
    public static Manifest read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            int version = json.path("format_version").asInt();
            if (version != FORMAT_VERSION) {
                throw Failure.data("%s: format_version is %d, expected %d; prepare the data with this version",
                        file, version, FORMAT_VERSION);
            }
            return JSON.treeToValue(json, Manifest.class);
        } catch (JsonProcessingException e) {
            throw Failure.data("%s: not a manifest: %s", file, e.getOriginalMessage());
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s; is %s a data set?", file, e.getMessage(), directory);
        }
    }

    byte[] bytes() {
        try {
            return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
