package org.graphbert.train;

import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;

/**
 * A variable that training changes, and how.
 *
 * @param rateFactor times the learning rate; above 0
 * @param weightDecay 0 for none
 */
public record Learned(Variable variable, double rateFactor, double weightDecay) {

    /** The same in a copy of the graph. */
    Learned in(Variables copies) {
        return new Learned(copies.get(variable.name()), rateFactor, weightDecay);
    }
}
