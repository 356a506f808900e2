import * as model from '@repo/schema/client';
import { serveDatabase } from '@vibestack/client/worker';

serveDatabase(model);
