import { workerProject } from './test-services/worker-project.ts';

/** Everything that holds with a stream holds with a poll. */
export default workerProject('worker-poll', 'poll');
