package org.graphbert.serve;

import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Golden;

/** The golden model as an export: 97 entries, 40 positions. */
public final class Exports {

    private Exports() {}

    /** Writes DIRECTORY/golden/1, and returns DIRECTORY/golden. */
    public static Path golden(Path directory) throws IOException {
        Path name = directory.resolve("golden");
        SavedModelExport.export(Golden.model(), Golden.CHECKPOINT.toString(),
                Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null), name, null);
        return name;
    }
}
