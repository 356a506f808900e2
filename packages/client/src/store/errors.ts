/** The interval does not begin where the store stands: reconnect and say where it does. */
export class GapError extends Error {
  override readonly name = 'GapError';
  readonly code = 'gap';
}

/** The server admits a download that this store does not have (any more): download again. */
export class StagingMissingError extends Error {
  override readonly name = 'StagingMissingError';
  readonly code = 'staging_missing';
}

/** The local database was migrated by another version of the application. */
export class LocalSchemaError extends Error {
  override readonly name = 'LocalSchemaError';
  readonly code = 'local_schema';
}
