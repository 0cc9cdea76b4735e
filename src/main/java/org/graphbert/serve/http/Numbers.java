package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * Whole numbers in nested JSON lists, as a tensor.
 *
 * @param shape from the outer list to the inner
 * @param data row-major
 */
record Numbers(int[] shape, int[] data) {

    private static final int MOST_LEVELS = 3;

    /** Reads a value at the parser's current token. */
    static Numbers read(JsonParser parser) throws IOException {
        return new Reader(parser).read();
    }

    /** Shapes as TF Serving prints them, such as [2,7]. */
    static String shown(int... shape) {
        return Arrays.toString(shape).replace(" ", "");
    }

    /** Reads one value; the first list of each level says how long the others of that level are. */
    private static final class Reader {

        private final JsonParser parser;
        private final int[] shape = new int[MOST_LEVELS];
        private int levels = -1;
        private int[] data = new int[128];
        private int count;

        private Reader(JsonParser parser) {
            this.parser = parser;
            Arrays.fill(shape, -1);
        }

        private Numbers read() throws IOException {
            value(0);
            return new Numbers(Arrays.copyOf(shape, levels), Arrays.copyOf(data, count));
        }

        private void value(int level) throws IOException {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.START_ARRAY) {
                list(level);
                return;
            }
            if (token != JsonToken.VALUE_NUMBER_INT || parser.getNumberType() != JsonParser.NumberType.INT) {
                throw new RestError(RestError.BAD_REQUEST, "JSON Value: %s Type: %s is not of expected type: int32",
                        shown(parser), type(token));
            }
            if (levels >= 0 && level != levels) {
                throw new RestError(RestError.BAD_REQUEST, "JSON Value: %s found at incorrect level: %d in the JSON DOM. "
                        + "Expected at level: %d", shown(parser), level, levels);
            }
            levels = level;
            if (count == data.length) {
                data = Arrays.copyOf(data, 2 * count);
            }
            data[count++] = parser.getIntValue();
        }

        private void list(int level) throws IOException {
            if (level == (levels < 0 ? MOST_LEVELS : levels)) {
                throw new RestError(RestError.BAD_REQUEST, "Encountered list at unexpected level: %d expected < %d", level,
                        levels < 0 ? MOST_LEVELS : levels);
            }
            int size = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value(level + 1);
                size++;
            }
            if (levels < 0) {
                // An empty list has no numbers to say at which level they stand.
                levels = level + 1;
            }
            if (shape[level] >= 0 && shape[level] != size) {
                throw new RestError(RestError.BAD_REQUEST, "Encountered list at unexpected size: %d at level: %d expected size: %d",
                        size, level, shape[level]);
            }
            shape[level] = size;
        }

        private static String shown(JsonParser parser) throws IOException {
            String text = parser.currentToken() == JsonToken.START_OBJECT ? "{...}" : parser.getText();
            String start = text == null || text.length() <= 40 ? text : text.substring(0, 40) + "...";
            return parser.currentToken() == JsonToken.VALUE_STRING ? '"' + start + '"' : start;
        }

        private static String type(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> "Object";
                case VALUE_STRING -> "String";
                case VALUE_TRUE -> "True";
                case VALUE_FALSE -> "False";
                case VALUE_NULL -> "Null";
                default -> "Number";
            };
        }
    }
}
