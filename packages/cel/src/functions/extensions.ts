import { encoderFunctions } from './encoders.ts';
import type { Library } from './function.ts';
import { mathFunctions } from './math.ts';

/** cel-go's extensions that Kubernetes has not (ext/bindings.go, ext/encoders.go, ext/math.go). */
export const bindings: Library = { name: 'bindings', since: 0, functions: () => [], features: ['cel.bind'] };
export const encoders: Library = { name: 'encoders', since: 0, functions: encoderFunctions };
export const math: Library = { name: 'math', since: 0, functions: mathFunctions };
