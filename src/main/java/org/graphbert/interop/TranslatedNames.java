package org.graphbert.interop;

import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.interop.HuggingFaceNames.Twin;

/**
 * Tensors under Hugging Face's names, seen under google-research/bert's and in its layouts. What has no counterpart there keeps
 * its own name.
 */
final class TranslatedNames implements TensorFile {

    private final TensorFile file;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final SortedMap<String, Twin> sources = new TreeMap<>();

    private TranslatedNames(TensorFile file) {
        this.file = file;
    }

    /** The same tensors translated; empty if none of them, or two of them to the same name, can be. */
    static Optional<TensorFile> of(TensorFile file) {
        TranslatedNames translated = new TranslatedNames(file);
        boolean some = false;
        for (Entry entry : file.entries().values()) {
            Twin variable = HuggingFaceNames.variableOf(entry.name()).orElse(new Twin(entry.name(), false));
            some |= !variable.name().equals(entry.name());
            if (!translated.add(entry, variable)) {
                return Optional.empty();
            }
        }
        return some ? Optional.of(translated) : Optional.empty();
    }

    private boolean add(Entry entry, Twin variable) {
        entries.put(variable.name(), new Entry(variable.name(), entry.type(), variable.shape(entry.shape())));
        return sources.put(variable.name(), new Twin(entry.name(), variable.transposed())) == null;
    }

    @Override
    public String where() {
        return file.where();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    @Override
    public float[] floats(String name) throws IOException {
        Twin source = sources.get(name);
        return source.values(file.entries().get(source.name()).shape(), file.floats(source.name()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
