package io.cobrowse.load.capacity;

import java.io.IOException;

/** The system whose capacity is searched. */
interface SystemUnderLoad {
    /** Loads the system with this many sessions until it is in a steady state, and measures. */
    Trial load(int sessions) throws IOException, InterruptedException;
}
