import type { Report } from './report.js';
export function pageOf(report: Report): string {
  return `<pre>${JSON.stringify(report)}</pre>`;
}
