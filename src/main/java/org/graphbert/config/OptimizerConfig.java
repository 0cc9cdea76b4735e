package org.graphbert.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How the weights follow their gradients.
 *
 * @param optimizer adamw, lamb, adafactor or sgd
 * @param learningRate the peak; null for the recipe of the model's size
 * @param warmupSteps null for warmupRatio, or where that is null too for min(10,000, 10% of the steps)
 * @param warmupRatio the warm-up as a share of the steps; not together with warmupSteps
 * @param schedule linear, cosine, polynomial, constant, inverse_sqrt or wsd (warm-up, stable, decay)
 * @param schedulePower of the polynomial
 * @param endLearningRate where linear, cosine, polynomial and wsd end
 * @param decayRatio the share of the steps in which wsd decays
 * @param weightDecay of the weights that decay
 * @param clipNorm the largest global norm of the gradients
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param momentum of sgd
 * @param biasCorrection Adam's, which the reference leaves out; null for the optimiser's own way
 * @param layerDecay each layer's learning rate is so many times that of the layer above; 1 for none
 * @param variableRules learning rates and decays of variables by their names; the first that matches holds; null for none
 */
public record OptimizerConfig(
        String optimizer,
        Double learningRate,
        Long warmupSteps,
        Double warmupRatio,
        String schedule,
        double schedulePower,
        double endLearningRate,
        double decayRatio,
        double weightDecay,
        double clipNorm,
        double beta1,
        double beta2,
        double epsilon,
        double momentum,
        Boolean biasCorrection,
        double layerDecay,
        List<VariableRule> variableRules) {

    /** An optimiser under what holds where a run says nothing. */
    public static OptimizerConfig of(String optimizer) {
        ObjectNode keys = RunConfig.defaults().retain(Keys.of(OptimizerConfig.class));
        return Json.convert(keys.put("optimizer", optimizer), OptimizerConfig.class);
    }

    public OptimizerConfig {
        if (warmupSteps != null && warmupRatio != null) {
            throw Failure.usage("two warm-ups: warmup_steps is %d and warmup_ratio is %s; set one of them", warmupSteps, warmupRatio);
        }
        if (warmupRatio != null) {
            Bounds.probability("warmup_ratio", warmupRatio);
        }
        Bounds.probability("decay_ratio", decayRatio);
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw Failure.usage("weight_decay is %s, expected a finite number from 0", weightDecay);
        }
        if (!(clipNorm > 0)) {
            throw Failure.usage("clip_norm is %s, expected a number above 0", clipNorm);
        }
        if (!(layerDecay > 0 && layerDecay <= 1)) {
            throw Failure.usage("layer_decay is %s, expected more than 0 and at most 1", layerDecay);
        }
        // NVIDIA's LAMB corrects the bias of its moments, google-research/bert's AdamW does not.
        biasCorrection = biasCorrection == null ? Boolean.valueOf(optimizer.equals("lamb")) : biasCorrection;
        variableRules = variableRules == null ? null : List.copyOf(variableRules);
    }

    /** The same with another peak, schedule and warm-up. */
    OptimizerConfig scheduled(Double peak, String name, Long warmup, Double ratio) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        node.put("learning_rate", peak).put("schedule", name).put("warmup_steps", warmup).put("warmup_ratio", ratio);
        return Json.convert(node, OptimizerConfig.class);
    }

    /** The same with nothing left open of its schedule; the warm-up is in steps, or where time is counted a share of it. */
    public OptimizerConfig resolved(double peak, Long warmup, Double ratio) {
        return scheduled(peak, schedule, warmup, ratio);
    }
}
