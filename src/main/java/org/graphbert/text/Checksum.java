package org.graphbert.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over texts and bytes, one behind the other. */
final class Checksum {

    private final MessageDigest sha;

    Checksum() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Adds formatted text in UTF-8. */
    Checksum add(String format, Object... arguments) {
        return add(String.format(format, arguments).getBytes(StandardCharsets.UTF_8));
    }

    Checksum add(byte[] bytes) {
        sha.update(bytes);
        return this;
    }

    /** The sum in hexadecimal; nothing can be added afterwards. */
    String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
