package org.graphbert.graph;

import org.graphbert.config.Failure;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/**
 * How a TensorFlow session runs a graph.
 *
 * @param threads of TensorFlow's kernels; 0 for all cores
 * @param xla whether XLA compiles what of the graph it can, on a CPU too
 * @param cpus how many devices the CPU passes for; they share the threads
 * @param soft whether what has no kernel on the GPU that its node names goes to the CPU, as without a name
 */
public record SessionOptions(int threads, boolean xla, int cpus, boolean soft) {

    public SessionOptions {
        if (threads < 0) {
            // TensorFlow would end the process.
            throw Failure.usage("--threads is %d, expected 0 (all cores) or more", threads);
        }
    }

    /** On whatever device TensorFlow chooses. */
    public SessionOptions(int threads, boolean xla) {
        this(threads, xla, 1, false);
    }

    /** With TensorFlow's own kernels. */
    public static SessionOptions threads(int threads) {
        return new SessionOptions(threads, false);
    }

    /** In TensorFlow's words. */
    public ConfigProto proto() {
        ConfigProto.Builder proto = ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(threads)
                .setAllowSoftPlacement(soft)
                // Of a GPU as much memory as is needed, instead of all that it has.
                .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
        if (cpus > 1) {
            proto.putDeviceCount("CPU", cpus);
        }
        if (xla) {
            // TensorFlow's own fused operations XLA cannot compile: one of them, in the middle, and the forward and the
            // backward pass are clusters apart, with all that passes between them in memory.
            proto.setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setRemapping(RewriterConfig.Toggle.OFF))
                    .setOptimizerOptions(OptimizerOptions.newBuilder()
                            .setGlobalJitLevel(OptimizerOptions.GlobalJitLevel.ON_2)
                            .setCpuGlobalJit(true)));
        }
        return proto.build();
    }
}
