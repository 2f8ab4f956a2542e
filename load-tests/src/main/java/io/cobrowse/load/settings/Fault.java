package io.cobrowse.load.settings;

/** What happens to a node during a run, at a third of the time that is measured. */
public enum Fault {
    NONE,
    /** Its process is killed. */
    KILL,
    /** It gets nothing new. */
    DRAIN
}
