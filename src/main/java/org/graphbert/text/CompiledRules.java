package org.graphbert.text;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The {@link NormalizationRules} as maps that the build compiles into resources: to compile them takes a second, which is a
 * third of training on a small corpus.
 */
public final class CompiledRules {

    private static final String EXTENSION = ".charsmap";

    private CompiledRules() {}

    /**
     * The map of a normalisation; compiled here where the build did not (in an IDE, say).
     *
     * @param name one of {@link NormalizationRules#NAMES}
     */
    static CharacterMap of(String name) {
        try (InputStream resource = CompiledRules.class.getResourceAsStream(name + EXTENSION)) {
            return resource == null
                    ? NormalizationRules.map(name)
                    : CharacterMap.read(ByteString.readFrom(resource), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the build: writes the maps beside this class in the directory of the classes, unless they are newer than it. */
    public static void main(String[] arguments) throws IOException {
        Path classes = Path.of(arguments[0]).resolve(CompiledRules.class.getPackageName().replace('.', '/'));
        Path rules = classes.resolve(NormalizationRules.class.getSimpleName() + ".class");
        for (String name : NormalizationRules.NAMES) {
            Path map = classes.resolve(name + EXTENSION);
            if (!Files.exists(map) || Files.getLastModifiedTime(map).compareTo(Files.getLastModifiedTime(rules)) < 0) {
                WholeFile.write(map, NormalizationRules.map(name).bytes().toByteArray());
            }
        }
    }
}
