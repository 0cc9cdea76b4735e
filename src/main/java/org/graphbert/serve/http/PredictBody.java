package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.graphbert.config.JsonReason;
import org.graphbert.serve.Call;

/**
 * The body of TF Serving's predict: {@code {"signature_name": ..., "instances": [{...}, ...]}}, a row each, or {@code
 * {"signature_name": ..., "inputs": {...}}}, a batch each. Refused in TF Serving's words.
 *
 * @param signature empty for the default
 * @param byRow whether it came as instances, and is answered so
 * @param inputs by name, with the batch as first size
 */
record PredictBody(String signature, boolean byRow, Map<String, Numbers> inputs) {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final int LONGEST_NAME = 256;

    /**
     * Reads a body.
     *
     * @throws RestError (400) if it is no JSON, or not of this form
     */
    static PredictBody read(byte[] body) {
        if (body.length == 0) {
            throw new RestError(RestError.BAD_REQUEST, "JSON Parse error: The document is empty");
        }
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new RestError(RestError.BAD_REQUEST, "JSON Value: Is not object; expected {\"instances\": [...]} or {\"inputs\": {...}}");
            }
            String signature = "";
            Map<String, Numbers> rows = null;
            Map<String, Numbers> columns = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "signature_name" -> signature = name(parser);
                    case "instances" -> rows = instances(parser);
                    case "inputs" -> columns = columns(parser);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new RestError(RestError.BAD_REQUEST, "JSON Parse error: The document root must not be followed by other values");
            }
            if (rows != null && columns != null) {
                throw new RestError(RestError.BAD_REQUEST, "JSON Value: Not formatted correctly expecting only one of 'inputs' or "
                        + "'instances' keys to exist ");
            }
            if (rows == null && columns == null) {
                throw new RestError(RestError.BAD_REQUEST, "Missing 'inputs' or 'instances' key");
            }
            return new PredictBody(signature, rows != null, rows != null ? rows : columns);
        } catch (JsonProcessingException e) {
            throw parseError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with a body that is no JSON. */
    static RestError parseError(JsonProcessingException e) {
        return new RestError(RestError.BAD_REQUEST, "JSON Parse error: %s%s", JsonReason.of(e), JsonReason.place(e));
    }

    private static String name(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getTextLength() > LONGEST_NAME) {
            throw new RestError(RestError.BAD_REQUEST, "JSON Value: not formatted correctly. 'signature_name' key must be a string value.");
        }
        return parser.getText();
    }

    private static Map<String, Numbers> columns(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new RestError(RestError.BAD_REQUEST, "inputs is a plain value/list, but expecting an object as multiple input "
                    + "tensors required as per tensorinfo_map");
        }
        Map<String, Numbers> columns = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            columns.put(name, Numbers.read(parser));
        }
        return columns;
    }

    private static Map<String, Numbers> instances(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new RestError(RestError.BAD_REQUEST, "JSON Value: Expecting 'instances' to be an list/array");
        }
        Map<String, List<Numbers>> rows = new LinkedHashMap<>();
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new RestError(RestError.BAD_REQUEST, "instances is a plain list, but expecting list of objects as multiple input "
                        + "tensors required as per tensorinfo_map");
            }
            Map<String, Numbers> row = columns(parser);
            if (count == 0) {
                row.keySet().forEach(name -> rows.put(name, new ArrayList<>()));
            }
            if (!row.keySet().equals(rows.keySet())) {
                throw new RestError(RestError.BAD_REQUEST, "Failed to process element: %d of 'instances' list. JSON object: %s keys must "
                        + "be equal to: %s", count, String.join(",", new TreeSet<>(row.keySet())),
                        String.join(",", new TreeSet<>(rows.keySet())));
            }
            row.forEach((name, value) -> rows.get(name).add(value));
            count++;
        }
        if (count == 0) {
            throw new RestError(RestError.BAD_REQUEST, "JSON Value: No values in 'instances' array");
        }
        Map<String, Numbers> stacked = new LinkedHashMap<>();
        rows.forEach((name, values) -> stacked.put(name, stacked(values)));
        return stacked;
    }

    private static Numbers stacked(List<Numbers> rows) {
        int[] shape = rows.get(0).shape();
        int size = rows.get(0).data().length;
        int[] data = new int[rows.size() * size];
        for (int i = 0; i < rows.size(); i++) {
            Numbers row = rows.get(i);
            if (row.data().length != size) {
                throw new RestError(RestError.BAD_REQUEST, "Expecting tensor size: %d but got: %d", size, row.data().length);
            }
            if (!Arrays.equals(row.shape(), shape)) {
                throw new RestError(RestError.BAD_REQUEST, "Expecting shape %s but got: %s", Numbers.shown(shape), Numbers.shown(row.shape()));
            }
            System.arraycopy(row.data(), 0, data, i * size, size);
        }
        int[] whole = new int[shape.length + 1];
        whole[0] = rows.size();
        System.arraycopy(shape, 0, whole, 1, shape.length);
        return new Numbers(whole, data);
    }

    /**
     * The call that it asks for.
     *
     * @param name of the signature
     * @param required the inputs of the signature
     * @throws RestError (400) if an input is missing or beyond those, or their sizes do not fit
     */
    Call call(String name, Set<String> required) {
        for (String input : required) {
            if (!inputs.containsKey(input)) {
                throw byRow
                        ? new RestError(RestError.BAD_REQUEST, "Failed to process element: 0 of 'instances' list. JSON object: %s keys "
                                + "must be equal to: %s", String.join(",", new TreeSet<>(inputs.keySet())),
                                String.join(",", new TreeSet<>(required)))
                        : new RestError(RestError.BAD_REQUEST, "Missing named input: %s in 'inputs' object.", input);
            }
        }
        for (String input : inputs.keySet()) {
            if (!required.contains(input)) {
                throw new RestError(RestError.BAD_REQUEST, "Unexpected named input: %s in '%s'; signature '%s' takes %s", input,
                        byRow ? "instances" : "inputs", name, String.join(", ", new TreeSet<>(required)));
            }
        }
        int[] tokens = inputs.get("input_ids").shape();
        int[] positions = inputs.containsKey("masked_lm_positions") ? inputs.get("masked_lm_positions").shape() : null;
        Map<String, int[]> values = new LinkedHashMap<>();
        inputs.forEach((input, numbers) -> {
            int[] shape = numbers.shape();
            boolean fits = shape.length == 2 && tokens.length == 2 && shape[0] == tokens[0]
                    && (shape == positions || shape[1] == tokens[1]);
            if (!fits) {
                throw new RestError(RestError.BAD_REQUEST, "%s: expecting shape %s but got: %s", input,
                        tokens.length != 2 ? "[batch,length]"
                                : shape == positions ? "[" + tokens[0] + ",predictions]" : Numbers.shown(tokens),
                        Numbers.shown(shape));
            }
            values.put(input, numbers.data());
        });
        return new Call(name, tokens[0], tokens[1], positions == null ? 0 : positions[1], values);
    }
}
