export { StatementError, deleteRow, insertRow, patchRow, readRow, readRows, type TableMeta } from './statements.ts';
