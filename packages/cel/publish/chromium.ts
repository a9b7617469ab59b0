import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Debian's and other names of it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Starts the machine's Chromium. Where there is none: undefined with a loud line on stderr, so that the caller skips its
 * tests; where `CI=true`, an error.
 */
export async function chromiumOrSkip(): Promise<Browser | undefined> {
  const executablePath = await find(names);
  if (executablePath !== null) {
    // Chromium's sandbox refuses root.
    return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  }
  const why = 'no Chromium here; .ci/system-packages installs it on Debian (apt-get install chromium)';
  if (process.env['CI'] === 'true') throw new Error(why);
  process.stderr.write(`\n!!! SKIPPED, NOT TESTED: ${why}\n\n`);
  return undefined;
}

async function find(programs: readonly string[]): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of programs.flatMap((program) => folders.map((folder) => join(folder, program)))) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** The strictest policy under which a page can run a script of its own. */
const STRICT_POLICY = "default-src 'none'; script-src 'self'";

/** Loads a module on a page under {@link STRICT_POLICY}; gives what it leaves in `globalThis.answers`, and what went wrong. */
export async function runOnPage(browser: Browser, code: string): Promise<{ answers: unknown; faults: string[] }> {
  const server = createServer((request, response) => {
    const script = request.url === '/page.js';
    response.setHeader('content-security-policy', STRICT_POLICY);
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(
      script ? code : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  try {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: 'load' });
    return { answers: await page.evaluate('globalThis.answers'), faults };
  } finally {
    await page.close();
    server.close();
  }
}
