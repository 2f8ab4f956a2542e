package io.cobrowse.load.settings;

/** The fault of a node in a run, after a third of the measured time. */
public enum Fault {
    NONE,
    /** Its process is killed. */
    KILL,
    /** The node gets nothing new. */
    DRAIN
}
