package io.cobrowse.sticky.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): the candidate with the highest score for the failed node takes
 * over. The score depends on the two ids alone. So every proxy that sees the same candidates chooses the same one,
 * whatever their order, and a candidate that comes or goes moves only its own share. Weights play no part. Allocates
 * nothing; linear in the number of candidates.
 */
final class Rendezvous {

    private Rendezvous() {}

    /**
     * Returns the candidate that takes over from the failed node, which is not a candidate itself; null if there is
     * none.
     */
    static @Nullable Node choose(Node failed, List<Node> candidates) {
        Node best = null;
        long bestScore = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Node candidate = candidates.get(i);
            if (candidate.id().equals(failed.id())) {
                continue;
            }
            long score = score(failed, candidate);
            if (best == null || score > bestScore || (score == bestScore && isBefore(candidate, best))) {
                best = candidate;
                bestScore = score;
            }
        }
        return best;
    }

    private static long score(Node failed, Node candidate) {
        return mix(failed.idHash() + 0x9E3779B97F4A7C15L * candidate.idHash());
    }

    private static boolean isBefore(Node left, Node right) {
        return left.id().compareTo(right.id()) < 0;
    }

    /** Returns a 64-bit hash of an id: FNV-1a over its characters, mixed. */
    static long hash(String id) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
