import { reportHtml } from './html/report-html.ts';
import { reportJson } from './json/report-json.ts';
import { junitXml } from './junit/junit-xml.ts';
import type { Report } from './report.ts';

/** A file that is rendered from the report alone, so that it can be rendered again at any time. */
export interface ReportOutput {
  readonly file: string;
  readonly render: (report: Report) => string;
}

export const REPORT_FILE = 'report.json';

/** Everything that a report becomes. */
export const reportOutputs: readonly ReportOutput[] = [
  { file: REPORT_FILE, render: reportJson },
  { file: 'report.html', render: reportHtml },
  { file: 'junit.xml', render: junitXml },
];
