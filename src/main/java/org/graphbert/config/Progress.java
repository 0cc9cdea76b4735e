package org.graphbert.config;

/** Where long work says how far it is. Implementations must be safe to call from several threads. */
public interface Progress {

    /** Reports nothing. */
    Progress SILENT = new Progress() {
        @Override
        public void start(String task, long total, String unit) {}

        @Override
        public void at(long done, String detail) {}

        @Override
        public void done() {}

        @Override
        public void say(String line) {}
    };

    /**
     * Begins a task.
     *
     * @param task what is being done, e.g. "counting words"
     * @param total how many units there are, or -1 if that is not known
     * @param unit e.g. "documents"
     */
    void start(String task, long total, String unit);

    /** So many units of the current task are done (not: have been added); the detail may be empty. */
    void at(long done, String detail);

    /** The current task is finished. */
    void done();

    /** A line for the user that stays: a decision made, a file written, a warning. */
    void say(String line);
}
