import { encoderFunctions } from './encoders.ts';
import type { Library } from './function.ts';
import { mathFunctions } from './math.ts';

/** cel-go's extensions that Kubernetes has not (ext/bindings.go, ext/encoders.go, ext/math.go). */
export const bindings: Library = { since: 0, functions: () => [], features: ['cel.bind'] };
export const encoders: Library = { since: 0, functions: encoderFunctions };
export const math: Library = { since: 0, functions: mathFunctions };
