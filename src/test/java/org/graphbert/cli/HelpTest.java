package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** The help of every command reads well on a terminal of 80 columns. */
class HelpTest {

    private static final int COLUMNS = 80;

    @TestFactory
    Stream<DynamicTest> everyCommand() {
        return commands(Main.commandLine(new Main()))
                .map(command -> DynamicTest.dynamicTest(command.getCommandSpec().qualifiedName(), () -> {
                    laidOut(command);
                    wrapped(command.getCommandSpec().usageMessage().footer());
                }));
    }

    private static Stream<CommandLine> commands(CommandLine command) {
        return Stream.concat(Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::commands));
    }

    private static void laidOut(CommandLine command) {
        List<String> lines = command.getUsageMessage().lines().toList();
        assertTrue(lines.get(0).startsWith("Usage: graphbert"), lines.get(0));
        assertEquals(List.of(), lines.stream().filter(line -> line.length() > COLUMNS).toList());
        assertEquals(1, lines.stream().filter(line -> line.matches(" *-h, --help .*")).count());
    }

    /** A paragraph is one string, which picocli fills; of strings that stand together, none may be filled by itself. */
    private static void wrapped(String[] footer) {
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < footer.length; i++) {
            boolean alone = (i == 0 || footer[i - 1].isEmpty()) && (i + 1 == footer.length || footer[i + 1].isEmpty());
            if (footer[i].length() >= COLUMNS && (!alone || footer[i].startsWith(" "))) {
                broken.add(footer[i]);
            }
        }
        assertEquals(List.of(), broken);
    }
}
