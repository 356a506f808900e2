import { vibestack } from '@repo/config/eslint';

export default vibestack(import.meta.dirname);
