package org.graphbert.serve.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.serve.ServedModel;

/**
 * NAME's highest version, answering. When the directory gets another highest one, that is loaded beside it and takes its
 * place; the old one is closed when its last request is answered.
 */
final class LiveModel implements AutoCloseable {

    private final String name;
    private final Path directory;
    private final boolean pinned;
    private final Opening opening;
    private final Progress progress;
    private volatile Version current;
    private volatile Failed failed;
    private volatile long loading;

    /** Opens a version's directory, of the model of that name. */
    @FunctionalInterface
    interface Opening {
        ServedModel open(String name, Path version) throws IOException;
    }

    /** A version that could not be loaded; it is not tried again until its directory changes. */
    record Failed(long number, FileTime changed, String reason) {}

    /** A version and how many requests use it. */
    private static final class Version {

        private final ServedModel model;
        private int users;
        private boolean retired;

        private Version(ServedModel model) {
            this.model = model;
        }

        private synchronized boolean enter() {
            if (retired) {
                return false;
            }
            users++;
            return true;
        }

        private synchronized void leave() {
            users--;
            closeIfUnused();
        }

        private synchronized void retire() {
            retired = true;
            closeIfUnused();
        }

        private void closeIfUnused() {
            if (retired && users == 0) {
                model.close();
            }
        }
    }

    /** The use of a version by one request, which ends when this is closed. */
    final class Lease implements AutoCloseable {

        private final Version version;

        private Lease(Version version) {
            this.version = version;
        }

        ServedModel model() {
            return version.model;
        }

        String name() {
            return name;
        }

        @Override
        public void close() {
            version.leave();
        }
    }

    private LiveModel(String name, Path directory, boolean pinned, Opening opening, Progress progress) {
        this.name = name;
        this.directory = directory;
        this.pinned = pinned;
        this.opening = opening;
        this.progress = progress;
    }

    /**
     * Opens NAME, whose highest version is served, or NAME/VERSION, which is served whatever else appears.
     *
     * @throws Failure if there is no version, or it is damaged
     */
    static LiveModel open(Path directory, Opening opening, Progress progress) throws IOException {
        boolean pinned = Files.exists(directory.resolve("saved_model.pb"));
        Path named = directory.toAbsolutePath().normalize();
        String name = (pinned ? named.getParent() : named).getFileName().toString();
        LiveModel live = new LiveModel(name, directory, pinned, opening, progress);
        live.load(SavedModelScorer.version(directory));
        return live;
    }

    String name() {
        return name;
    }

    /** The version that new requests are answered by. */
    ServedModel model() {
        return current.model;
    }

    /** The number of the version that is being loaded; 0 for none. */
    long loading() {
        return loading;
    }

    /** The version that could not be loaded, or null. */
    Failed failed() {
        return failed;
    }

    /**
     * The current version, for one request.
     *
     * @param number of the version that was asked for; null for whichever there is
     * @throws RestError (404) if that is not the one that is served
     */
    Lease lease(Long number) {
        while (true) {
            Version version = current;
            if (number != null && number != version.model.loaded().version()) {
                throw new RestError(RestError.NOT_FOUND, "Servable not found for request: Specific(%s, %d)", name, number);
            }
            if (version.enter()) {
                return new Lease(version);
            }
        }
    }

    /** Looks for another highest version, and takes it. A version that cannot be loaded changes nothing but the status. */
    void poll() {
        if (pinned) {
            return;
        }
        try {
            Path highest = SavedModelScorer.version(directory);
            long number = Long.parseLong(highest.getFileName().toString());
            FileTime changed = Files.getLastModifiedTime(highest);
            Failed before = failed;
            if (number == current.model.loaded().version()
                    || before != null && before.number() == number && before.changed().equals(changed)) {
                return;
            }
            loading = number;
            try {
                load(highest);
                failed = null;
            } catch (RuntimeException | IOException e) {
                // Whatever is wrong with it: thrown on, it would end the looking for versions.
                failed = new Failed(number, changed, reason(e));
                progress.say(String.format("%s: version %d cannot be loaded: %s; version %d answers as before",
                        name, number, failed.reason(), current.model.loaded().version()));
            } finally {
                loading = 0;
            }
        } catch (Failure | IOException gone) {
            // No version is there, or it is gone again: what is in memory answers on.
            return;
        }
    }

    private static String reason(Exception e) {
        if (e instanceof IOException io) {
            return Directories.reason(io);
        }
        return e instanceof Failure ? e.getMessage() : "it is damaged: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void load(Path directory) throws IOException {
        long begun = System.nanoTime();
        ServedModel model = opening.open(name, directory);
        Version old = current;
        current = new Version(model);
        progress.say(String.format(Locale.ROOT, "%s: version %d is ready (%.1f s)%s", name, model.loaded().version(),
                (System.nanoTime() - begun) / 1e9,
                old == null ? "" : String.format("; version %d ends with its last request", old.model.loaded().version())));
        if (old != null) {
            old.retire();
        }
    }

    @Override
    public void close() {
        current.retire();
    }
}
