package org.graphbert.config;

/**
 * A failure that the user can mend: one line that says where, what was found, what was expected and what to do.
 * The command line prints the line and ends with {@link #exitCode()}; no stack trace belongs to it.
 */
public final class Failure extends RuntimeException {

    /** What went wrong, and with it the exit code of the process. */
    public enum Kind {
        /** Wrong usage or configuration. */
        USAGE(2),
        /** Bad input data. */
        DATA(3),
        /** Training met a non-finite loss or gradient. */
        DIVERGED(4),
        /** Another worker of the run is gone, or cannot be reached. */
        LOST(5),
        /** Stopped by a signal, state saved. */
        INTERRUPTED(130);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private final Kind kind;

    private Failure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Wrong usage or configuration: exit code 2. The arguments are those of {@link String#format}. */
    public static Failure usage(String format, Object... arguments) {
        return new Failure(Kind.USAGE, message(format, arguments), cause(arguments));
    }

    /** Bad input data: exit code 3. The arguments are those of {@link String#format}. */
    public static Failure data(String format, Object... arguments) {
        return new Failure(Kind.DATA, message(format, arguments), cause(arguments));
    }

    /** Training diverged: exit code 4. The arguments are those of {@link String#format}. */
    public static Failure diverged(String format, Object... arguments) {
        return new Failure(Kind.DIVERGED, message(format, arguments), cause(arguments));
    }

    /** Another worker is lost: exit code 5. The arguments are those of {@link String#format}. */
    public static Failure lost(String format, Object... arguments) {
        return new Failure(Kind.LOST, message(format, arguments), cause(arguments));
    }

    /** What another process failed with; this one ends with the same exit code. */
    public static Failure of(Kind kind, String message) {
        return new Failure(kind, message, null);
    }

    /** Interrupted, state saved: exit code 130. The arguments are those of {@link String#format}. */
    public static Failure interrupted(String format, Object... arguments) {
        return new Failure(Kind.INTERRUPTED, message(format, arguments), cause(arguments));
    }

    public Kind kind() {
        return kind;
    }

    public int exitCode() {
        return kind.exitCode;
    }

    private static String message(String format, Object... arguments) {
        return arguments.length == 0 ? format : String.format(format, arguments);
    }

    /** A trailing throwable beyond the format's own arguments is the cause, as loggers have it. */
    private static Throwable cause(Object... arguments) {
        return arguments.length > 0 && arguments[arguments.length - 1] instanceof Throwable t ? t : null;
    }
}
