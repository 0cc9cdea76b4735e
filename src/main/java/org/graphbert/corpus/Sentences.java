package org.graphbert.corpus;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.graphbert.text.SentenceSplitter;

/** What a line of a document is: {@code --sentences}. */
public enum Sentences {
    /** A line is a paragraph, and {@link SentenceSplitter} breaks it. */
    SPLIT,
    /** A line is a sentence: the form that google-research/bert reads. */
    LINES,
    /** Decided once for the whole corpus from the beginnings of some files: see {@link #resolve}. */
    AUTO;

    /** How much of a file {@link #AUTO} looks at. */
    private static final long LOOK_AT_CHARACTERS = 1 << 16;

    /** How many files it looks at, evenly spread. */
    private static final int MOST_FILES = 16;

    /** With fewer lines a file says little on its own. */
    private static final long TELLING_LINES = 50;

    /**
     * A corpus with a sentence a line gives about 1.0 sentences a line (the splitter now and then breaks one), a corpus
     * with a paragraph a line two and more; dialogue in novels pulls that down, seldom below 1.5.
     */
    private static final double SENTENCES_A_LINE = 1.25;

    /**
     * Decides {@link #AUTO} by splitting the lines at the beginning of up to 16 files, 64 Ki characters of each:
     * {@link #SPLIT} where they hold more than 1.25 sentences a line on average, in any one file or in all together, and
     * {@link #LINES} otherwise. One file is enough, as splitting hardly changes what has a sentence a line already. The
     * answer depends on the files and their order alone.
     */
    public Sentences resolve(List<Path> files, DocumentOptions options, Charset encoding, SentenceSplitter splitter) {
        if (this != AUTO) {
            return this;
        }
        Lines all = new Lines(0, 0);
        int looked = Math.min(files.size(), MOST_FILES);
        for (int i = 0; i < looked; i++) {
            Lines some = Lines.of(files.get((int) ((long) i * files.size() / looked)), options, encoding, splitter);
            if (some.count() >= TELLING_LINES && some.areParagraphs()) {
                return SPLIT;
            }
            all = new Lines(all.count() + some.count(), all.sentences() + some.sentences());
        }
        return all.areParagraphs() ? SPLIT : LINES;
    }

    /** So many lines, and the sentences in them. */
    private record Lines(long count, long sentences) {

        static Lines of(Path file, DocumentOptions options, Charset encoding, SentenceSplitter splitter) {
            long lines = 0;
            long sentences = 0;
            long characters = 0;
            try (DocumentReader documents = new DocumentReader(List.of(file), options, encoding)) {
                Document document;
                while (characters < LOOK_AT_CHARACTERS && (document = documents.next()) != null) {
                    for (String line : document.lines()) {
                        if (characters < LOOK_AT_CHARACTERS) {
                            lines++;
                            sentences += splitter.split(line).size();
                            characters += line.length();
                        }
                    }
                }
            }
            return new Lines(lines, sentences);
        }

        boolean areParagraphs() {
            return sentences > SENTENCES_A_LINE * count;
        }
    }

    /** The sentences of a document; not for {@link #AUTO}, which has to be resolved first. */
    public List<String> of(Document document, SentenceSplitter splitter) {
        return switch (this) {
            case LINES -> document.lines();
            case SPLIT -> {
                List<String> sentences = new ArrayList<>();
                for (String paragraph : document.lines()) {
                    sentences.addAll(splitter.split(paragraph));
                }
                yield sentences;
            }
            case AUTO -> throw new IllegalStateException("resolve() comes first");
        };
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
