package org.graphbert.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Many names in one line: those of the layers, which differ in a number only, as one: {@code encoder/layer_{0-11}/output}. */
final class NumberedNames {

    private static final Pattern NUMBER = Pattern.compile("(?<=[._])\\d{1,9}(?=[./])");

    private NumberedNames() {}

    /** The names in their order, separated by commas; the numbers of those that are otherwise alike stand together. */
    static String join(List<String> names) {
        Map<List<String>, TreeSet<Integer>> groups = new LinkedHashMap<>();
        for (String name : names) {
            Matcher number = NUMBER.matcher(name);
            if (number.find()) {
                List<String> around = List.of(name.substring(0, number.start()), name.substring(number.end()));
                groups.computeIfAbsent(around, key -> new TreeSet<>()).add(Integer.parseInt(number.group()));
            } else {
                groups.put(List.of(name), new TreeSet<>());
            }
        }
        List<String> joined = new ArrayList<>();
        groups.forEach((around, numbers) -> joined.add(
                around.size() == 1 ? around.get(0) : around.get(0) + ranges(numbers) + around.get(1)));
        return String.join(", ", joined);
    }

    /** {0-3,7}; a number alone goes without braces. */
    private static String ranges(TreeSet<Integer> numbers) {
        if (numbers.size() == 1) {
            return numbers.first().toString();
        }
        List<String> ranges = new ArrayList<>();
        for (Integer first = numbers.first(); first != null; ) {
            int last = first;
            while (numbers.contains(last + 1)) {
                last++;
            }
            ranges.add(first == last ? first.toString() : first + "-" + last);
            first = numbers.higher(last);
        }
        return "{" + String.join(",", ranges) + "}";
    }
}
