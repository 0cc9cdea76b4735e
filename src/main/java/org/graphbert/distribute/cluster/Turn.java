package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What all workers do next, as the chief decides. */
public sealed interface Turn {

    /**
     * The graph of a phase, with the chief's variables in it.
     *
     * @param phase of the run, from 1
     * @param begin the steps that are done when it begins
     * @param step the steps that are done by now
     */
    record Open(int phase, long begin, long step) implements Turn {

        @Override
        public ObjectNode toJson() {
            return Link.message(OPEN).put("phase", phase).put("begin", begin).put("step", step);
        }
    }

    /**
     * A step of that phase.
     *
     * @param step its number, from 0
     * @param rate the learning rate
     */
    record Step(long step, double rate) implements Turn {

        @Override
        public ObjectNode toJson() {
            return Link.message(STEP).put("step", step).put("rate", rate);
        }
    }

    /**
     * Nothing more: the run's state is saved.
     *
     * @param outcome a word of the chief's
     */
    record End(String outcome) implements Turn {

        @Override
        public ObjectNode toJson() {
            return Link.message(END).put("outcome", outcome);
        }
    }

    String OPEN = "open";
    String STEP = "step";
    String END = "end";

    /** As it is sent. */
    ObjectNode toJson();

    /** As it was sent. */
    static Turn of(JsonNode message) {
        return switch (message.path(Link.SAY).asText()) {
            case OPEN -> new Open(message.path("phase").asInt(), message.path("begin").asLong(), message.path("step").asLong());
            case STEP -> new Step(message.path("step").asLong(), message.path("rate").asDouble());
            default -> new End(message.path("outcome").asText());
        };
    }
}
