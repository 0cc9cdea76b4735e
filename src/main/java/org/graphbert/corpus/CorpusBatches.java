package org.graphbert.corpus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLongArray;
import org.graphbert.corpus.wiki.WikiDump;
import org.graphbert.corpus.wiki.WikiPage;

/**
 * Cuts the inputs of a {@link CorpusFile} into batches of documents or pages: one thread reads, and what has to be done
 * with a batch is left to others.
 */
final class CorpusBatches implements AutoCloseable {

    private static final long CHARACTERS_A_BATCH = 1 << 19;

    /**
     * A document as it is written.
     *
     * @param bytes its lines, each with its end
     * @param characters UTF-16 units without line ends; 0 if it has no prose
     * @param print null unless duplicates are dropped
     * @param isArticle whether it comes from a dump, rather than from a {@link DocumentReader}
     * @param continues whether it belongs to the document before it
     */
    record Text(byte[] bytes, long characters, Fingerprints.Fingerprint print, boolean isArticle, boolean continues) {}

    private final List<Path> files;
    private final DocumentOptions options;
    private final Charset encoding;
    private final int threads;
    private final AtomicLongArray kinds = new AtomicLongArray(WikiPage.Kind.values().length);
    private int nextFile;
    private UnpackedFile unpacked;
    private WikiDump dump;
    private DocumentReader documents;
    private long lastNumber;
    private volatile long bytesBefore;
    private DocumentCounts counts = DocumentCounts.NONE;

    CorpusBatches(List<Path> files, DocumentOptions options, Charset encoding, int threads) {
        this.files = files;
        this.options = options;
        this.encoding = encoding;
        this.threads = threads;
    }

    /** What makes texts of the next batch; null behind the last. */
    Callable<List<Text>> next() {
        while (dump != null || documents != null || nextFile < files.size()) {
            if (dump == null && documents == null) {
                open(files.get(nextFile++));
            }
            Callable<List<Text>> batch = dump != null ? pages() : documents();
            if (batch != null) {
                return batch;
            }
            counts = counts.plus(documents == null ? DocumentCounts.NONE : documents.counts());
            close();
            bytesBefore += DocumentReader.size(files.get(nextFile - 1));
        }
        return null;
    }

    /** How many bytes of the files, packed or not, have been read. */
    long bytesRead() {
        return bytesBefore + (documents != null ? documents.bytesRead() : unpacked != null ? unpacked.fileBytesRead() : 0);
    }

    /** What was left out of, and cut in, the files that have been read to their end, dumps aside. */
    DocumentCounts counts() {
        return counts;
    }

    long redirects() {
        return kinds.get(WikiPage.Kind.REDIRECT.ordinal());
    }

    long disambiguations() {
        return kinds.get(WikiPage.Kind.DISAMBIGUATION.ordinal());
    }

    long others() {
        return kinds.get(WikiPage.Kind.OTHER.ordinal());
    }

    @Override
    public void close() {
        if (documents != null) {
            documents.close();
            documents = null;
        }
        if (unpacked != null) {
            unpacked.close();
            unpacked = null;
            dump = null;
        }
    }

    private void open(Path file) {
        if (InputFormat.of(file, encoding) == InputFormat.XML) {
            unpacked = new UnpackedFile(file, threads);
            dump = new WikiDump(unpacked, file);
        } else {
            // Duplicates are told among all inputs, not file by file.
            documents = new DocumentReader(
                    List.of(file), new DocumentOptions(options.textField(), false, options.minCharacters()), encoding);
            lastNumber = 0;
        }
    }

    private Callable<List<Text>> pages() {
        List<WikiPage> pages = new ArrayList<>();
        long characters = 0;
        while (characters < CHARACTERS_A_BATCH) {
            WikiPage page = dump.next();
            if (page == null) {
                break;
            }
            pages.add(page);
            characters += page.text().length();
        }
        return pages.isEmpty() ? null : () -> articles(pages);
    }

    private List<Text> articles(List<WikiPage> pages) {
        List<Text> texts = new ArrayList<>();
        for (WikiPage page : pages) {
            WikiPage.Kind kind = page.kind();
            kinds.incrementAndGet(kind.ordinal());
            if (kind == WikiPage.Kind.ARTICLE) {
                texts.add(text(page.prose(), true, false));
            }
        }
        return texts;
    }

    private Callable<List<Text>> documents() {
        List<Document> batch = new ArrayList<>();
        long before = lastNumber;
        long characters = 0;
        while (characters < CHARACTERS_A_BATCH) {
            Document document = documents.next();
            if (document == null) {
                break;
            }
            batch.add(document);
            characters += document.characters();
            lastNumber = document.number();
        }
        return batch.isEmpty() ? null : () -> {
            List<Text> texts = new ArrayList<>();
            long number = before;
            for (Document document : batch) {
                texts.add(text(document.lines(), false, document.number() == number));
                number = document.number();
            }
            return texts;
        };
    }

    private Text text(List<String> lines, boolean isArticle, boolean continues) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long characters = 0;
        for (String line : lines) {
            bytes.writeBytes(line.getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
            characters += line.length();
        }
        return new Text(bytes.toByteArray(), characters, options.deduplicate() ? Fingerprints.of(lines) : null, isArticle, continues);
    }
}
