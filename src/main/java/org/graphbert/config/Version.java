package org.graphbert.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, which Maven writes into {@code graphbert.properties}. */
public final class Version {

    public static final String CURRENT = read();

    /** As files name it that this program wrote. */
    public static final String PROGRAM = "graphbert " + CURRENT;

    private Version() {}

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("/graphbert.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
