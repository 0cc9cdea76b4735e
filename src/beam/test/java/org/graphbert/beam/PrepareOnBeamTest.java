package org.graphbert.beam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.graphbert.cli.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets prepared by Beam's own runner are those of {@code graphbert prepare}, byte by byte. */
class PrepareOnBeamTest {

    /** Blocks are of 32 MiB: these make three, and one more that is short. */
    private static final int MIB = 100;

    @TempDir
    private Path directory;

    @BeforeEach
    void corpus() throws IOException {
        Random random = new Random(1);
        List<String> words = new ArrayList<>();
        for (int w = 0; w < 2000; w++) {
            words.add("w" + (char) ('a' + random.nextInt(26)) + (char) ('a' + random.nextInt(26)) + (char) ('a' + random.nextInt(26)));
        }
        Files.write(directory.resolve("vocab.txt"), Stream.concat(
                Stream.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "."), words.stream().distinct()).toList());
        try (var out = Files.newBufferedWriter(directory.resolve("corpus.txt"))) {
            for (long bytes = 0; bytes < (long) MIB << 20; ) {
                StringBuilder document = new StringBuilder();
                for (int sentence = 0; sentence < 200; sentence++) {
                    for (int w = 0; w < 15; w++) {
                        document.append(words.get(random.nextInt(words.size()))).append(' ');
                    }
                    document.append(".\n");
                }
                out.append(document).append('\n');
                bytes += document.length() + 1;
            }
        }
    }

    @Test
    void itsBytesAreThoseOfOneMachine() throws IOException {
        assertEquals(0, Main.run(prepare("one").toArray(new String[0])));
        Pipeline pipeline = pipeline(prepare("beam"));
        pipeline.run().waitUntilFinish();
        for (String set : List.of("", "-held-out")) {
            Path one = directory.resolve("one" + set);
            Path beam = directory.resolve("beam" + set);
            assertEquals(files(one), files(beam));
            assertTrue(files(one).size() > 5, files(one).toString());
            for (String file : files(one)) {
                assertArrayEquals(Files.readAllBytes(one.resolve(file)), Files.readAllBytes(beam.resolve(file)), file);
            }
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertTrue(left.noneMatch(path -> path.toString().contains("partition")));
        }
    }

    @Test
    void aPartitionThatFailsEndsThePipeline() {
        List<String> missing = prepare("beam");
        missing.set(missing.indexOf(directory.resolve("corpus.txt").toString()), directory.resolve("none.txt").toString());
        Pipeline pipeline = pipeline(missing);
        Exception failure = assertThrows(Exception.class, () -> pipeline.run().waitUntilFinish());
        assertTrue(failure.getMessage().contains("ended with exit code "), failure.getMessage());
    }

    private static Pipeline pipeline(List<String> prepare) {
        PrepareOnBeam.Options options = PipelineOptionsFactory.fromArgs("--partitions=2").as(PrepareOnBeam.Options.class);
        return PrepareOnBeam.pipeline(options, prepare.subList(1, prepare.size()));
    }

    private List<String> prepare(String output) {
        return new ArrayList<>(List.of("prepare", "--input", directory.resolve("corpus.txt").toString(),
                "--tokenizer", directory.resolve("vocab.txt").toString(), "--output", directory.resolve(output).toString(),
                "--sentences", "lines", "--held-out", "0.1", "--shards", "3", "--threads", "1", "--show", "0"));
    }

    private static TreeSet<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(file -> root.relativize(file).toString())
                    .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
        }
    }
}
