package org.graphbert.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a JSON text, in one line and without the parser's own terms. */
public final class JsonReason {

    /** The parser says where what is not closed begins: of a source that it does not name. */
    private static final Pattern SOURCE = Pattern.compile("(?s)\\s*(\\(start marker| at \\[Source| \\([^()]*\\[Source: ).*");
    /** The class and the method that set a limit, or would lift it. */
    private static final Pattern SETTING = Pattern.compile(",? from `[^`]*`|: enable `[^`]*` to allow");
    private static final Pattern NESTING = Pattern.compile("nesting depth \\(\\d+\\) exceeds the maximum allowed \\((\\d+)");

    private JsonReason() {}

    /** Without the place, which is {@link #place}. */
    public static String of(JsonProcessingException e) {
        String message = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
        Matcher nesting = NESTING.matcher(message);
        if (e instanceof StreamConstraintsException && nesting.find()) {
            return String.format("nested deeper than %,d", Integer.parseInt(nesting.group(1)));
        }
        String reason = SETTING.matcher(SOURCE.matcher(message).replaceFirst("")).replaceAll("");
        return reason.lines().findFirst().orElse("").strip();
    }

    /** Such as ", line 3, column 17", both from 1; empty where it is not known. */
    public static String place(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1 ? "" : String.format(", line %,d", location.getLineNr()) + column(e);
    }

    /** Such as ", column 17", from 1; empty where it is not known, as where a limit was exceeded. */
    public static String column(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null || location.getColumnNr() < 1 ? "" : String.format(", column %,d", location.getColumnNr());
    }
}
