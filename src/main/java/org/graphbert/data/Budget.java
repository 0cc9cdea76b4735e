package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * Keeps a preparation within its memory: token ids that have to be held take what they need, and as many units are under
 * way at a time as fit beside them. It changes when something is done, never what.
 */
final class Budget {

    private static final long MIB = 1 << 20;

    /** The tokenizer, the libraries' tables, buffers. */
    private static final long BASE = 24 * MIB;

    /** A unit of a MiB of text under way: its text and the tokenizer's arrays, or its records. */
    private static final long UNIT = 10 * MIB;

    /** The collector needs room to work in, and a part of what the JVM calls its maximum cannot be used. */
    private static final double USABLE = 0.8;

    /** More units than so many for each thread are of no use. */
    private static final int UNITS_A_THREAD = 2;

    /** In work, held back and growing. */
    private static final int BLOCKS = 3;

    /** The table and the next one. */
    private static final int GROWING = 3;

    private final Memory memory;
    private final long bytes;
    private final long usable;
    private final long unit;
    private final long mostUnits;
    private final long blockText;
    private long texts;
    private long beside;
    private long held;
    private long heldText;

    /**
     * @param parts training, and perhaps held-out
     */
    Budget(Memory memory, int threads, Block.Size blockSize, int parts) {
        this.memory = memory;
        bytes = Math.min(memory.bytes(), Runtime.getRuntime().maxMemory());
        usable = (long) (USABLE * bytes) - BASE;
        unit = UNIT * blockSize.unitBytes() / Block.Size.STANDARD.unitBytes();
        mostUnits = (long) UNITS_A_THREAD * threads;
        blockText = BLOCKS * parts * blockSize.textBytes();
    }

    /** How many units of records may be under way now; as many of text may be beside them. */
    synchronized long units() {
        return Math.max(1, Math.min(mostUnits, (usable - beside - held) / (2 * unit)));
    }

    /** Waits until a unit's text may be under way; {@link #endText} is to follow. A unit of any weight may be alone. */
    synchronized void beginText(long weight) throws InterruptedException {
        while (texts > 0 && texts + weight > units()) {
            wait();
        }
        texts += weight;
    }

    synchronized void endText(long weight) {
        texts -= weight;
        notifyAll();
    }

    /**
     * Token ids are there, to be held.
     *
     * @param textBytes of the text that they stand for
     * @throws Failure (usage) if they do not fit, naming how much would do
     */
    synchronized void hold(long tokenBytes, long textBytes) {
        held += tokenBytes;
        heldText += textBytes;
        if (beside + held + 2 * unit > usable) {
            double aByte = (double) held / heldText;
            double needed = (aByte * blockText + BASE + beside + 2 * unit) / USABLE;
            throw Failure.usage("--memory %s does not hold the token ids of %d blocks of this text, at %.1f bytes for each of its own; "
                    + "give --memory %s, and --resume to go on", memory, BLOCKS, aByte,
                    Memory.text(Math.max((long) needed, memory.bytes() / 4 * 5)));
        }
    }

    /**
     * What the reader holds to tell repeated documents apart.
     *
     * @throws Failure (usage) if its next growth does not fit: a table twice as large, while the present one is there
     */
    synchronized void holdBeside(long bytesBeside) {
        if (bytesBeside != beside && held + 2 * unit + GROWING * bytesBeside > usable) {
            throw Failure.usage("--memory %s does not hold what tells repeated documents apart (%s so far); give --memory %s, "
                    + "or deduplicate first: graphbert corpus --deduplicate", memory, Memory.text(bytesBeside),
                    Memory.text(2 * memory.bytes()));
        }
        beside = bytesBeside;
    }

    /** Token ids are of no more use. */
    synchronized void release(long tokenBytes, long textBytes) {
        held -= tokenBytes;
        heldText -= textBytes;
        notifyAll();
    }
}
