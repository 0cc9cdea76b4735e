package org.graphbert.serve.http;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path of TF Serving's REST API: {@code /v1/models/NAME[/versions/V][/metadata]} to be read and {@code
 * /v1/models/NAME[/versions/V]:METHOD} to be asked.
 *
 * @param model by name
 * @param version null where none is named
 * @param method in lower case; empty where there is none
 * @param metadata whether the metadata are asked for and not the status
 */
record Route(String model, Long version, String method, boolean metadata) {

    private static final Pattern ASKED =
            Pattern.compile("/v1/models/([^/:]+)(?:/versions/(\\d+))?:([a-z_]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern READ =
            Pattern.compile("/v1/models(?:/([^/:]+))?(?:/versions/(\\d+))?(/metadata)?", Pattern.CASE_INSENSITIVE);

    /** The route of a POST; null if the path is none. */
    static Route asked(String path) {
        Matcher matcher = ASKED.matcher(path);
        return matcher.matches()
                ? new Route(matcher.group(1), version(matcher.group(2)), matcher.group(3).toLowerCase(Locale.ROOT), false) : null;
    }

    /** The route of a GET; null if the path is none. */
    static Route read(String path) {
        Matcher matcher = READ.matcher(path);
        if (!matcher.matches()) {
            return null;
        }
        if (matcher.group(1) == null) {
            throw new RestError(RestError.BAD_REQUEST, "Missing model name in request.");
        }
        return new Route(matcher.group(1), version(matcher.group(2)), "", matcher.group(3) != null);
    }

    private static Long version(String digits) {
        if (digits == null) {
            return null;
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new RestError(RestError.BAD_REQUEST, "Failed to convert version: %s to numeric.",
                    digits.length() > 40 ? digits.substring(0, 40) + "..." : digits);
        }
    }
}
