package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.VariableRule;
import org.graphbert.graph.Variables.Variable;

/**
 * What holds for each variable: its factor of the learning rate, by its layer and by the first rule that its name matches,
 * and its weight decay. A factor of 0 freezes a variable: then it has no slots, and no gradient is computed for it alone.
 */
final class LearningRules {

    /** Layers of their own, or groups of layers that share theirs. */
    private static final Pattern LAYER = Pattern.compile("^bert/encoder/(?:layer|group)_(\\d+)/");
    /** What comes before the first layer: the tables, their LayerNorm, and a factorised table's way to the hidden size. */
    private static final Pattern EMBEDDINGS = Pattern.compile("^bert/(?:embeddings|encoder/embedding_hidden_mapping_in)/");

    private LearningRules() {}

    static List<Learned> of(Optimisation optimisation, ModelConfig model, List<Variable> trainable) {
        optimisation.rules().forEach(rule -> requireMatch(rule, trainable));
        List<Learned> learned = new ArrayList<>();
        for (Variable variable : trainable) {
            Optional<VariableRule> rule = optimisation.rules().stream()
                    .filter(r -> matches(r, variable))
                    .findFirst();
            double factor = rule.map(VariableRule::learningRate).orElse(1.0)
                    * byLayer(optimisation.layerDecay(), model, variable.name());
            double decay = rule.map(VariableRule::weightDecay)
                    .orElse(variable.decayed() ? optimisation.optimiser().weightDecay() : 0);
            if (factor > 0) {
                learned.add(new Learned(variable, factor, decay));
            }
        }
        if (learned.isEmpty()) {
            throw Failure.usage("variable_rules freeze all %d variables; expected one at least that learns", trainable.size());
        }
        return learned;
    }

    /**
     * Layer-wise decay as BEiT has it (Bao et al. 2022; ELECTRA's is the same but for a constant): of L layers the i-th, from
     * 0, learns at dᴸ⁻ⁱ times the rate, the embeddings at dᴸ⁺¹, and what follows the last layer at the rate itself.
     */
    static double byLayer(double decay, ModelConfig model, String name) {
        Integer groups = model.options().hiddenGroups();
        int layers = groups == null ? model.numHiddenLayers() : groups;
        Matcher layer = LAYER.matcher(name);
        if (layer.find()) {
            return Math.pow(decay, layers - Integer.parseInt(layer.group(1)));
        }
        return EMBEDDINGS.matcher(name).find() ? Math.pow(decay, layers + 1) : 1;
    }

    private static boolean matches(VariableRule rule, Variable variable) {
        return Pattern.compile(rule.pattern()).matcher(variable.name()).find();
    }

    private static void requireMatch(VariableRule rule, List<Variable> trainable) {
        if (trainable.stream().noneMatch(variable -> matches(rule, variable))) {
            String near = trainable.stream()
                    .map(Variable::name)
                    .min(Comparator.comparingInt(name -> distance(rule.pattern(), name)))
                    .orElseThrow();
            throw Failure.usage("variable_rules: pattern '%s' is found in none of the %d variables' names, of which the nearest "
                    + "is %s; correct it or take it out", rule.pattern(), trainable.size(), near);
        }
    }

    /** The fewest changes of letters by which a text becomes some part of another. */
    private static int distance(String text, String whole) {
        int[] row = new int[whole.length() + 1];
        for (int i = 1; i <= text.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= whole.length(); j++) {
                int replaced = diagonal + (text.charAt(i - 1) == whole.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return Arrays.stream(row).min().orElseThrow();
    }
}
