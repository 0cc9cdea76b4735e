package org.graphbert.distribute.launch;

import java.util.List;

/**
 * What the exit codes of workers come to. One that fails takes the others with it, which then tell of a lost worker: what
 * matters is the code that says why.
 *
 * @param exitCode 0 if all are done; 2, 3 or 4 if one says so; 130 if they were interrupted; 1 if one had an internal error; or else 5
 */
record Verdict(int exitCode) {

    private static final int INTERNAL_ERROR = 1;
    private static final int LOST = 5;
    private static final int INTERRUPTED = 130;
    /** Wrong usage, bad data, divergence: the same again would end the same. */
    private static final List<Integer> FINAL = List.of(2, 3, 4);

    /**
     * Of the workers that ended of themselves.
     *
     * @param codes in the order in which they ended
     */
    static Verdict of(List<Integer> codes) {
        List<Integer> failed = codes.stream().filter(code -> code != 0).toList();
        if (failed.isEmpty()) {
            return new Verdict(0);
        }
        for (int code : failed) {
            if (FINAL.contains(code)) {
                return new Verdict(code);
            }
        }
        if (failed.get(0) == INTERRUPTED) {
            return new Verdict(INTERRUPTED);
        }
        return new Verdict(failed.contains(INTERNAL_ERROR) ? INTERNAL_ERROR : LOST);
    }

    /** Whether it may go better the next time. */
    boolean worthARestart() {
        return exitCode == INTERNAL_ERROR || exitCode == LOST;
    }

    /** A worker's end in words. */
    static String words(int code) {
        // Java adds 128 to the number of a signal; 130 is also what pretrain itself ends with.
        return switch (code) {
            case 0 -> "is done";
            case LOST -> "ended with code 5: it lost another worker";
            case INTERRUPTED -> "was interrupted";
            default -> code > 128 ? "was killed by signal " + (code - 128) : "ended with code " + code;
        };
    }
}
