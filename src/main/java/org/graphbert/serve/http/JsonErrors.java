package org.graphbert.serve.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses, such as headers that are none, in the form of all our errors; no traces, no versions. */
final class JsonErrors extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        Reply reply = Reply.error(code, text(code, message));
        response.setStatus(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.content().length);
        response.write(true, ByteBuffer.wrap(reply.content()), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        Reply reply = Reply.error(status, text(status, reason));
        fields.put(HttpHeader.CONTENT_TYPE, reply.type());
        return ByteBuffer.wrap(reply.content());
    }

    private static String text(int code, String message) {
        String standard = HttpStatus.getMessage(code);
        if (code == RestError.BAD_REQUEST && (message == null || message.equals(standard))) {
            return "Malformed request: its line, its path or a header is not as HTTP has it";
        }
        // What went wrong inside is for the log.
        return code >= RestError.INTERNAL || message == null || message.equals(standard) ? standard : standard + ": " + message;
    }
}
