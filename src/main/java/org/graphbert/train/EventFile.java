package org.graphbert.train;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.data.TfRecord;
import org.tensorflow.proto.Event;

/**
 * A file of TensorBoard's events: framed as TFRecords are, each written through at once, so that a killed process leaves
 * whole events and at most one torn one at the end, which TensorBoard passes over.
 */
final class EventFile implements AutoCloseable {

    /** What TensorBoard tells its files by; it reads those of a directory in the order of their names. */
    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\..*");
    /** Of the format, in the first event (tensorflow/core/util/events_writer.h). */
    private static final String VERSION = "brain.Event:2";
    private static final double MILLISECONDS = 1e3;

    private final FileChannel channel;

    private EventFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a new file, whose name comes after those in the directory, even if the clock was set back. */
    static EventFile create(Path directory) throws IOException {
        Files.createDirectories(directory);
        long now = Math.max(System.currentTimeMillis() / 1000, newest(directory) + 1);
        Path file = directory.resolve(String.format(
                Locale.ROOT, "events.out.tfevents.%010d.%s.%d.0", now, host(), ProcessHandle.current().pid()));
        EventFile events = new EventFile(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        events.write(Event.newBuilder().setFileVersion(VERSION));
        return events;
    }

    /** The files of a directory, in TensorBoard's order; none if there is no directory. */
    static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> NAME.matcher(file.getFileName().toString()).matches()).sorted().toList();
        }
    }

    private static long newest(Path directory) throws IOException {
        List<Path> files = list(directory);
        if (files.isEmpty()) {
            return 0;
        }
        Matcher matcher = NAME.matcher(files.get(files.size() - 1).getFileName().toString());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^\\w.-]", "_");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Writes an event with the present time. */
    void write(Event.Builder event) throws IOException {
        byte[] bytes = event.setWallTime(System.currentTimeMillis() / MILLISECONDS).build().toByteArray();
        ByteBuffer framed = ByteBuffer.wrap(TfRecord.frame(bytes));
        while (framed.hasRemaining()) {
            channel.write(framed);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
