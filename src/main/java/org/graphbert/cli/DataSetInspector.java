package org.graphbert.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.data.DataSet;
import org.graphbert.data.DataSetReport;
import org.graphbert.data.Manifest;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** Prepared data sets, and TFRecord files of google-research/bert. */
final class DataSetInspector {

    private DataSetInspector() {}

    static Inspector.Report inspect(Path path, Inspector.Options options) {
        try (DataSet data = DataSet.open(path)) {
            data.notes().forEach(new ConsoleProgress()::say);
            if (options.tokenizer().isPresent() && data.manifest().isPresent()) {
                throw Failure.usage("--tokenizer is for files without %s; %s has its own tokenizer", Manifest.FILE, path);
            }
            Optional<Tokenizer> tokenizer = data.tokenizerDirectory()
                    .map(directory -> Tokenizers.load(directory, null)).or(options::tokenizer);
            DataSetReport report = DataSetReport.of(data, tokenizer, options.show());
            return new Inspector.Report(report.text(), report.json());
        }
    }
}
