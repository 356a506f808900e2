/** The entries of a net run are not in its order. Merged all the same, changes would be lost: leave the log as it is. */
export class RunOrderError extends Error {
  override readonly name = 'RunOrderError';
  readonly code = 'run_order';
}
