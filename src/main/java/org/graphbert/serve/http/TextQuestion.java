package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.graphbert.config.Json;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Predictions.Filling;
import org.graphbert.serve.ExportFacts;
import org.graphbert.serve.LoadedModel;
import org.graphbert.serve.ServedModel;

/** The questions in words: {@code POST /v1/models/NAME:fill_mask} and so on, text in, answer out. */
enum TextQuestion {
    /** {@code {"text": "The sky is [MASK].", "top_k": 5}}: the likeliest tokens for each [MASK]. */
    FILL_MASK(Set.of("text", "top_k")) {
        @Override
        boolean suits(LoadedModel model) {
            return model.signatures().containsKey("masked_lm");
        }

        @Override
        Reply answer(ServedModel model, ObjectNode body) {
            JsonNode count = body.path("top_k");
            if (!count.isMissingNode() && (!count.isInt() || count.intValue() < 1 || count.intValue() > MOST_TOKENS)) {
                throw new RestError(RestError.BAD_REQUEST, "top_k is %s, expected 1 to %d", count, MOST_TOKENS);
            }
            List<List<Filling>> masks = model.fillMask(text(body, "text"), count.asInt(TOKENS));
            return Reply.json(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("masks");
                for (List<Filling> mask : masks) {
                    json.writeStartArray();
                    for (Filling filling : mask) {
                        json.writeStartObject();
                        json.writeStringField("token", filling.token());
                        json.writeStringField("word", filling.word());
                        json.writeNumberField("probability", filling.probability());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }
    },
    /** {@code {"first": ..., "second": ...}}: whether the second follows the first; or, of sentence order, in order. */
    NEXT_SENTENCE(Set.of("first", "second")) {
        @Override
        boolean suits(LoadedModel model) {
            return model.signatures().containsKey("next_sentence") && model.facts().pairTask() != PairTask.NONE;
        }

        @Override
        Reply answer(ServedModel model, ObjectNode body) {
            double probability = model.nextSentence(text(body, "first"), text(body, "second"));
            List<String> labels = model.pairTask().labels();
            return Reply.json(json -> {
                json.writeStartObject();
                json.writeStringField("label", labels.get(probability >= HALF ? 0 : 1));
                json.writeArrayFieldStart("labels");
                label(json, labels.get(0), probability);
                label(json, labels.get(1), 1 - probability);
                json.writeEndArray();
                json.writeEndObject();
            });
        }
    },
    /** {@code {"text": ...}}, or with "pair": the labels of a text or a pair; of a head of numbers, its number. */
    CLASSIFY(Set.of("text", "pair")) {
        @Override
        boolean suits(LoadedModel model) {
            return model.facts().head() == ExportFacts.Head.CLASSIFY || model.facts().head() == ExportFacts.Head.REGRESS;
        }

        @Override
        Reply answer(ServedModel model, ObjectNode body) {
            if (model.loaded().facts().head() == ExportFacts.Head.REGRESS) {
                double value = body.has("pair") ? model.regress(text(body, "text"), text(body, "pair")) : model.regress(text(body, "text"));
                return Reply.json(json -> {
                    json.writeStartObject();
                    json.writeNumberField("value", value);
                    json.writeEndObject();
                });
            }
            List<ServedModel.Label> labels = body.has("pair")
                    ? model.classify(text(body, "text"), text(body, "pair")) : model.classify(text(body, "text"));
            return Reply.json(json -> {
                json.writeStartObject();
                json.writeStringField("label", labels.get(0).label());
                json.writeArrayFieldStart("labels");
                for (ServedModel.Label label : labels) {
                    label(json, label.label(), label.probability());
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }
    },
    /** {@code {"text": ..., "pooling": "mean"}}: a vector; pooling is mean, cls or pooled. */
    EMBED(Set.of("text", "pooling")) {
        @Override
        boolean suits(LoadedModel model) {
            return model.signatures().containsKey("features");
        }

        @Override
        Reply answer(ServedModel model, ObjectNode body) {
            String asked = body.has("pooling") ? text(body, "pooling") : "mean";
            ServedModel.Pooling pooling = Stream.of(ServedModel.Pooling.values())
                    .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(asked))
                    .findFirst()
                    .orElseThrow(() -> new RestError(RestError.BAD_REQUEST, "pooling is '%s', expected mean, cls or pooled", shown(asked)));
            float[] vector = model.embed(text(body, "text"), pooling);
            return Reply.json(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("vector");
                for (float number : vector) {
                    json.writeNumber(number);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }
    };

    private static final int TOKENS = 5;
    private static final int MOST_TOKENS = 1000;
    private static final double HALF = 0.5;
    private static final int SHOWN = 40;

    private final Set<String> keys;

    TextQuestion(Set<String> keys) {
        this.keys = keys;
    }

    /** Whether a model can answer it. */
    abstract boolean suits(LoadedModel model);

    abstract Reply answer(ServedModel model, ObjectNode body);

    /**
     * Reads a body and answers it.
     *
     * @throws RestError (400) if it is no JSON object of the question's keys
     * @throws org.graphbert.config.Failure if the model cannot answer it
     */
    Reply answer(ServedModel model, byte[] body) {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw PredictBody.parseError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new RestError(RestError.BAD_REQUEST, "the body is no JSON object; expected one with %s",
                    String.join(", ", keys.stream().sorted().toList()));
        }
        Json.requireKnown(this, object, keys);
        return answer(model, object);
    }

    private static String text(ObjectNode body, String key) {
        JsonNode node = body.get(key);
        if (node == null) {
            throw new RestError(RestError.BAD_REQUEST, "found no \"%s\"; expected a text", key);
        }
        if (!node.isTextual()) {
            throw new RestError(RestError.BAD_REQUEST, "\"%s\" is %s, expected a text", key, shown(node.toString()));
        }
        return node.textValue();
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    private static void label(JsonGenerator json, String label, double probability) throws IOException {
        json.writeStartObject();
        json.writeStringField("label", label);
        json.writeNumberField("probability", probability);
        json.writeEndObject();
    }

    /** As it stands in the path. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
