package org.graphbert.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
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
final class DataSetInspector implements Inspector {

    private static final String TFRECORD = ".tfrecord";

    @Override
    public String kind() {
        return "a data set or its TFRecord files";
    }

    @Override
    public boolean recognises(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().contains(TFRECORD);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return Manifest.in(path) || entries.anyMatch(e -> e.getFileName().toString().contains(TFRECORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Report inspect(Path path, int show) {
        try (DataSet data = DataSet.open(path)) {
            Optional<Tokenizer> tokenizer = data.tokenizerDirectory().map(directory -> Tokenizers.load(directory, null));
            DataSetReport report = DataSetReport.of(data, tokenizer, show);
            return new Report() {
                @Override
                public String text() {
                    return report.text();
                }

                @Override
                public String json() {
                    return report.json();
                }
            };
        }
    }
}
