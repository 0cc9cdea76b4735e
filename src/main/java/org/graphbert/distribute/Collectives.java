package org.graphbert.distribute;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The sums of one graph over the replicas of its group, by TensorFlow's CollectiveReduceV2: a ring between CPUs, NCCL between
 * GPUs. Every replica is a copy of the same graph, so that the numbers by which the parts of a sum find each other are the
 * same in each: the order in which the sums were built.
 *
 * <p>That is also the order in which a run begins them, each when the one before it is done. Two sums that replicas began in
 * different orders could wait for each other for ever (NCCL), and one after the other they take no longer than side by side.
 */
public final class Collectives {

    private static final String OP = "CollectiveReduceV2";
    /** Any number, but one: without it a session does not let its runs meet. */
    private static final long GRAPH_KEY = 1;

    private final Group group;
    private int sums;
    private Op before;

    public Collectives(Group group) {
        this.group = group;
    }

    /** Without anybody to sum with. */
    public static Collectives alone() {
        return new Collectives(Group.ALONE);
    }

    public Group group() {
        return group;
    }

    /** From here on sums belong to another run of the graph than those before, and wait for none of them. */
    public void nextRun() {
        before = null;
    }

    /**
     * The sum over the group; alone, the part itself.
     *
     * @param name of the operation
     * @param part this replica's, of the same shape in each
     */
    public <T extends TNumber> Operand<T> sum(Ops tf, String name, Operand<T> part) {
        if (group.alone()) {
            return part;
        }
        sums++;
        OperationBuilder builder = tf.scope().opBuilder(OP, name)
                .addInput(part.asOutput())
                .addInput(tf.constant(group.size()).asOutput())
                .addInput(tf.constant(group.key()).asOutput())
                .addInput(tf.constant(sums).asOutput())
                .addInputList(new Output<?>[0])
                .setAttr("merge_op", "Add")
                .setAttr("final_op", "Id")
                .setAttr("communication_hint", "auto")
                .setAttr("timeout_seconds", group.timeoutSeconds());
        if (before != null) {
            builder.addControlInput(before.op());
        }
        Operation sum = builder.build();
        before = () -> sum;
        return sum.output(0);
    }

    /** The sums of scalars, float32 [] each, in one message. */
    public List<Operand<TFloat32>> sums(Ops tf, String name, List<Operand<TFloat32>> scalars) {
        if (group.alone() || scalars.size() == 1) {
            return scalars.stream().map(scalar -> sum(tf, name, scalar)).toList();
        }
        Operand<TFloat32> summed = sum(tf, name, tf.stack(scalars));                      // [n]
        return new ArrayList<>(tf.unstack(summed, (long) scalars.size()).output());
    }

    /** What a run of a graph with sums in it must be told. */
    public static RunOptions.Builder options() {
        return RunOptions.newBuilder()
                .setExperimental(RunOptions.Experimental.newBuilder().setCollectiveGraphKey(GRAPH_KEY));
    }
}
