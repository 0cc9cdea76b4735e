package org.graphbert.interop;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;

/**
 * What a safetensors file says of itself: 8 bytes with the length of a JSON text, the text
 * {@code {NAME: {"dtype", "shape", "data_offsets": [BEGIN, END]}, "__metadata__": {KEY: TEXT}}}, and then the data, which the
 * tensors fill without holes or overlaps to the file's end (huggingface/safetensors, README). All of that is checked here.
 *
 * @param dataStart where the data begin in the file; offsets count from there
 */
record SafetensorsHeader(SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata, long dataStart) {

    static final String METADATA = "__metadata__";
    static final int LENGTH_BYTES = Long.BYTES;
    /** As the reference implementation has it. */
    private static final long MAX_BYTES = 100_000_000;

    /** A tensor: its bytes are those from begin to end, which are as many as its type and shape need. */
    record Tensor(TensorFile.Entry entry, ElementType type, long begin, long end) {

        long bytes() {
            return end - begin;
        }

        private void check() {
            long needed;
            try {
                needed = type.bytes(entry.elements());
            } catch (ArithmeticException e) {
                throw new Wrong(entry.name() + " has the impossible shape " + entry.shape());
            }
            if (begin > end || end - begin != needed) {
                throw new Wrong(String.format("%s, %s %s, needs %,d bytes, found data_offsets [%d, %d]",
                        entry.name(), type, entry.shape(), needed, begin, end));
            }
        }
    }

    /**
     * Reads and checks a header.
     *
     * @throws Failure (data) if it is damaged or does not fit the file
     */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw Failure.data("%s: found %d bytes, no safetensors file; copy or download it again", file, size);
        }
        long length = fill(channel, 0, LENGTH_BYTES).getLong();
        if (length < 2 || length > MAX_BYTES) {
            throw Failure.data("%s: states a header of %s bytes; expected 2 to %,d: no safetensors file, or a damaged one",
                    file, Long.toUnsignedString(length), MAX_BYTES);
        }
        if (length > size - LENGTH_BYTES) {
            throw Failure.data("%s: states a header of %,d bytes in a file of %,d; it is cut short, copy or download it again",
                    file, length, size);
        }
        SafetensorsHeader header = parse(file, fill(channel, LENGTH_BYTES, (int) length), LENGTH_BYTES + length);
        header.checkOffsets(file, size);
        return header;
    }

    private static ByteBuffer fill(FileChannel channel, long from, int bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        StoredTensors.readRange(channel, from, bytes, all::put);
        return all.flip();
    }

    private static SafetensorsHeader parse(Path file, ByteBuffer bytes, long dataStart) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(new TreeMap<>(), new TreeMap<>(), dataStart);
        try (JsonParser json = Json.MAPPER.createParser(
                StandardCharsets.UTF_8.newDecoder().decode(bytes).toString())) {
            expect(json.nextToken() == JsonToken.START_OBJECT, json, "a JSON object");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                expect(json.nextToken() == JsonToken.START_OBJECT, json, "an object");
                if (name.equals(METADATA)) {
                    metadata(json, header.metadata);
                } else {
                    header.tensors.put(name, tensor(name, json));
                }
            }
            expect(json.nextToken() == null, json, "nothing behind the object");
        } catch (CharacterCodingException e) {
            throw Failure.data(
                    "%s: its header is not UTF-8 text; no safetensors file, or a damaged one: copy or download it again", file, e);
        } catch (JsonProcessingException e) {
            throw Failure.data("%s: damaged header%s: %s; copy or download the file again",
                    file, JsonReason.column(e), JsonReason.of(e), e);
        } catch (Wrong e) {
            throw Failure.data("%s: damaged header: %s; copy or download the file again", file, e.getMessage(), e);
        }
        return header;
    }

    private static void metadata(JsonParser json, Map<String, String> into) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            expect(json.nextToken() == JsonToken.VALUE_STRING, json, "a text");
            into.put(key, json.getText());
        }
    }

    /** Keys beyond the three are ignored, as the reference implementation does. */
    private static Tensor tensor(String name, JsonParser json) throws IOException {
        String type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> {
                    expect(json.currentToken() == JsonToken.VALUE_STRING, json, "a text");
                    type = json.getText();
                }
                case "shape" -> shape = sizes(json);
                case "data_offsets" -> offsets = sizes(json);
                default -> json.skipChildren();
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new Wrong(name + " lacks one of dtype, shape and data_offsets [BEGIN, END]");
        }
        String dtype = type;
        ElementType element = ElementType.named(type).orElseThrow(() -> new Wrong(name + " has unknown dtype " + dtype));
        Tensor tensor = new Tensor(
                new TensorFile.Entry(name, element.tensorflowName(), shape), element, offsets.get(0), offsets.get(1));
        tensor.check();
        return tensor;
    }

    private static List<Long> sizes(JsonParser json) throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, json, "an array");
        List<Long> sizes = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, json, "a whole number");
            long size = json.getLongValue();
            expect(size >= 0, json, "a number that is not negative");
            sizes.add(size);
        }
        return List.copyOf(sizes);
    }

    private void checkOffsets(Path file, long fileSize) {
        long end = 0;
        for (Tensor tensor : tensors.values().stream()
                .sorted(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end)).toList()) {
            if (tensor.begin() != end) {
                throw Failure.data("%s: damaged header: %s begins at %,d, expected %,d: the data must neither overlap nor "
                                + "leave holes; copy or download the file again", file, tensor.entry().name(), tensor.begin(), end);
            }
            end = tensor.end();
        }
        if (end != fileSize - dataStart) {
            throw Failure.data("%s: its tensors need %,d bytes of data, found %,d; %s",
                    file, end, fileSize - dataStart,
                    end > fileSize - dataStart ? "it is cut short, copy or download it again" : "it is damaged, copy or download it again");
        }
    }

    private static void expect(boolean holds, JsonParser json, String expected) throws IOException {
        if (!holds) {
            String name = json.currentName();
            throw new Wrong((name == null ? "" : "at '" + name + "': ") + "expected " + expected + ", column "
                    + json.currentTokenLocation().getColumnNr());
        }
    }

    /** What is wrong with the header's contents. */
    private static final class Wrong extends RuntimeException {
        Wrong(String message) {
            super(message, null, false, false);
        }
    }
}
