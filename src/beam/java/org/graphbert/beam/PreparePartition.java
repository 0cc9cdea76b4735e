package org.graphbert.beam;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/** A partition's number in, its number out when its share of the data set lies in its place. */
final class PreparePartition extends DoFn<Integer, Integer> {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> prepare;
    private final int partitions;

    PreparePartition(List<String> prepare, int partitions) {
        this.prepare = new ArrayList<>(prepare);
        this.partitions = partitions;
    }

    @ProcessElement
    public void process(@Element Integer partition, OutputReceiver<Integer> done) {
        // Where a worker was lost, another goes on.
        Prepare.run(prepare, "--resume", "--partition", partition + "/" + partitions);
        done.output(partition);
    }
}
