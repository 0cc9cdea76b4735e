package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import org.graphbert.serve.Values;

/**
 * TF Serving's answer to predict: {@code {"predictions": [...]}} to instances, a row each, and {@code {"outputs": ...}} to
 * inputs; a signature's only output stands there without its name.
 */
final class PredictAnswer {

    private PredictAnswer() {}

    static Reply of(boolean byRow, Map<String, Values> outputs) {
        return Reply.json(json -> {
            json.writeStartObject();
            if (byRow) {
                byRow(json, outputs);
            } else {
                byColumn(json, outputs);
            }
            json.writeEndObject();
        });
    }

    private static void byRow(JsonGenerator json, Map<String, Values> outputs) throws IOException {
        json.writeArrayFieldStart("predictions");
        int rows = outputs.values().iterator().next().shape()[0];
        for (int row = 0; row < rows; row++) {
            if (outputs.size() == 1) {
                row(json, outputs.values().iterator().next(), row);
            } else {
                json.writeStartObject();
                for (Map.Entry<String, Values> output : outputs.entrySet()) {
                    json.writeFieldName(output.getKey());
                    row(json, output.getValue(), row);
                }
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void byColumn(JsonGenerator json, Map<String, Values> outputs) throws IOException {
        json.writeFieldName("outputs");
        if (outputs.size() == 1) {
            value(json, outputs.values().iterator().next(), 0, 0);
            return;
        }
        json.writeStartObject();
        for (Map.Entry<String, Values> output : outputs.entrySet()) {
            json.writeFieldName(output.getKey());
            value(json, output.getValue(), 0, 0);
        }
        json.writeEndObject();
    }

    private static void row(JsonGenerator json, Values values, int row) throws IOException {
        value(json, values, 1, row * values.rowSize());
    }

    /** Writes what stands behind a place, from a level of the shape on; returns where the next begins. */
    private static int value(JsonGenerator json, Values values, int level, int from) throws IOException {
        if (level == values.shape().length) {
            json.writeNumber(values.data()[from]);
            return from + 1;
        }
        int at = from;
        json.writeStartArray();
        for (int i = 0; i < values.shape()[level]; i++) {
            at = value(json, values, level + 1, at);
        }
        json.writeEndArray();
        return at;
    }
}
