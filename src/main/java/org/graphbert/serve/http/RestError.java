package org.graphbert.serve.http;

/** A request that cannot be answered: the code and the one line that go back. */
final class RestError extends RuntimeException {

    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int REQUEST_TIMEOUT = 408;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_TYPE = 415;
    static final int INTERNAL = 500;
    static final int UNAVAILABLE = 503;

    private final int status;

    RestError(int status, String format, Object... arguments) {
        super(arguments.length == 0 ? format : String.format(format, arguments), null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
