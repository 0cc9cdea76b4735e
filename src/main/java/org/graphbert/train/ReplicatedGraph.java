package org.graphbert.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.graphbert.config.Devices;
import org.graphbert.distribute.Broadcast;
import org.graphbert.distribute.Group;
import org.graphbert.distribute.Replicas;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/**
 * A training graph on several devices: a replica on each, with weights and slots of its own, in one graph. Each computes the
 * gradients of its part of a batch, all get the sum of them, and each makes the same step with it; so all have the same weights
 * without anybody handing them round.
 *
 * @param group that the replicas are of; it may have others, in other processes
 * @param replicas of this process; the first evaluates and is saved, and its variables have the names of a checkpoint
 * @param devices that they are on
 * @param synchronise gives the others the first one's variables; null where there is only the first
 * @param shared gives the first one of each other process the variables of the first process's; null where there is one process
 */
record ReplicatedGraph(Group group, List<TrainingGraph> replicas, Devices devices, Op synchronise, Op shared)
        implements AutoCloseable {

    /** One replica, on the device that TensorFlow takes by itself. */
    static ReplicatedGraph one(TrainingGraph graph, Group group) {
        return new ReplicatedGraph(group, List.of(graph), Devices.cpus(1), null, shared(group, graph, 1));
    }

    /**
     * A replica on each of the devices.
     *
     * @param template the graph of one, built for that group; it becomes a part of this, or is closed
     */
    static ReplicatedGraph of(TrainingGraph template, Group group, Devices devices) {
        if (devices.plain()) {
            return one(template, group);
        }
        try (template) {
            List<TrainingGraph> replicas = new ArrayList<>();
            for (Reachable copy : Replicas.of(template.graph(), devices.names(), template.stepEntries())) {
                replicas.add(replicas.isEmpty() ? template.in(copy) : template.stepsIn(copy));
            }
            return new ReplicatedGraph(
                    group, replicas, devices, synchronised(replicas), shared(group, replicas.get(0), replicas.size()));
        }
    }

    /** Every variable, counters and slots with them: all that decides a step. */
    private static Op synchronised(List<TrainingGraph> replicas) {
        if (replicas.size() == 1) {
            return null;
        }
        Ops tf = Ops.create(replicas.get(0).graph()).withSubScope("synchronise");
        List<Op> assigned = new ArrayList<>();
        for (TrainingGraph replica : replicas.subList(1, replicas.size())) {
            Iterator<Variable> first = replicas.get(0).variables().all().iterator();
            for (Variable variable : replica.variables().all()) {
                assigned.add(tf.assignVariableOp(variable.handle(), first.next().value()));
            }
        }
        return tf.withControlDependencies(assigned).noOp();
    }

    /** Without the sums over micro-batches, which begin at zero everywhere. */
    private static Op shared(Group group, TrainingGraph first, int here) {
        if (group.size() == here) {
            return null;
        }
        Ops tf = Ops.create(first.graph()).withSubScope("share");
        return Broadcast.of(tf, group.firsts(here), TrainingGraph.saved(first.variables()));
    }

    /** The replica that evaluates and is saved. */
    TrainingGraph first() {
        return replicas.get(0);
    }

    /** The others of this process. */
    List<TrainingGraph> others() {
        return replicas.subList(1, replicas.size());
    }

    Graph graph() {
        return first().graph();
    }

    SessionOptions sessionOptions(int threads) {
        return sessionOptions(devices, threads, first().compute());
    }

    /** Of a session, or a server, with these devices. */
    static SessionOptions sessionOptions(Devices devices, int threads, Compute compute) {
        return new SessionOptions(threads, compute.xla(), devices.gpu() ? 1 : devices.count(), devices.gpu());
    }

    @Override
    public void close() {
        first().close();
    }
}
