import { writeFile } from 'node:fs/promises';
import { PlimsollError } from '../../model/errors.ts';

/**
 * Writes a file that is not there yet.
 *
 * @throws PlimsollError PLM1124 where the file is there, PLM1125 where it cannot be written
 */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw new PlimsollError('PLM1124', `${file} is there already.`, { file }, { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1125', `Cannot write ${file}: ${why}`, { file }, { cause: error });
  }
}
