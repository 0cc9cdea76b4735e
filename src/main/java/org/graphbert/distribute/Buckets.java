package org.graphbert.distribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients summed over a group in few large pieces: a sum of its own for each of some hundred gradients would be some hundred
 * times the time that a message takes, however short.
 */
public final class Buckets {

    /** 25 MiB, as PyTorch's DistributedDataParallel has it (bucket_cap_mb): the first is on its way while others are computed. */
    static final long BYTES = 25L << 20;

    private Buckets() {}

    /**
     * The sums of gradients over the group; alone, they themselves.
     *
     * @param shapes of the gradients
     */
    public static List<Operand<TFloat32>> sum(
            Ops tf, Collectives collectives, List<Operand<TFloat32>> gradients, List<Shape> shapes) {
        return sum(tf, collectives, gradients, shapes, BYTES);
    }

    /**
     * The same.
     *
     * @param bytes of a bucket, unless one gradient alone has more
     */
    static List<Operand<TFloat32>> sum(
            Ops tf, Collectives collectives, List<Operand<TFloat32>> gradients, List<Shape> shapes, long bytes) {
        if (collectives.group().alone()) {
            return gradients;
        }
        List<Operand<TFloat32>> sums = new ArrayList<>(gradients);
        for (List<Integer> bucket : inBackwardOrder(shapes, bytes)) {
            List<Operand<TFloat32>> parts = bucket.stream().map(gradients::get).toList();
            List<Operand<TFloat32>> summed =
                    fused(tf, collectives, parts, bucket.stream().map(shapes::get).toList());
            for (int i = 0; i < bucket.size(); i++) {
                sums.set(bucket.get(i), summed.get(i));
            }
        }
        return sums;
    }

    /**
     * Which gradients go together. Variables stand in the order in which the forward pass meets them, and so the backward pass
     * has the gradients of the last ones first.
     */
    static List<List<Integer>> inBackwardOrder(List<Shape> shapes, long bytes) {
        List<List<Integer>> buckets = new ArrayList<>();
        long filled = 0;
        for (int i = shapes.size() - 1; i >= 0; i--) {
            long size = Float.BYTES * shapes.get(i).size();
            if (buckets.isEmpty() || filled + size > bytes) {
                buckets.add(new ArrayList<>());
                filled = 0;
            }
            buckets.get(buckets.size() - 1).add(i);
            filled += size;
        }
        return buckets;
    }

    private static List<Operand<TFloat32>> fused(
            Ops tf, Collectives collectives, List<Operand<TFloat32>> parts, List<Shape> shapes) {
        if (parts.size() == 1) {
            return List.of(collectives.sum(tf, "gradients", parts.get(0)));
        }
        List<Operand<TFloat32>> flat = new ArrayList<>();
        parts.forEach(part -> flat.add(tf.reshape(part, tf.array(-1))));
        Operand<TFloat32> joined = tf.concat(flat, tf.constant(0));                       // [n]
        Operand<TFloat32> summed = collectives.sum(tf, "gradients", joined);              // [n]
        int[] sizes = shapes.stream().mapToInt(shape -> Math.toIntExact(shape.size())).toArray();
        List<Operand<TFloat32>> sums = new ArrayList<>();
        List<Output<TFloat32>> pieces =
                tf.splitV(summed, tf.array(sizes), tf.constant(0), (long) sizes.length).output();
        for (int i = 0; i < sizes.length; i++) {
            int[] shape = Arrays.stream(shapes.get(i).asArray()).mapToInt(Math::toIntExact).toArray();
            sums.add(tf.reshape(pieces.get(i), tf.array(shape)));
        }
        return sums;
    }
}
