import { folderOf, runCli } from '../run-cli.fixture.ts';
import { scanReportSchema } from './report-schema.ts';

/** A scan of files in a folder of its own: its exit code, its problems as `CODE FILE:LINE MESSAGE`, and every verdict. */
export async function scanFiles(files: Readonly<Record<string, string>>, line: readonly string[]) {
  const { folder, remove } = await folderOf(files);
  try {
    const { code, stdout } = await runCli(folder, ['scan', ...line, '-o', 'json', '--verdicts', 'all']);
    const { problems, verdicts } = scanReportSchema.parse(JSON.parse(stdout));
    return {
      code,
      problems: problems.map((one) => `${one.code} ${one.file}:${one.line} ${one.message}`),
      verdicts,
    };
  } finally {
    await remove();
  }
}
