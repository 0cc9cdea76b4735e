package org.graphbert.beam;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/** The number of partitions that are done in, the data set joined when that is all of them. */
final class JoinPartitions extends DoFn<Long, Void> {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> output;
    private final int partitions;

    /** @param prepare the options of {@code graphbert prepare} */
    JoinPartitions(List<String> prepare, int partitions) {
        output = new ArrayList<>(Prepare.output(prepare));
        this.partitions = partitions;
    }

    @ProcessElement
    public void process(@Element Long done) {
        if (done != partitions) {
            throw new IllegalStateException(done + " partitions are done, expected " + partitions);
        }
        if (partitions > 1) { // one partition is the data set
            Prepare.run(output, "--join");
        }
    }
}
