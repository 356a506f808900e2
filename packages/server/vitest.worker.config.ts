import { workerProject } from './test-services/worker-project.ts';

export default workerProject('worker', 'stream');
