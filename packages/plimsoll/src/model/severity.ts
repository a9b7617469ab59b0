/** How bad it is to leave a finding, worst first (a policy that says none is `high`). */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** One of the five severities. */
export type Severity = (typeof severities)[number];

/** Order for sorting: 0 for critical … 4 for info. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}
