package org.graphbert.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.JsonReason;

/**
 * {@code manifest.json} of a data set: what it was made from, what it holds. It bears no time and no machine, so that the
 * same preparation gives the same bytes. The file has one key more, {@code manifest_sha256}, a checksum over all the others:
 * {@link #bytes} adds it and {@link #read} checks it, as a manifest that was edited no longer says what the records are.
 *
 * @param formatVersion of the directory's layout
 * @param preparedBy program and version
 * @param part training or held-out
 * @param request what decides the contents
 * @param sentences how lines were read: lines or split, where the recipe may say auto
 * @param statistics counts and shares
 * @param shards the record files, in order
 * @param files what lies beside the shards, by name: the tokenizer's files, the unigram counts and the shards' indexes;
 *     empty in a manifest of before they were listed
 */
public record Manifest(
        int formatVersion,
        String preparedBy,
        String part,
        Request request,
        String sentences,
        Statistics statistics,
        List<Shard> shards,
        List<File> files) {

    public static final int FORMAT_VERSION = 2;
    public static final String FILE = "manifest.json";

    private static final String SHA256 = "manifest_sha256";

    /** Everything that decides the contents; data sets of equal requests are equal. */
    public record Request(List<Input> inputs, TokenizerFacts tokenizer, Recipe recipe) {

        /** The number of files. Held-out data are a small part: one, unless another number was asked for. */
        int shards(Part part) {
            return part == Part.HELD_OUT && recipe.shards() == 0
                    ? 1 : recipe.shards(inputs.stream().mapToLong(Input::bytes).sum());
        }
    }

    /** A file that was read. */
    public record Input(String file, long bytes, String sha256) {}

    /** The tokenizer; its files lie in the directory {@code tokenizer}. */
    public record TokenizerFacts(String type, int vocabularySize, String checksum) {}

    /** A file of records. */
    public record Shard(String file, long records, long bytes, String sha256) {}

    /**
     * A file beside the shards.
     *
     * @param file relative to the data set, with '/'
     */
    public record File(String file, long bytes, String sha256) {

        /**
         * As it is.
         *
         * @throws Failure (data) if it cannot be read
         */
        static File of(Path directory, Path file) {
            try {
                String name = directory.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
                return new File(name, Files.size(file), Sha256.of(file));
            } catch (IOException e) {
                throw Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
            }
        }
    }

    public Manifest {
        files = files == null ? List.of() : List.copyOf(files);
    }

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a later version may add statistics
            .build();

    /** Nothing in a manifest stands twice, and nothing behind it. */
    private static final ObjectReader STRICT = JSON.reader()
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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

    /** Whether a directory has a manifest. */
    public static boolean in(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE));
    }

    /**
     * Reads the manifest of a data set.
     *
     * @throws Failure (data) if it is missing, damaged, edited or of another format version
     */
    public static Manifest read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            JsonNode json = STRICT.readTree(Files.readString(file));
            if (!(json instanceof ObjectNode contents)) {
                throw Failure.data("%s: not a manifest: found no JSON object; prepare the data again", file);
            }
            int version = json.path("format_version").asInt();
            if (version != FORMAT_VERSION) {
                throw Failure.data("%s: format_version is %d, expected %d; prepare the data with this version",
                        file, version, FORMAT_VERSION);
            }
            String stated = contents.path(SHA256).asText();
            contents.remove(SHA256);
            String found = CanonicalJson.sha256(contents);
            if (!stated.equals(found)) {
                throw Failure.data("%s: was changed after the data were prepared: the checksum of its contents is %.12s, its"
                                + " %s is %s; restore it as it was written, or prepare the data again",
                        file, found, SHA256, stated.isEmpty() ? "missing" : String.format("%.12s", stated));
            }
            return JSON.treeToValue(contents, Manifest.class);
        } catch (JsonProcessingException e) {
            throw Failure.data("%s%s: not a manifest: %s; restore it, or prepare the data again", file, JsonReason.place(e),
                    JsonReason.of(e));
        } catch (CharacterCodingException e) {
            throw Failure.data("%s: not a manifest: it is not UTF-8; restore it, or prepare the data again", file);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s; is %s a data set?", file, Directories.reason(e), directory);
        }
    }

    /** The file, with its checksum. */
    byte[] bytes() {
        try {
            ObjectNode json = JSON.valueToTree(this);
            json.put(SHA256, CanonicalJson.sha256(json));
            return (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
