package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.graphbert.config.Json;

/**
 * A connection between the chief and another worker: a JSON object a line, small ones, for what is agreed. Whole tensors go by
 * TensorFlow's own connections.
 */
final class Link implements AutoCloseable {

    /** What says what a message is. */
    static final String SAY = "say";
    /** What shows that the other side is there still. */
    static final String BEAT = "beat";

    /** A greeting, with a model's and a run's configuration in it, has some thousand. */
    private static final int LONGEST_LINE = 1 << 20;

    /** What the other side says is no message of graphbert's. */
    static final class Strange extends IOException {

        private static final long serialVersionUID = 1;

        Strange(String what) {
            super(what);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Link(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A message to be filled and sent. */
    static ObjectNode message(String say) {
        return Json.MAPPER.createObjectNode().put(SAY, say);
    }

    /** From many threads. */
    synchronized void send(ObjectNode message) throws IOException {
        out.write((Json.writeLine(message) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** From now on {@link #receive} fails with a SocketTimeoutException where nothing came for so long. */
    void timeout(long millis) throws IOException {
        socket.setSoTimeout(Math.toIntExact(Math.max(1, millis)));
    }

    /**
     * The next message, whatever it says.
     *
     * @throws EOFException if the other side has closed the connection
     * @throws Strange if it does not speak so
     */
    JsonNode receive() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            line.write(next);
            if (line.size() == 1 && next != '{' || line.size() > LONGEST_LINE) {
                throw new Strange("something else answers there");
            }
        }
        try {
            JsonNode message = Json.MAPPER.readTree(line.toByteArray());
            if (message.path(SAY).isTextual()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            // As any other that is no message.
        }
        throw new Strange("something else answers there");
    }

    /** The other side's address, for messages. */
    String peer() {
        return String.valueOf(socket.getInetAddress().getHostAddress());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
    }
}
