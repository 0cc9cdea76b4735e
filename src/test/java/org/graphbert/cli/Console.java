package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The terminal of a test, for a field with {@code @RegisterExtension}: commands read from it and print to it. After each
 * test the standard streams and the system properties are what they were.
 */
final class Console implements BeforeEachCallback, AfterEachCallback {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private byte[] input = {};

    private InputStream systemIn;
    private PrintStream systemOut;
    private PrintStream systemErr;
    private Properties properties;

    @Override
    public void beforeEach(ExtensionContext context) {
        systemIn = System.in;
        systemOut = System.out;
        systemErr = System.err;
        properties = (Properties) System.getProperties().clone();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.setIn(systemIn);
        System.setOut(systemOut);
        System.setErr(systemErr);
        System.setProperties(properties);
    }

    /** What the next command finds on stdin; without this, nothing. */
    Console input(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    /** The same in UTF-8. */
    Console input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs a command and returns its exit code; from here on only what this command prints is kept. */
    int run(String... arguments) {
        out.reset();
        err.reset();
        System.setIn(new ByteArrayInputStream(input));
        input = new byte[0];
        return Main.run(arguments);
    }

    /** Runs a command that must end with this exit code. */
    void exits(int code, String... arguments) {
        assertEquals(code, run(arguments), () -> String.join(" ", arguments) + ": " + printed());
    }

    /** Runs a command that must end with this exit code, and print this. */
    void exitsPrinting(int code, String message, String... arguments) {
        exits(code, arguments);
        prints(message);
    }

    /** What the last command printed must hold this. */
    void prints(String text) {
        assertTrue(printed().contains(text), () -> "expected: " + text + "; printed: " + printed());
    }

    /** What the last command printed to stderr must hold this. */
    void printsToErr(String text) {
        assertTrue(err().contains(text), () -> "expected: " + text + "; printed: " + err());
    }

    /** What the last command printed to stdout. */
    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What the last command printed to stdout, which must be one JSON value. */
    JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toByteArray());
    }

    /** What the last command printed to stderr. */
    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** All that the last command printed: stdout, then stderr. */
    String printed() {
        return out() + err();
    }
}
