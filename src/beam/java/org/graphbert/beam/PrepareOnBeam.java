package org.graphbert.beam;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;

/**
 * {@code graphbert prepare} as an Apache Beam pipeline: each element is a partition, prepared by whatever worker gets it, and
 * the last stage joins them. The blocks and the bytes are those of one machine. All workers see the inputs, the tokenizer
 * and the output under the same paths of a shared file system.
 *
 * <pre>
 * PrepareOnBeam --partitions=8 [--runner=FlinkRunner ...] -- --input 'shared/text/*.gz' --tokenizer ... --output shared/wiki
 * </pre>
 *
 * Before {@code --} stand Beam's own options, behind it those of {@code graphbert prepare}. A partition that is done, or half
 * done, by a worker that was lost is gone on with.
 */
public final class PrepareOnBeam {

    private static final int USAGE_ERROR = 2;

    private PrepareOnBeam() {}

    /** Beside Beam's own. */
    public interface Options extends PipelineOptions {

        @Description("Partitions to prepare side by side; the data set needs as many shards, or more.")
        @Default.Integer(1)
        int getPartitions();

        void setPartitions(int partitions);
    }

    /**
     * Exit code 0 when the data set is there, 2 for wrong usage; a partition that fails ends the pipeline with exit code 1,
     * its one line being in the log of its worker.
     */
    public static void main(String[] arguments) {
        List<String> all = Arrays.asList(arguments);
        int border = all.indexOf("--");
        if (border < 0) {
            System.err.println("PrepareOnBeam: found no --, expected Beam's options, --, and the options of graphbert prepare");
            System.exit(USAGE_ERROR);
        }
        Options options = PipelineOptionsFactory.fromArgs(all.subList(0, border).toArray(new String[0]))
                .withValidation().as(Options.class);
        if (options.getPartitions() < 1) {
            System.err.printf("PrepareOnBeam: --partitions is %d, expected at least 1%n", options.getPartitions());
            System.exit(USAGE_ERROR);
        }
        PipelineResult.State state = pipeline(options, all.subList(border + 1, all.size())).run().waitUntilFinish();
        System.exit(state == PipelineResult.State.DONE ? 0 : 1);
    }

    /** @param prepare the options of {@code graphbert prepare}, without a partition */
    static Pipeline pipeline(Options options, List<String> prepare) {
        int partitions = options.getPartitions();
        List<String> own = List.copyOf(prepare);
        Pipeline pipeline = Pipeline.create(options);
        pipeline.apply("Partitions", Create.of(IntStream.range(0, partitions).boxed().toList()))
                .apply("Spread", Reshuffle.viaRandomKey())
                .apply("Prepare", ParDo.of(new PreparePartition(own, partitions)))
                .apply("All", Count.globally())
                .apply("Join", ParDo.of(new JoinPartitions(own, partitions)));
        return pipeline;
    }
}
