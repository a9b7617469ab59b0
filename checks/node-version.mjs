// Runs on any Node.js: says what to install where the one at hand cannot run the project.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 24) {
  process.stderr.write(
    `Plimsoll runs on Node.js 24 or later; this is ${process.versions.node}, from ${process.execPath}.\n` +
      'On Linux `npm ci` brings it (not with --omit=optional); elsewhere install it from https://nodejs.org.\n',
  );
  process.exitCode = 2;
} else if (major === 24 && minor < 4) {
  process.stderr.write(`Plimsoll needs Node.js 24.4 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
}
