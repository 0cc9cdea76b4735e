package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.graphbert.config.Json;
import org.graphbert.interop.VariableDiff.State;

/**
 * Which variables of two files differ, and by how much.
 *
 * @param a where the one lies
 * @param b where the other lies
 * @param identical how many variables are the same, bit for bit
 * @param equal how many are equal as numbers, but not bit for bit
 * @param differing how many have other values
 * @param mismatched how many have another shape or type
 * @param notCompared how many are of a type whose values are not read
 * @param onlyInA how many only the one has
 * @param onlyInB how many only the other has
 * @param notes what was left out or taken for granted, in sentences
 * @param variables all that were compared, by name
 */
@JsonPropertyOrder("kind")
public record TensorDiff(
        String a,
        String b,
        int identical,
        int equal,
        int differing,
        int mismatched,
        int notCompared,
        int onlyInA,
        int onlyInB,
        List<String> notes,
        List<VariableDiff> variables) {

    /**
     * Compares two files variable by variable; memory holds one variable of each. An optimiser's slots and the step count only
     * where both have them. Where the two have no name in common, Hugging Face's names are translated to google-research/bert's.
     *
     * @throws org.graphbert.config.Failure (data) if values are damaged
     */
    public static TensorDiff of(TensorFile a, TensorFile b) throws IOException {
        List<String> notes = new ArrayList<>();
        if (Collections.disjoint(a.entries().keySet(), b.entries().keySet())) {
            return of(translated("A", a, notes), translated("B", b, notes), notes);
        }
        return of(a, b, notes);
    }

    private static TensorFile translated(String letter, TensorFile file, List<String> notes) {
        Optional<TensorFile> translated = TranslatedNames.of(file);
        translated.ifPresent(names -> notes.add(letter
                + " has Hugging Face's names: compared under google-research/bert's, dense kernels transposed"));
        return translated.orElse(file);
    }

    private static TensorDiff of(TensorFile a, TensorFile b, List<String> notes) throws IOException {
        SortedSet<String> names = new TreeSet<>(a.entries().keySet());
        names.addAll(b.entries().keySet());
        leaveOut("slots of an optimiser", name -> OptimizerSlots.variableOf(name).isPresent(), a, b, names, notes);
        leaveOut("the step it was saved at", OptimizerSlots.STEP::equals, a, b, names, notes);
        List<VariableDiff> variables = new ArrayList<>();
        for (String name : names) {
            variables.add(VariableDiff.of(name, a, b));
        }
        return new TensorDiff(
                a.where(),
                b.where(),
                count(variables, State.IDENTICAL),
                count(variables, State.EQUAL),
                count(variables, State.DIFFERENT),
                count(variables, State.OTHER_SHAPE) + count(variables, State.OTHER_TYPE),
                count(variables, State.NOT_COMPARED),
                count(variables, State.ONLY_IN_A),
                count(variables, State.ONLY_IN_B),
                notes,
                variables);
    }

    /** Leaves out the state of a training that only one of the two has: a checkpoint to go on from against one to use. */
    private static void leaveOut(
            String what, Predicate<String> state, TensorFile a, TensorFile b, SortedSet<String> names, List<String> notes) {
        boolean inA = a.entries().keySet().stream().anyMatch(state);
        boolean inB = b.entries().keySet().stream().anyMatch(state);
        if (inA != inB) {
            long count = names.stream().filter(state).count();
            names.removeIf(state);
            notes.add(String.format(Locale.ROOT, "only %s has %s: %,d left out", inA ? "A" : "B", what, count));
        }
    }

    private static int count(List<VariableDiff> variables, State state) {
        return (int) variables.stream().filter(v -> v.state() == state).count();
    }

    @JsonProperty
    public String kind() {
        return "diff";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /**
     * As a table.
     *
     * @param all whether to list identical variables too
     */
    public String text(boolean all) {
        StringBuilder out = new StringBuilder();
        line(out, "A  %s", a);
        line(out, "B  %s", b);
        notes.forEach(note -> line(out, "note: %s", note));
        Table table = new Table("variable", "shape", ">different", ">max |a-b|", ">|a-b|/|a|", "");
        variables.stream().filter(v -> all || v.state() != State.IDENTICAL).forEach(v -> v.addTo(table));
        table.appendTo(out);
        line(out, "");
        line(out, "%s", summary());
        return out.toString();
    }

    /** The counts in a sentence. */
    public String summary() {
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, "%,d of %,d variables identical", identical, variables.size()));
        append(out, equal, "equal in other bits");
        append(out, differing, "differing");
        append(out, mismatched, "of other shape or type");
        append(out, notCompared, "not compared");
        append(out, onlyInA, "only in A");
        append(out, onlyInB, "only in B");
        return out.toString();
    }

    private static void append(StringBuilder out, int count, String what) {
        if (count > 0) {
            out.append(String.format(Locale.ROOT, ", %,d %s", count, what));
        }
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
