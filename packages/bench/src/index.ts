export { type DrillOptions, type DrillResult, runDrill } from './drill/drill.ts';
export type { DrillEvent } from './drill/drill-event.ts';
export type { Report } from './report/report.ts';
export { type ParsedScenario, parseScenario, type ScenarioSource } from './scenario/parse-scenario.ts';
export type { Problem } from './scenario/problem.ts';
export type { Scenario } from './scenario/scenario.ts';
export { openWorkspace, type Workspace } from './workspace/workspace.ts';
