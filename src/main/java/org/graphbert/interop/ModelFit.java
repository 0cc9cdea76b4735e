package org.graphbert.interop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.graphbert.config.Failure;

/**
 * A model from elsewhere against the variables that its configuration asks for.
 *
 * @param heads the variables of whole heads that its layout does not have
 * @param missing other variables that it lacks
 * @param misshapen variables whose shape is another, with both shapes
 * @param extra tensors and variables that no such model has
 * @param fitting the variables to be taken from it
 */
public record ModelFit(
        List<String> heads, List<String> missing, List<Misshapen> misshapen, List<String> extra, List<String> fitting) {

    /** What stands on the encoder: a layout has all of it or nothing. */
    private static final String POOLER = "bert/pooler/";
    private static final String MASKED_LM_HEAD = "cls/predictions/";
    private static final String PAIR_HEAD = "cls/seq_relationship/";

    private static final int NAMES_SHOWN = 3;

    /** A variable of another shape than the configuration's. */
    public record Misshapen(String name, List<Long> found, List<Long> expected) {

        @Override
        public String toString() {
            return name + " " + found + " instead of " + expected;
        }
    }

    /**
     * Compares.
     *
     * @param expected the shapes of the model's variables, by name
     * @throws Failure (data) if nothing in it is a variable of BERT
     */
    public static ModelFit of(Map<String, List<Long>> expected, ForeignModel model) {
        Map<String, List<Long>> found = model.variables();
        List<String> named = new ArrayList<>(found.keySet());
        named.addAll(model.unknown());
        requireBert(model.where(), named, expected::containsKey);
        List<String> heads = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Misshapen> misshapen = new ArrayList<>();
        List<String> fitting = new ArrayList<>();
        expected.forEach((name, shape) -> {
            if (!found.containsKey(name)) {
                (ofLackingHead(name, found.keySet()) ? heads : missing).add(name);
            } else if (!found.get(name).equals(shape)) {
                misshapen.add(new Misshapen(name, found.get(name), shape));
            } else {
                fitting.add(name);
            }
        });
        List<String> extra = new ArrayList<>(found.keySet().stream().filter(name -> !expected.containsKey(name)).sorted().toList());
        extra.addAll(model.unknown());
        return new ModelFit(heads, missing, misshapen, extra, fitting);
    }

    /**
     * Refuses what has nothing of BERT in it.
     *
     * @param names of all of its tensors
     */
    static void requireBert(String where, Collection<String> names, Predicate<String> ofBert) {
        if (names.stream().noneMatch(ofBert)) {
            List<String> sorted = names.stream().sorted().limit(NAMES_SHOWN).toList();
            throw Failure.data("%s: none of its %d tensors (%s%s) is a variable of BERT's; expected a BERT encoder's, such as "
                            + "embeddings.word_embeddings.weight",
                    where, names.size(), String.join(", ", sorted), names.size() > NAMES_SHOWN ? ", ..." : "");
        }
    }

    /** A pair head without its pooler is no layout. */
    private static boolean ofLackingHead(String name, Collection<String> found) {
        for (String head : List.of(POOLER, MASKED_LM_HEAD, PAIR_HEAD)) {
            if (name.startsWith(head)) {
                return lacks(head, found) && (!head.equals(POOLER) || lacks(PAIR_HEAD, found));
            }
        }
        return false;
    }

    private static boolean lacks(String head, Collection<String> found) {
        return found.stream().noneMatch(name -> name.startsWith(head));
    }

    /** Whether the model is of a known layout, and all of it fits. */
    public boolean total() {
        return missing.isEmpty() && misshapen.isEmpty() && extra.isEmpty();
    }

    /** All that does not fit, in one line. */
    public String problems() {
        List<String> problems = new ArrayList<>();
        add(problems, "of another shape", misshapen.stream().map(Misshapen::toString).toList());
        add(problems, "missing", missing);
        add(problems, "extra", extra);
        return String.join("; ", problems);
    }

    private static void add(List<String> problems, String what, List<String> names) {
        if (!names.isEmpty()) {
            problems.add(names.size() + " " + what + ": " + NumberedNames.join(names));
        }
    }

    /** The variables that have to be initialised: of heads, missing, or of another shape. */
    public List<String> initialised() {
        List<String> all = new ArrayList<>(heads);
        all.addAll(missing);
        misshapen.forEach(variable -> all.add(variable.name()));
        return all;
    }

    /** The same as one line's text. */
    public String initialisedNames() {
        return NumberedNames.join(initialised());
    }

    /** What is left out, as one line's text. */
    public String extraNames() {
        return NumberedNames.join(extra);
    }
}
