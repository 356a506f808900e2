import { extensions, migrations, schema } from '@repo/schema/client';
import { serveDatabase } from '@vibestack/client/worker';

serveDatabase({ schema, migrations, extensions });
