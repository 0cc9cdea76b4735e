package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.graphbert.evaluate.Predictions.Filling;
import org.graphbert.serve.ExportFacts;
import org.graphbert.serve.ServedModel;

/**
 * The questions in words: {@code POST /v1/models/NAME:fill_mask} and so on, text in, answer out. Each takes one, or many as
 * {@code {"instances": [{...}, ...]}}, which is answered with {@code {"predictions": [...]}}.
 */
enum TextQuestion {
    /** {@code {"text": "The sky is [MASK].", "top_k": 5}}: the likeliest tokens for each [MASK]. */
    FILL_MASK(Set.of("text"), Set.of("top_k")) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            JsonNode count = body.options().path("top_k");
            if (!count.isMissingNode() && (!count.isInt() || count.intValue() < 1 || count.intValue() > MOST_TOKENS)) {
                throw new RestError(RestError.BAD_REQUEST, "top_k is %s, expected 1 to %d", TextBody.shown(count.toString()), MOST_TOKENS);
            }
            List<String> texts = body.texts("text");
            long fillings = count.asLong(TOKENS) * texts.stream().mapToLong(text -> text.split("\\[MASK]", -1).length - 1).sum();
            if (fillings > MOST_FILLINGS) {
                throw new RestError(RestError.BAD_REQUEST, "the answer would have %,d tokens, more than the %,d that go back at once; ask "
                        + "for a smaller top_k, or in parts", fillings, MOST_FILLINGS);
            }
            return model.fillMask(texts, count.asInt(TOKENS)).stream().map(TextQuestion::filled).toList();
        }
    },
    /** {@code {"first": ..., "second": ...}}: whether the second follows the first; or, of sentence order, in order. */
    NEXT_SENTENCE(Set.of("first", "second"), Set.of()) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            List<String> labels = model.pairTask().labels();
            double[] probabilities = model.nextSentence(body.pairs("first", "second", false));
            return Arrays.stream(probabilities).<Reply.Writing>mapToObj(probability -> json -> {
                json.writeStartObject();
                json.writeStringField("label", labels.get(probability >= HALF ? 0 : 1));
                json.writeArrayFieldStart("labels");
                likely(json, "label", labels.get(0), probability);
                likely(json, "label", labels.get(1), 1 - probability);
                json.writeEndArray();
                json.writeEndObject();
            }).toList();
        }
    },
    /** {@code {"text": ...}}, or with "pair": the labels of a text or a pair; of a head of numbers, its number. */
    CLASSIFY(Set.of("text", "pair"), Set.of()) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            List<List<String>> texts = body.pairs("text", "pair", true);
            BitSet cut = new BitSet();
            if (model.loaded().facts().head() == ExportFacts.Head.REGRESS) {
                double[] values = model.regress(texts, cut::set);
                return IntStream.range(0, values.length).<Reply.Writing>mapToObj(i -> json -> {
                    json.writeStartObject();
                    json.writeNumberField("value", values[i]);
                    writeCut(json, cut.get(i));
                    json.writeEndObject();
                }).toList();
            }
            List<List<ServedModel.Label>> all = model.classify(texts, cut::set);
            return IntStream.range(0, all.size()).<Reply.Writing>mapToObj(i -> json -> {
                json.writeStartObject();
                json.writeStringField("label", all.get(i).get(0).label());
                json.writeArrayFieldStart("labels");
                for (ServedModel.Label label : all.get(i)) {
                    likely(json, "label", label.label(), label.probability());
                }
                json.writeEndArray();
                writeCut(json, cut.get(i));
                json.writeEndObject();
            }).toList();
        }
    },
    /** {@code {"text": "Ann lives in Rome ."}}: a tag for each word; the words have spaces between them. */
    TAG(Set.of("text"), Set.of()) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            return model.tag(body.texts("text")).stream().<Reply.Writing>map(words -> json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("words");
                for (ServedModel.TaggedWord word : words) {
                    json.writeStartObject();
                    json.writeStringField("word", word.word());
                    json.writeStringField("tag", word.tag());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }).toList();
        }
    },
    /** {@code {"question": ..., "text": ...}}: the answer out of the text, empty if there is none, and the best few. */
    ANSWER(Set.of("question", "text"), Set.of()) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            return model.answer(body.pairs("question", "text", false)).stream().<Reply.Writing>map(answer -> json -> {
                json.writeStartObject();
                json.writeStringField("answer", answer.text());
                json.writeArrayFieldStart("answers");
                for (ServedModel.Candidate candidate : answer.best()) {
                    likely(json, "text", candidate.text(), candidate.probability());
                }
                json.writeEndArray();
                json.writeEndObject();
            }).toList();
        }
    },
    /** {@code {"text": ..., "pooling": "mean"}}: a vector; pooling is mean, cls or pooled. */
    EMBED(Set.of("text"), Set.of("pooling")) {
        @Override
        List<Reply.Writing> answers(ServedModel model, TextBody body) {
            String asked = body.options().has("pooling") ? TextBody.text(body.options(), "pooling") : "mean";
            ServedModel.Pooling pooling = Stream.of(ServedModel.Pooling.values())
                    .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(asked))
                    .findFirst()
                    .orElseThrow(() -> new RestError(
                            RestError.BAD_REQUEST, "pooling is '%s', expected mean, cls or pooled", TextBody.shown(asked)));
            return model.embed(body.texts("text"), pooling).stream().<Reply.Writing>map(vector -> json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("vector");
                for (float number : vector) {
                    json.writeNumber(number);
                }
                json.writeEndArray();
                json.writeEndObject();
            }).toList();
        }
    };

    private static final int TOKENS = 5;
    private static final int MOST_TOKENS = 1000;
    private static final long MOST_FILLINGS = 200_000;
    private static final double HALF = 0.5;

    private final Set<String> texts;
    private final Set<String> options;

    TextQuestion(Set<String> texts, Set<String> options) {
        this.texts = texts;
        this.options = options;
    }

    /** An answer to each instance. */
    abstract List<Reply.Writing> answers(ServedModel model, TextBody body);

    /**
     * Reads a body and answers it.
     *
     * @throws RestError (400) if it is no JSON object of the question's keys
     * @throws org.graphbert.config.Failure if the model cannot answer it
     */
    Reply answer(ServedModel model, byte[] content) {
        TextBody body = TextBody.read(content, this, texts, options);
        List<Reply.Writing> answers = answers(model, body);
        return Reply.json(json -> {
            if (!body.listed()) {
                answers.get(0).to(json);
                return;
            }
            json.writeStartObject();
            json.writeArrayFieldStart("predictions");
            for (Reply.Writing answer : answers) {
                answer.to(json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static Reply.Writing filled(List<List<Filling>> masks) {
        return json -> {
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
        };
    }

    /** That the end of a text was not read, where it was not. */
    private static void writeCut(JsonGenerator json, boolean cut) throws IOException {
        if (cut) {
            json.writeBooleanField("cut", true);
        }
    }

    private static void likely(JsonGenerator json, String key, String text, double probability) throws IOException {
        json.writeStartObject();
        json.writeStringField(key, text);
        json.writeNumberField("probability", probability);
        json.writeEndObject();
    }

    /** As it stands in the path. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
