package org.graphbert.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.graphbert.config.Batch;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.types.TFloat32;

/** Finds where a step stopped being finite. */
final class FirstNonFinite {

    private FirstNonFinite() {}

    /**
     * The first variable, in the order of the graph, whose weights are not finite.
     *
     * @param step its number, from 0
     */
    static Optional<String> of(TrainingSession session, long step, List<Batch> microBatches) {
        return session.graph().variables().trainable().stream()
                .filter(variable -> !finite(session, variable))
                .map(variable -> "the weights of " + variable.name())
                .findFirst();
    }

    private static boolean finite(TrainingSession session, Variable variable) {
        try (TFloat32 values = session.read(variable.floats())) {
            return StreamSupport.stream(values.scalars().spliterator(), false).allMatch(v -> Float.isFinite(v.getFloat()));
        }
    }
}
