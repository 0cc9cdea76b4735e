package org.graphbert.serve.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.serve.Call;
import org.graphbert.serve.ServedModel;
import org.graphbert.serve.Values;

/** What a model answers to a method of its path. */
final class Answers {

    /** Of one answer: as text they are some 50 MB. */
    private static final long MOST_NUMBERS = 4L << 20;
    private static final String PREDICT = "predict";
    private static final String DEFAULT = "serving_default";

    private Answers() {}

    /** The method as the metrics name it, so that there are only so many; null if it is none. */
    static String known(String method) {
        return methods().contains(method) ? method : null;
    }

    static List<String> methods() {
        return Stream.concat(Stream.of(PREDICT), Stream.of(TextQuestion.values()).map(TextQuestion::toString)).toList();
    }

    /**
     * Answers a request.
     *
     * @throws RestError if it is not as it should be
     * @throws Failure (usage) if the model has no answer to it
     */
    static Reply of(ServedModel model, String method, byte[] body) {
        return method.equals(PREDICT)
                ? predict(model, PredictBody.read(body))
                : TextQuestion.valueOf(method.toUpperCase(Locale.ROOT)).answer(model, body);
    }

    private static Reply predict(ServedModel model, PredictBody body) {
        String signature = body.signature().isEmpty() ? DEFAULT : body.signature();
        Set<String> inputs = model.loaded().inputs(signature);
        Call call = body.call(signature, inputs);
        long numbers = model.loaded().answerSize(call);
        if (numbers > MOST_NUMBERS) {
            throw Failure.usage("the answer would have %,d numbers, more than the %,d that go back at once; ask for fewer rows, "
                    + "or fewer masked positions", numbers, MOST_NUMBERS);
        }
        Map<String, Values> outputs = model.call(call);
        return PredictAnswer.of(body.byRow(), outputs);
    }
}
