import { yamlText } from '../output/print.ts';
import type { ReportWriter, Write } from './report.ts';

/** `-o yaml`: a ScanReport; verdicts are written as they come. */
export function yamlReport(write: Write): ReportWriter {
  let opening = 'apiVersion: plimsoll.dev/v1\nkind: ScanReport\n';
  let verdicts = false;
  return {
    verdict: async (verdict) => {
      await write(`${opening}${verdicts ? '' : 'verdicts:\n'}${await yamlText([verdict])}`);
      opening = '';
      verdicts = true;
    },
    end: async ({ summary, problems }) => {
      await write(`${opening}${verdicts ? '' : 'verdicts: []\n'}${await yamlText({ problems, summary })}`);
    },
  };
}
