package org.graphbert.serve.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/** The models that are served, by name. */
final class Models implements AutoCloseable {

    private final Map<String, LiveModel> models = new TreeMap<>();

    /**
     * Opens all.
     *
     * @throws Failure (usage) if two have the same name or one is no export
     */
    static Models open(List<Path> directories, LiveModel.Opening opening, Progress progress) throws IOException {
        Models opened = new Models();
        try {
            for (Path directory : directories) {
                LiveModel live = LiveModel.open(directory, opening, progress);
                LiveModel same = opened.models.putIfAbsent(live.name(), live);
                if (same != null) {
                    live.close();
                    throw Failure.usage("two of the models are named '%s'; rename a directory", live.name());
                }
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * The model of that name.
     *
     * @throws RestError (404) if there is none
     */
    LiveModel get(String name) {
        LiveModel model = models.get(name);
        if (model == null) {
            throw new RestError(RestError.NOT_FOUND, "Servable not found for request: Latest(%s)", name);
        }
        return model;
    }

    Collection<LiveModel> all() {
        return models.values();
    }

    /** Takes new versions. */
    void poll() {
        models.values().forEach(LiveModel::poll);
    }

    @Override
    public void close() {
        models.values().forEach(LiveModel::close);
    }
}
