package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.data.DataSet;
import org.graphbert.data.DataSetReport;
import org.graphbert.data.Manifest;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** Prepared data sets, and TFRecord files of google-research/bert. */
final class DataSetInspector {

    private static final String TFRECORD = ".tfrecord";

    private DataSetInspector() {}

    static boolean recognises(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return path.toString().contains(TFRECORD);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return Manifest.in(path) || entries.anyMatch(e -> e.getFileName().toString().contains(TFRECORD));
        }
    }

    static Inspector.Report inspect(Path path, int show) {
        try (DataSet data = DataSet.open(path)) {
            Optional<Tokenizer> tokenizer = data.tokenizerDirectory().map(directory -> Tokenizers.load(directory, null));
            DataSetReport report = DataSetReport.of(data, tokenizer, show);
            return new Inspector.Report(report.text(), report.json());
        }
    }
}
