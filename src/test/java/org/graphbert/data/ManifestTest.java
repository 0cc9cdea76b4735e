package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    private static final ObjectMapper PLAIN = new ObjectMapper();

    private static final Manifest MANIFEST = new Manifest(Manifest.FORMAT_VERSION, "graphbert \"test\"", "training",
            new Manifest.Request(List.of(new Manifest.Input("bücher\\a.txt", 17, "ab")),
                    new Manifest.TokenizerFacts("wordpiece", 30, "cd"), Recipe.DEFAULT),
            "lines",
            statistics("{'corpus': {'documents': 3, 'tokens': 60}, 'masks': {'selected': 8, 'mask_share': 0.75,"
                    + " 'random_share': 0.000012, 'kept_share': 0.5}, 'lengths': {'mean': 15.0, 'histogram': []}}"),
            List.of(new Manifest.Shard("data-00000-of-00001.tfrecord", 4, 1L << 33, "ef")),
            List.of(new Manifest.File("tokenizer/vocab.txt", 12, "0123"), new Manifest.File("unigram_counts.txt", 5, "4567")));

    @TempDir
    private Path directory;

    private Path file;
    private String written;

    @BeforeEach
    void write() throws IOException {
        file = Files.write(directory.resolve(Manifest.FILE), MANIFEST.bytes());
        written = Files.readString(file);
    }

    @Test
    void roundTrip() {
        assertEquals(MANIFEST, Manifest.read(directory));
        assertTrue(written.endsWith("\"\n}\n") && written.contains("\"manifest_sha256\" : \""), written);
    }

    /** Without line ends, with the keys in another order, numbers written otherwise, letters escaped. */
    @Test
    void reformattingDoesNotMatter() throws IOException {
        JsonNode json = PLAIN.readTree(written);
        for (String same : List.of(json.toString(), shuffled(json).toString(), written.replace("\n", "\r\n\t"),
                written.replace("1.2E-5", "0.0000120"), written.replace(": 0.75", ": 7.5e-1"), written.replace("ü", "\\u00fc"))) {
            assertNotEquals(written, same);
            Files.writeString(file, same);
            assertEquals(MANIFEST, Manifest.read(directory));
        }
    }

    @Test
    void anEditIsNoticed() throws IOException {
        for (String edited : List.of(
                written.replace("\"documents\" : 3", "\"documents\" : 4"),
                written.replace("\"seed\" : 12345", "\"seed\" : 12346"),
                written.replace("wordpiece", "unigram"),
                written.replace("0.75", "0.7500001"),
                written.replaceFirst("\\{", "{\"more\" : null,"),
                written.replaceFirst("\"sentences\" : \"lines\",", ""),
                written.replace("\"sha256\" : \"4567\"", "\"sha256\" : \"4568\""),
                written.replaceFirst("\"manifest_sha256\" : \"", "\"manifest_sha256\" : \"0"))) {
            assertNotEquals(written, edited);
            Files.writeString(file, edited);
            fails(file + ": was changed after the data were prepared: the checksum of its contents is ",
                    "; restore it as it was written, or prepare the data again");
        }
        Files.writeString(file, written.replaceFirst(",\\s*\"manifest_sha256\" : \"[0-9a-f]*\"", ""));
        fails("its manifest_sha256 is missing");
    }

    /** The data set that was trained on is the same, wherever and with what beside it. */
    @Test
    void filesBesideTheShardsAreNoPartOfTheIdentity() {
        Manifest without = new Manifest(MANIFEST.formatVersion(), MANIFEST.preparedBy(), MANIFEST.part(), MANIFEST.request(),
                MANIFEST.sentences(), MANIFEST.statistics(), MANIFEST.shards(), null);
        assertEquals(List.of(), without.files());
        assertEquals(MANIFEST.checksum(), without.checksum());
    }

    @Test
    void damageIsNamed() throws IOException {
        Files.writeString(file, "{\"format_version\" : 2,\n\"part\" : {");
        assertEquals(file + ", line 2, column 11: not a manifest: Unexpected end-of-input: expected close marker for Object;"
                + " restore it, or prepare the data again", assertThrows(Failure.class, () -> Manifest.read(directory)).getMessage());
        Files.writeString(file, written + "x");
        fails(file + ", line ", ", column ", ": not a manifest: ");
        Files.writeString(file, "[]");
        fails("found no JSON object");
        Files.writeString(file, written.replaceFirst("\\{", "{\"format_version\" : 2,"));
        fails("Duplicate field 'format_version'");
        Files.write(file, new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'});
        fails("not a manifest: it is not UTF-8");
        Files.writeString(file, written.replaceFirst("\"format_version\" : 2", "\"format_version\" : 1"));
        fails("format_version is 1, expected 2; prepare the data with this version");
        Files.delete(file);
        fails("cannot be read: no such file or directory; is " + directory + " a data set?");
    }

    /** What differs in meaning differs in its text. */
    @Test
    void canonicalTexts() throws IOException {
        assertEquals("{\"a\":[1,\"1\",true,null,{}],\"b\":0.25}",
                CanonicalJson.text(PLAIN.readTree("{\"b\": 2.50e-1, \"a\": [1.0, \"1\", true, null, {}]}")));
        assertEquals("[\"\\\"\\\\\",\"n\"]", CanonicalJson.text(PLAIN.readTree("[\"\\\"\\\\\", \"n\"]")));
        assertEquals("10000000000", CanonicalJson.text(PLAIN.readTree("1e10")));
    }

    private static Statistics statistics(String json) {
        try {
            return Manifest.JSON.readValue(json.replace('\'', '"'), Statistics.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fails(String... messages) {
        Failure failure = assertThrows(Failure.class, () -> Manifest.read(directory));
        for (String message : messages) {
            assertTrue(failure.getMessage().contains(message), failure.getMessage());
        }
        assertEquals(3, failure.exitCode());
    }

    private static JsonNode shuffled(JsonNode node) {
        if (!node.isObject()) {
            return node;
        }
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        Collections.shuffle(keys, new Random(3));
        ObjectNode other = PLAIN.createObjectNode();
        keys.forEach(key -> other.set(key, shuffled(node.get(key))));
        return other;
    }
}
