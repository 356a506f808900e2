/** Prefix of logical messages that carry a snapshot's marker (SEMANTICS 3.1). */
export const MARKER_PREFIX = 'vibestack.snapshot';
