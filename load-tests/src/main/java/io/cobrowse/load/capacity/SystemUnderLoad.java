package io.cobrowse.load.capacity;

import java.io.IOException;

/** What is searched for its capacity. */
interface SystemUnderLoad {
    /** Loads it with that many sessions until it is in a steady state, and measures. */
    Trial load(int sessions) throws IOException, InterruptedException;
}
