package org.graphbert.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** For tests: data sets with something wrong in them. */
public final class DamagedRecords {

    private DamagedRecords() {}

    /** The records of a data set as one file without a manifest, one of them with a weight that is not a number. */
    public static Path notANumber(Path from, Path to, long record) throws IOException {
        try (DataSet set = DataSet.open(from); var out = Files.newOutputStream(to)) {
            for (long i = 0; i < set.size(); i++) {
                Example e = set.example(i);
                float[] weights = e.maskedLmWeights().clone();
                if (i == record) {
                    weights[0] = Float.NaN;
                }
                out.write(ExampleEncoder.frame(new Example(e.inputIds(), e.inputMask(), e.segmentIds(), e.maskedLmPositions(),
                        e.maskedLmIds(), weights, e.nextSentenceLabel())));
            }
        }
        return to;
    }

    /** Cuts a shard of a data set in half; what it was. */
    public static byte[] cut(Path shard) throws IOException {
        byte[] whole = Files.readAllBytes(shard);
        try (FileChannel channel = FileChannel.open(shard, StandardOpenOption.WRITE)) {
            channel.truncate(whole.length / 2);
        }
        return Arrays.copyOf(whole, whole.length);
    }
}
