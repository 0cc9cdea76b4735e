package org.graphbert.train;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.config.VariableRule;
import org.graphbert.graph.Variables.Variable;

/**
 * What becomes of the gradients of a step.
 *
 * @param clipNorm the largest global norm that they are clipped to
 * @param layerDecay each layer's learning rate is so many times that of the layer above
 * @param rules of variables by their names; the first that matches holds
 */
public record Optimisation(Optimiser optimiser, double clipNorm, double layerDecay, List<VariableRule> rules) {

    /** As google-research/bert has it. */
    public static Optimisation reference() {
        return new Optimisation(AdamW.reference(), 1.0, 1.0, List.of());
    }

    /** An optimiser of that name, with the constants of a run that names none. */
    public static Optimisation of(String optimizer) {
        return of(OptimizerConfig.of(optimizer));
    }

    static Optimisation of(OptimizerConfig config) {
        return new Optimisation(Optimiser.of(config), config.clipNorm(), config.layerDecay(),
                config.variableRules() == null ? List.of() : config.variableRules());
    }

    /**
     * The variables that learn, in their order, and how.
     *
     * @throws Failure (usage) if a rule matches none of the variables, or nothing is left to learn
     */
    List<Learned> learned(ModelConfig model, List<Variable> trainable) {
        return LearningRules.of(this, model, trainable);
    }
}
