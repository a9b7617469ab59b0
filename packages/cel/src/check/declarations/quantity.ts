import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' quantities (k8s.io/apiserver pkg/cel/library/quantity.go). */
export const quantityDeclarations: DeclaredLibrary = {
  since: 28,
  functions: () => [
    declare('quantity', {
      string_to_quantity: '(string) -> kubernetes.Quantity',
    }),
    declare('isQuantity', { is_quantity_string: '(string) -> bool' }),
    declare('sign', { quantity_sign: '(kubernetes.Quantity) -> int' }),
    declare('isGreaterThan', {
      quantity_is_greater_than: 'kubernetes.Quantity.(kubernetes.Quantity) -> bool',
    }),
    declare('isLessThan', {
      quantity_is_less_than: 'kubernetes.Quantity.(kubernetes.Quantity) -> bool',
    }),
    declare('compareTo', {
      quantity_compare_to: 'kubernetes.Quantity.(kubernetes.Quantity) -> int',
    }),
    declare('asApproximateFloat', {
      quantity_get_float: 'kubernetes.Quantity.() -> double',
    }),
    declare('asInteger', {
      quantity_get_int: 'kubernetes.Quantity.() -> int',
    }),
    declare('isInteger', {
      quantity_is_integer: 'kubernetes.Quantity.() -> bool',
    }),
    declare('add', {
      quantity_add: 'kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity',
      quantity_add_int: 'kubernetes.Quantity.(int) -> kubernetes.Quantity',
    }),
    declare('sub', {
      quantity_sub: 'kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity',
      quantity_sub_int: 'kubernetes.Quantity.(int) -> kubernetes.Quantity',
    }),
  ],
};
