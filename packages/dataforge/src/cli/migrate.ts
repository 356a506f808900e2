import { adopt, migrate, readStatus } from '../migrations/index.ts';
import { allowedRisks, databaseUrl, emittedMigrations, type Answer, type Arguments } from './arguments.ts';

/** Brings a database to the newest version. @throws {ForgeError} of `migrate` */
export async function apply(args: Arguments): Promise<Answer> {
  const report = await migrate(databaseUrl(args), await emittedMigrations(args), { allow: allowedRisks(args) });
  return {
    result: { ...report },
    text: `The database is at version ${report.version} (${report.applied.length} applied now)`,
  };
}

/** Takes over a database whose tables are there already. @throws {ForgeError} of `adopt` */
export async function adoptDatabase(args: Arguments): Promise<Answer> {
  const report = await adopt(databaseUrl(args), await emittedMigrations(args), { allow: allowedRisks(args) });
  const left = report.left.map(({ why }) => `  ${why}`).join('\n');
  return {
    result: { ...report },
    text: `Added ${report.ran.length} things; the database is at version ${report.version}.${left ? `\nThe model does not have, and they stay:\n${left}` : ''}`,
  };
}

/** Compares a live database with its own migrations. */
export async function status(args: Arguments): Promise<Answer> {
  const report = await readStatus(databaseUrl(args), await emittedMigrations(args));
  const drift = report.drift.map(({ sql }) => `  ${sql.replaceAll('\n', '\n  ')}`);
  const said = drift.length > 0 ? `It is not what its migrations made. To mend it:\n${drift.join('\n')}` : 'No drift';
  return { result: { ...report }, text: `Version ${report.version} of ${report.newest}. ${said}` };
}
