import { everyStep, testCrashes } from './crash-steps.ts';

testCrashes(everyStep);
