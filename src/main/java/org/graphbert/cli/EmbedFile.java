package org.graphbert.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.evaluate.Features.Pool;
import org.graphbert.evaluate.Features.Vectors;
import org.graphbert.evaluate.NpyFile;

/** A file of vectors, JSON lines or NumPy's by its name. It is in its place when it is complete, and not before. */
abstract sealed class EmbedFile implements AutoCloseable permits EmbedFile.Lines, EmbedFile.NumPy {

    private static final String NPY = ".npy";

    private final Path file;

    private EmbedFile(Path file) {
        this.file = file;
    }

    /** A text's vector, in JSON, or a pair's. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Embedded(String text, String first, String second, List<String> tokens, float[] embedding, float[][] embeddings) {}

    /**
     * Begins a file.
     *
     * @param columns of a vector
     */
    static EmbedFile at(Path file, Pool pool, int columns) {
        try {
            return file.toString().endsWith(NPY) ? new NumPy(file, pool, columns) : new Lines(file, pool);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    /** Vectors as a line of JSON. */
    static String json(Vectors vectors, Pool pool) {
        List<String> texts = vectors.of().texts();
        boolean pair = texts.size() == 2;
        boolean pooled = pool != Pool.NONE;
        return Json.writeLine(new Embedded(
                pair ? null : texts.get(0), pair ? texts.get(0) : null, pair ? texts.get(1) : null,
                pooled ? null : vectors.of().tokens(), pooled ? vectors.vectors()[0] : null, pooled ? null : vectors.vectors()));
    }

    final void add(Vectors vectors) {
        try {
            write(vectors);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    /** No more will come. */
    final void complete() {
        try {
            end();
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    abstract void write(Vectors vectors) throws IOException;

    abstract void end() throws IOException;

    @Override
    public abstract void close() throws IOException;

    private static Failure notWritten(Path file, IOException e) {
        return Failure.data("--output %s: cannot be written: %s; choose a place with room that may be written", file,
                Directories.reason(e), e);
    }

    /** An object a line. */
    static final class Lines extends EmbedFile {

        private final Path file;
        private final Pool pool;
        private final Path aside;
        private final BufferedWriter out;

        private Lines(Path file, Pool pool) throws IOException {
            super(file);
            this.file = file;
            this.pool = pool;
            aside = file.resolveSibling(file.getFileName() + ".writing");
            out = Files.newBufferedWriter(aside);
        }

        @Override
        void write(Vectors vectors) throws IOException {
            out.write(json(vectors, pool));
            out.write('\n');
        }

        @Override
        void end() throws IOException {
            out.close();
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(aside);
        }
    }

    /** A row a vector, and where those of a text begin. */
    static final class NumPy extends EmbedFile {

        private final NpyFile rows;
        private final NpyFile offsets;

        private NumPy(Path file, Pool pool, int columns) throws IOException {
            super(file);
            rows = NpyFile.floats(file, columns);
            String name = file.getFileName().toString();
            offsets = pool == Pool.NONE
                    ? NpyFile.longs(file.resolveSibling(name.substring(0, name.length() - NPY.length()) + ".offsets" + NPY))
                    : null;
        }

        @Override
        void write(Vectors vectors) throws IOException {
            if (offsets != null) {
                offsets.add(rows.rows());
            }
            for (float[] vector : vectors.vectors()) {
                rows.add(vector);
            }
        }

        @Override
        void end() throws IOException {
            if (offsets != null) {
                offsets.add(rows.rows());
                offsets.complete();
            }
            rows.complete();
        }

        @Override
        public void close() throws IOException {
            rows.close();
            if (offsets != null) {
                offsets.close();
            }
        }
    }
}
