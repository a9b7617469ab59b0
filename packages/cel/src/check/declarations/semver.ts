import { type DeclaredLibrary, declare } from './declaration.ts';

const part = 'kubernetes.Semver.() -> int';

/** Kubernetes' semantic versions (k8s.io/apiserver pkg/cel/library/semverlib.go, version 1). */
export const semverDeclarations: DeclaredLibrary = {
  since: 33,
  functions: () => [
    declare('semver', {
      string_to_semver: '(string) -> kubernetes.Semver',
      string_bool_to_semver: '(string, bool) -> kubernetes.Semver',
    }),
    declare('isSemver', {
      is_semver_string: '(string) -> bool',
      is_semver_string_bool: '(string, bool) -> bool',
    }),
    declare('isGreaterThan', { semver_is_greater_than: 'kubernetes.Semver.(kubernetes.Semver) -> bool' }),
    declare('isLessThan', { semver_is_less_than: 'kubernetes.Semver.(kubernetes.Semver) -> bool' }),
    declare('compareTo', { semver_compare_to: 'kubernetes.Semver.(kubernetes.Semver) -> int' }),
    declare('major', { semver_major: part }),
    declare('minor', { semver_minor: part }),
    declare('patch', { semver_patch: part }),
  ],
};
