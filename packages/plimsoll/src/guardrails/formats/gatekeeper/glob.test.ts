import fc from 'fast-check';
import { test } from 'vitest';
import { globMatches, globMatchesGenerated } from './glob.ts';

const globs = fc.stringMatching(/^\*?[-:ab]{0,4}\*?$/);
const names = fc.stringMatching(/^[-ab]{0,8}$/);

/** How Gatekeeper writes a glob where it makes a ValidatingAdmissionPolicy of a template (k8scel/transform). */
const asPattern = (glob: string) => new RegExp(`^${glob.replaceAll('*', '.*')}$`);

test('given any glob and any name, it matches what it does as the regular expression that Gatekeeper makes of it', () => {
  fc.assert(fc.property(globs, names, (glob, name) => globMatches(glob, name) === asPattern(glob).test(name)));
});

test('given a name that is yet to be generated, only a glob that is open at its end matches its beginning', () => {
  const open = (glob: string) => glob.endsWith('*');
  fc.assert(
    fc.property(
      globs,
      names,
      (glob, name) => globMatchesGenerated(glob, name) === (open(glob) && asPattern(glob).test(name)),
    ),
  );
});
