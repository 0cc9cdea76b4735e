package org.graphbert.text;

import java.util.Iterator;

/** Lines of text that know how far they have been read; for progress. */
public interface LineSource extends Iterator<String> {

    /** How many units there are in all, or -1 if that is not known. */
    long total();

    /** How many units have been read. */
    long done();

    /** What is counted, e.g. "KiB". */
    String unit();

    /** The lines themselves if they are such a source already; otherwise with the lines counted, their total unknown. */
    static LineSource of(Iterator<String> lines) {
        return lines instanceof LineSource source ? source : new LineSource() {
            private long read;

            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            public String next() {
                String line = lines.next();
                read++;
                return line;
            }

            @Override
            public long total() {
                return -1;
            }

            @Override
            public long done() {
                return read;
            }

            @Override
            public String unit() {
                return "lines";
            }
        };
    }
}
