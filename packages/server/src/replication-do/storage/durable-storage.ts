/// <reference types="@cloudflare/workers-types" />
import type { ObjectStorage, SqlValue } from './object-storage.ts';

/** A Durable Object's own storage (https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/). */
export function durableStorage(storage: DurableObjectStorage): ObjectStorage {
  let rowsWritten = 0;
  return {
    exec: <T>(sql: string, ...bindings: readonly SqlValue[]) => {
      const cursor = storage.sql.exec<Record<string, SqlStorageValue>>(sql, ...bindings.map(asBinding));
      const rows = cursor.toArray();
      rowsWritten += cursor.rowsWritten;
      for (const row of rows) {
        for (const [name, value] of Object.entries(row)) {
          if (value instanceof ArrayBuffer) (row as Record<string, unknown>)[name] = new Uint8Array(value);
        }
      }
      return rows as T[];
    },
    transaction: (work) => storage.transactionSync(work),
    sync: () => storage.sync(),
    get rowsWritten() {
      return rowsWritten;
    },
  };
}

/** A view's own bytes: SQLite would take the whole buffer behind it. */
const asBinding = (value: SqlValue): SqlStorageValue => {
  if (!(value instanceof Uint8Array)) return value;
  const { buffer, byteOffset, byteLength } = value;
  return (byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
};
