package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingReportTest {

    /** Units as SentencePiece has them: some go on with a word, and what is unknown is a part of a unit. */
    @Test
    void countsWordsByTheUnitsThatBeginThem() {
        WordPieceTokenizer entries = WordPieceTokenizer.of(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "_", "a", "ab"), WordPieceOptions.cased());
        WordCounts counts = new WordCounts();
        counts.add("_ab".codePoints().toArray(), 3, 4);
        counts.add("a".codePoints().toArray(), 1, 2);
        counts.add("_aXX".codePoints().toArray(), 4, 1);
        UnitPieces encoding = new UnitPieces() {
            @Override
            public int[] ids(int[] codePoints, int from, int to) {
                return switch (to - from) {
                    case 1 -> new int[] {6};
                    case 3 -> new int[] {5, 7};
                    default -> new int[] {5, 6, 1};
                };
            }

            @Override
            public boolean beginsWord(int[] codePoints, int from, int to) {
                return codePoints[from] == '_';
            }

            @Override
            public int length(int id) {
                return id < 5 ? 0 : entries.token(id).length();
            }
        };
        TrainingReport report = TrainingReport.of(entries, encoding, counts, 2);
        assertEquals(5, report.words());
        assertEquals(3, report.distinctUnits());
        assertEquals(4 * 2 + 2 + 3, report.pieces());
        assertEquals(1, report.unknown());
        assertEquals(4 * 3 + 2 + 4, report.characters());
        assertEquals(4 * 3 + 2 + 2, report.covered());
        assertEquals(13 / 5.0, report.piecesPerWord(), 1e-12);
        assertEquals(1 / 13.0, report.unknownRate(), 1e-12);
        assertEquals(16 / 18.0, report.coverage(), 1e-12);
        assertEquals(List.of(new TrainingReport.Piece("ab", 4)), report.rarest());
        assertEquals(report.rarest(), report.longest());
        assertEquals(0, report.neverUsed());
        String text = report.toText();
        assertTrue(text.contains("2.600 pieces per word; 7.6923% of the pieces are [UNK], 88.8889% of the"), text);
        assertTrue(text.contains("rarest pieces: ab 4"), text);
    }
}
