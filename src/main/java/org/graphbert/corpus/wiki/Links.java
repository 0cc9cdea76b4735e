package org.graphbert.corpus.wiki;

/** What a link shows that has no text of its own. */
final class Links {

    private Links() {}

    /** "Paris#History" is shown as "Paris", "#History" as "History". */
    static String withoutSection(String target) {
        int hash = target.indexOf('#');
        return hash < 0 ? target : hash == 0 ? target.substring(1) : target.substring(0, hash).strip();
    }

    /** The "pipe trick": of "Mercury (planet)" the name, and of "Paris, Texas" the place. */
    static String withoutDetail(String target) {
        String name = withoutSection(target);
        int bracket = name.lastIndexOf(" (");
        if (bracket > 0 && name.endsWith(")")) {
            return name.substring(0, bracket);
        }
        int comma = name.indexOf(", ");
        return comma > 0 ? name.substring(0, comma) : name;
    }
}
