export { planChange, type Intent } from './plan.ts';
export { diffCatalogs } from './diff.ts';
export { Shadow } from './shadow.ts';
export { RISKS, type Phase, type Risk, type Step } from './step.ts';
